"""The project's own commands, run as programs."""

import subprocess
import sys
from pathlib import Path

from tests.plumbing.databases import ROOT


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `manage.py` in an environment of its own; what it said and its exit code."""
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)


def plain_python(*arguments: str, cwd: object = ROOT) -> subprocess.CompletedProcess[str]:
    """Run a file with Python; what it said and its exit code."""
    return subprocess.run([sys.executable, *arguments], cwd=cwd, capture_output=True, text=True, check=False)


def alone(program: str, *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run a file with the standard library and nothing else: no installed package, no setting, no way into ours."""
    command = [sys.executable, "-I", "-S", program, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def shell(script: str, cwd: object) -> subprocess.CompletedProcess[str]:
    """Run some lines of shell, stopping at the first that fails; what they said and how they ended."""
    return subprocess.run(["sh", "-euc", script], cwd=cwd, capture_output=True, text=True, check=False)
