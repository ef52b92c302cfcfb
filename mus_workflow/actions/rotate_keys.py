"""Wrap data keys under the first master key, so that an old one is needed no more. No text is touched."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction

from mus_workflow.models import DataKey
from mus_workflow.models.data_key import key_ring
from mus_workflow.sealing import MasterKeyError

BATCH = 500


@dataclass(frozen=True)
class Batch:
    """What became of some keys. ``last`` is where the next batch goes on; None when all have been seen."""

    rewrapped: int
    problems: dict[uuid.UUID, str]
    last: uuid.UUID | None


def rotate_batch(*, after: uuid.UUID | None = None, size: int = BATCH) -> Batch:
    """Wrap the next keys, in the order of their ids, anew. What is sealed under them stays as it is.

    A key that cannot be opened is left as it is and named. One that somebody has destroyed or wrapped in the meantime
    is left alone. Raises MasterKeyError when the first master key is not the one that has wrapped under its name.
    """
    ring = key_ring()
    DataKey.objects.prove(ring)
    waiting = DataKey.objects.live().exclude(master_key=ring.current).order_by("pk")
    keys = list((waiting.filter(pk__gt=after) if after else waiting)[:size])
    anew, problems = {}, {}
    for key in keys:
        try:
            anew[key] = ring.wrap(key.unwrap(ring))
        except MasterKeyError as error:
            problems[key.pk] = str(error)
    # What it takes was read before, so that the transaction begins with a write.
    with transaction.atomic():
        done = sum(_write(key, *wrapped) for key, wrapped in anew.items())
    return Batch(done, problems, keys[-1].pk if len(keys) == size else None)


def _write(key: DataKey, name: str, wrapped: bytes) -> int:
    """Write the new wrapping, unless the key is no longer as it was read."""
    as_read = DataKey.objects.live().filter(pk=key.pk, master_key=key.master_key)
    return as_read.update(master_key=name, wrapped=wrapped)
