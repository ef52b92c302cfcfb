"""Find a system Chromium, or install it where this machine allows. Never skips: without one it says what to do."""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ADVICE = (
    "The browser tests need Chromium and none was found. Install it (Debian and Ubuntu: "
    "`sudo apt-get install --no-install-recommends chromium`) or set CHROMIUM to its path, then run this again."
)


def find_chromium() -> str | None:
    """Return the path of Chromium: $CHROMIUM, or the first known name on the path."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        return shutil.which(chosen)
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install_chromium() -> None:
    """Install the system's Chromium with apt where we are allowed to; leave quietly where not."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    print("Installing Chromium for the browser tests …", file=sys.stderr)
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"]
    if not succeeds(install):
        succeeds(["apt-get", "update", "-qq"])
        succeeds(install)


def succeeds(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def main() -> int:
    if os.environ.get("CHROMIUM") is None and find_chromium() is None:
        install_chromium()
    path = find_chromium()
    print(path or ADVICE, file=sys.stdout if path else sys.stderr)
    return 0 if path else 1


if __name__ == "__main__":
    sys.exit(main())
