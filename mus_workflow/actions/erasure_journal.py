"""The journal of erasures: a file outside the database that tells which keys were destroyed.

A backup from before an erasure still holds the key. After a restore the journal is replayed, and nothing that was
erased comes back. A line is one JSON object of ids, and never a word or a name:

    {"key": …, "dialogue": … or null, "artefact": …, "rule": …, "at": …, "batch": …}
    {"done": …}

The first is written before the transaction commits, so that nothing is erased that is not noted; the second, which
names the batch, once it has: a line without it may be of a transaction that never did, and is not replayed. Lines
without a batch are from before there were any, and count.
"""

from __future__ import annotations

import json
import os
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from mus_workflow.conf import app_settings
from mus_workflow.documents.retention import Rule
from mus_workflow.models import Artefact

NAMES = {"key", "dialogue", "artefact", "rule", "at"}
BEGINNINGS = (b'{"key": ', b'{"done": ')


class JournalError(Exception):
    """The journal cannot be written or read. Its text is for the operator."""


@dataclass(frozen=True)
class Line:
    """One destroyed key. ``dialogue`` is None for a key that belongs to none.

    ``is_done``: the transaction that destroyed it has committed.
    """

    key: uuid.UUID
    dialogue: uuid.UUID | None
    artefact: str
    rule: str
    at: datetime
    batch: uuid.UUID | None = None
    is_done: bool = True


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
        self._append(b"")

    @contextmanager
    def around_commit(self) -> Iterator[Noting]:
        """What a transaction notes; it counts once the block has ended well. The transaction lies inside the block."""
        noting = Noting(self, uuid.uuid4())
        yield noting
        if noting.has_lines:
            self.confirm(noting.batch)

    def note(self, lines: Iterable[Line], batch: uuid.UUID) -> None:
        """Append the lines of a batch, and return when they are on the disk. Raises JournalError."""
        self._append(b"".join(_written(line, batch) for line in lines))

    def confirm(self, batch: uuid.UUID) -> None:
        """Say that the transaction of a batch has committed. Raises JournalError."""
        self._append(json.dumps({"done": str(batch)}).encode() + b"\n")

    def unconfirmed(self) -> dict[uuid.UUID, list[Line]]:
        """The batches that nobody has confirmed. Raises JournalError."""
        found: dict[uuid.UUID, list[Line]] = defaultdict(list)
        for line in read_journal(self.path) if self.path else ():
            if isinstance(line, Line) and line.batch and not line.is_done:
                found[line.batch].append(line)
        return dict(found)

    def _append(self, text: bytes) -> None:
        if not self.path:
            return
        path = Path(self.path)
        try:
            is_new = not path.exists()
            with path.open("ab+") as file:
                # A process that was killed may have left half a line.
                file.write(_whole_lines(file) + text)
                file.flush()
                os.fsync(file.fileno())
            if is_new:
                _keep_name(path)
        except OSError as error:
            raise JournalError(f"{self.path} cannot be written: {error.strerror}") from error


@dataclass
class Noting:
    """The lines of one transaction."""

    journal: Journal
    batch: uuid.UUID
    has_lines: bool = False

    def write(self, lines: Iterable[Line]) -> None:
        """Note the lines before their keys are destroyed. Raises JournalError."""
        noted = list(lines)
        self.has_lines = self.has_lines or bool(noted)
        self.journal.note(noted, self.batch)


def configured_journal() -> Journal:
    """The journal that the settings name."""
    return Journal(app_settings.ERASURE_JOURNAL)


def read_journal(path: str) -> Iterator[Line | Unreadable]:
    """The lines of a journal, in order. Half a line is passed over: where it was cut off, nothing had followed yet.

    Raises JournalError for a file that cannot be read.
    """
    try:
        text = Path(path).read_bytes()
    except OSError as error:
        raise JournalError(f"{path} cannot be read: {error.strerror}") from error
    told = [
        _read(line) or Unreadable(number)
        for number, line in enumerate(text.split(b"\n"), 1)
        if line.strip() and not _is_half(line)
    ]
    done = {one for one in told if isinstance(one, uuid.UUID)}
    for one in told:
        if isinstance(one, Line):
            yield replace(one, is_done=one.batch is None or one.batch in done)
        elif isinstance(one, Unreadable):
            yield one


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


def _written(line: Line, batch: uuid.UUID) -> bytes:
    dialogue = str(line.dialogue) if line.dialogue else None
    said = {"key": str(line.key), "dialogue": dialogue, "artefact": line.artefact, "rule": line.rule}
    return json.dumps({**said, "at": line.at.isoformat(), "batch": str(batch)}).encode() + b"\n"


def _is_half(line: bytes) -> bool:
    is_begun = any(line.startswith(begun) or begun.startswith(line) for begun in BEGINNINGS)
    return is_begun and not line.endswith(b"}")


def _read(text: bytes) -> Line | uuid.UUID | None:
    """A line, or the batch that one confirms."""
    try:
        said = json.loads(text)
        if set(said) == {"done"}:
            return uuid.UUID(said["done"])
        if set(said) not in (NAMES, NAMES | {"batch"}):
            return None
        dialogue = uuid.UUID(said["dialogue"]) if said["dialogue"] else None
        batch = uuid.UUID(said["batch"]) if "batch" in said else None
        artefact, rule, at = Artefact(said["artefact"]), Rule(said["rule"]), datetime.fromisoformat(said["at"])
        return Line(uuid.UUID(said["key"]), dialogue, str(artefact), str(rule), at, batch)
    except (ValueError, TypeError, AttributeError):
        return None
