"""The repository's own files, for tests that read them."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


@cache
def files() -> tuple[Path, ...]:
    """Return every file that is, or would be, committed."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return tuple(file for name in sorted(set(listing.split("\0")) - {""}) if (file := ROOT / name).is_file())


def written(*suffixes: str) -> Iterator[Path]:
    """Yield the files of these kinds that people write: no migrations, nothing vendored."""
    for file in files():
        if file.suffix in suffixes and not {"migrations", "vendor"} & set(file.parts):
            yield file


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(), filename=str(file))


def name(file: Path) -> str:
    """Return the file's path from the root of the repository."""
    return file.relative_to(ROOT).as_posix()
