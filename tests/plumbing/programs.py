"""The project's own commands, run as programs."""

import subprocess
import sys

from tests.plumbing.databases import ROOT


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` in an environment of its own; what it said and its exit code."""
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)


def plain_python(*arguments: str, cwd: object = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a file with Python; what it said and its exit code."""
    return subprocess.run([sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=False)
