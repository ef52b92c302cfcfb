"""The journal of erasures: a file outside the database that tells which keys were destroyed.

A backup from before an erasure still holds the key. After a restore the journal is replayed, and nothing that was
erased comes back. A line is one JSON object of ids, and never a word or a name:

    {"key": …, "dialogue": … or null, "artefact": …, "rule": …, "at": …}
"""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from mus_workflow.conf import app_settings
from mus_workflow.documents.retention import Rule
from mus_workflow.models import Artefact

NAMES = {"key", "dialogue", "artefact", "rule", "at"}


class JournalError(Exception):
    """The journal cannot be written or read. Its text is for the operator."""


@dataclass(frozen=True)
class Line:
    """One destroyed key. ``dialogue`` is None for a key that belongs to none."""

    key: uuid.UUID
    dialogue: uuid.UUID | None
    artefact: str
    rule: str
    at: datetime


@dataclass(frozen=True)
class Unreadable:
    """A line of a journal that says nothing we understand."""

    number: int


class Journal:
    """Where erasures are noted before they happen. Without a path nothing is noted."""

    def __init__(self, path: str) -> None:
        self.path = path

    def open_or_refuse(self) -> None:
        """See that a line can be written. Raises JournalError, so that nothing is erased that would not be noted."""
        self.write(())

    def write(self, lines: Iterable[Line]) -> None:
        """Append the lines, and return when they are on the disk. Raises JournalError."""
        if not self.path:
            return
        path = Path(self.path)
        try:
            is_new = not path.exists()
            with path.open("ab+") as file:
                # A process that was killed may have left half a line.
                file.write(_whole_lines(file) + b"".join(map(_written, lines)))
                file.flush()
                os.fsync(file.fileno())
            if is_new:
                _keep_name(path)
        except OSError as error:
            raise JournalError(f"{self.path} cannot be written: {error.strerror}") from error


def configured_journal() -> Journal:
    """The journal that the settings name."""
    return Journal(app_settings.ERASURE_JOURNAL)


def read_journal(path: str) -> Iterator[Line | Unreadable]:
    """The lines of a journal, in order. Half a line is passed over: where it was cut off, no key was destroyed yet.

    Raises JournalError for a file that cannot be read.
    """
    try:
        text = Path(path).read_bytes()
    except OSError as error:
        raise JournalError(f"{path} cannot be read: {error.strerror}") from error
    for number, line in enumerate(text.split(b"\n"), 1):
        if line.strip() and not _is_half(line):
            yield _read(line) or Unreadable(number)


def _whole_lines(file: BinaryIO) -> bytes:
    """A line feed where the file does not end in one."""
    if not file.seek(0, os.SEEK_END):
        return b""
    file.seek(-1, os.SEEK_END)
    return b"" if file.read(1) == b"\n" else b"\n"


def _keep_name(path: Path) -> None:
    """Bring the name of a new file to the disk: until then only its content is there."""
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _written(line: Line) -> bytes:
    dialogue = str(line.dialogue) if line.dialogue else None
    said = {"key": str(line.key), "dialogue": dialogue, "artefact": line.artefact, "rule": line.rule}
    return json.dumps({**said, "at": line.at.isoformat()}).encode() + b"\n"


def _is_half(line: bytes) -> bool:
    begun = b'{"key": '
    return (line.startswith(begun) or begun.startswith(line)) and not line.endswith(b"}")


def _read(text: bytes) -> Line | None:
    try:
        said = json.loads(text)
        if set(said) != NAMES:
            return None
        dialogue = uuid.UUID(said["dialogue"]) if said["dialogue"] else None
        artefact, rule = Artefact(said["artefact"]), Rule(said["rule"])
        return Line(uuid.UUID(said["key"]), dialogue, str(artefact), str(rule), datetime.fromisoformat(said["at"]))
    except (ValueError, TypeError, AttributeError):
        return None
