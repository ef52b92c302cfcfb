"""Make a checkpoint: one signed hash over the ends of all chains, and over who has read what."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from mus_workflow.evidence import (
    CheckpointText,
    head_leaf,
    leaf_hash,
    merkle_root,
    parse_note,
    signed_note,
    text_hash,
)
from mus_workflow.models import ChainHead, Checkpoint, Reading
from mus_workflow.sealing import SigningKey

from .bulk import write_chain_heads

# A reading is recorded by a transaction that may commit a little later than the time it names.
LATE_COMMITS = timedelta(minutes=10)


class AnotherRun(Exception):
    """Another process made the checkpoint with this number at the same moment; nothing was written here."""


class _Counted:
    """Leaves on their way into a tree, counted: how many, and of how many entries."""

    def __init__(self) -> None:
        self.leaves = 0
        self.entries = 0

    def heads(self, rows: Iterable[tuple[uuid.UUID, int, bytes | memoryview]]) -> Iterator[bytes]:
        """The leaf hashes of (chain, n, hash)."""
        for chain, n, link in rows:
            self.leaves += 1
            self.entries += n
            yield leaf_hash(head_leaf(chain.bytes, n, bytes(link)))

    def hashes(self, hashes: Iterable[bytes]) -> Iterator[bytes]:
        """Leaf hashes as they are."""
        for each in hashes:
            self.leaves += 1
            yield each


def make_checkpoint(*, key: SigningKey, name: str, at: datetime) -> Checkpoint:
    """Make the next checkpoint and the heads of the chains that have grown. Raises AnotherRun.

    It needs time in proportion to the number of chains, and memory that does not grow with it.
    """
    newest = Checkpoint.objects.newest()
    number = newest.number + 1 if newest else 1
    try:
        with transaction.atomic():
            # The first statement is a write, so that SQLite gives the lock before anything is read (PERFORMANCE).
            write_chain_heads(number)
            return _write(number, newest, key=key, name=name, at=at.replace(microsecond=0))
    except IntegrityError:
        if Checkpoint.objects.filter(number=number).exists():
            raise AnotherRun from None
        raise


def _write(number: int, before: Checkpoint | None, *, key: SigningKey, name: str, at: datetime) -> Checkpoint:
    heads, readings = _Counted(), _Counted()
    rows = ChainHead.objects.last_of_each().values_list("chain", "n", "hash").iterator(chunk_size=2000)
    root = merkle_root(heads.heads(rows))
    start = before.readings_until if before else None
    until = max(at - LATE_COMMITS, start or at - LATE_COMMITS)
    readings_root = merkle_root(readings.hashes(Reading.objects.between(start, until).leaf_hashes()))
    text = CheckpointText(
        name=name,
        chains=heads.leaves,
        root=root,
        number=number,
        made_at=at,
        entries=heads.entries,
        readings=readings.leaves,
        readings_root=readings_root,
        readings_until=until,
        previous=text_hash(parse_note(before.note).text) if before else None,
    ).text()
    return Checkpoint.objects.create(
        pk=number,
        number=number,
        made_at=at,
        chains=heads.leaves,
        entries=heads.entries,
        root=root,
        readings=readings.leaves,
        readings_root=readings_root,
        readings_until=until,
        note=signed_note(text, name=name, public_key=key.public_key, signature=key.sign(text)),
    )
