"""Compile the pinned requirements with hashes. Needs `uv`; names no index in what it writes."""

import shutil
import subprocess
import sys

FLAGS = ["--universal", "--python-version", "3.11", "--generate-hashes", "--quiet"]
FLAGS += ["--no-header", "--no-emit-index-url", "--no-emit-find-links"]
RUN = ["--extra", "portal", "--extra", "postgres", "--extra", "pdf"]
EVERYTHING = [*RUN, "--extra", "dev", "--extra", "test"]
FILES = {
    "requirements/base.txt": RUN,
    "requirements/dev.txt": [*EVERYTHING, "-c", "requirements/base.txt"],
    "requirements/wagtail-7.4.txt": [*EVERYTHING, "-c", "requirements/wagtail-7.4.in"],
}


def main() -> int:
    """Write every pinned file; `--upgrade` as an argument takes the newest versions."""
    uv = shutil.which("uv")
    if uv is None:
        print("uv is needed to compile the pins: install it with `pip install uv`.")
        return 1
    for path, arguments in FILES.items():
        print(f"compiling {path}")
        subprocess.run(
            [uv, "pip", "compile", "pyproject.toml", *FLAGS, *arguments, *sys.argv[1:], "-o", path], check=True
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
