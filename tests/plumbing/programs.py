"""The project's own commands, run as programs."""

import subprocess
import sys

from tests.plumbing.databases import ROOT


def manage(*arguments: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run `manage.py`; what it said and its exit code."""
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, input=stdin)


def python(file: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a Python program of a test's own in the project's folder."""
    command = [sys.executable, file]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)
