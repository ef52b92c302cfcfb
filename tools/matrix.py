"""Run the tests on each supported combination of Wagtail, Django and Python, each in its own environment."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Python, the pins, what they give.
CELLS = [
    ("3.11", "requirements/wagtail-7.4.txt", "Wagtail 7.4, Django 5.2"),
    ("3.11", "requirements/dev.txt", "Wagtail 8.0, Django 5.2"),
    ("3.13", "requirements/dev.txt", "Wagtail 8.0, Django 6.1"),
]


def main() -> int:
    """Print a line for each cell; return 1 when one failed or could not be run."""
    results = [(f"{what}, Python {version}", run_cell(version, pins)) for version, pins, what in CELLS]
    print("\nMatrix")
    for name, verdict in results:
        print(f"  {name:<44} {verdict}")
    return 0 if all(verdict == "passed" for _, verdict in results) else 1


def run_cell(version: str, pins: str) -> str:
    python = find_python(version)
    if python is None:
        return f"NOT RUN: python{version} was not found; install it (or `pyenv install {version}`)"
    folder = Path(".venv-matrix") / f"{Path(pins).stem}-{version}"
    print(f"\n== {pins} on Python {version}: installing", flush=True)
    subprocess.run([python, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "-qq", "--require-hashes", "-r", pins], check=True)
    tests = [python, "-m", "tools.run_tests", "-m", "not browser and not host and not prove"]
    return "passed" if subprocess.run(tests, check=False).returncode == 0 else "FAILED"


def find_python(version: str) -> str | None:
    """Return a Python of this version that starts: on the path, or among pyenv's."""
    name = f"python{version}"
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    candidates = [shutil.which(name), *sorted(map(str, pyenv.glob(f"{version}.*/bin/{name}")))]
    return next((path for path in candidates if path and starts(path)), None)


def starts(path: str) -> bool:
    return subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0


if __name__ == "__main__":
    sys.exit(main())
