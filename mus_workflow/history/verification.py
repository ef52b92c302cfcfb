"""Whether everything that is stored is as it was written.

Streams, a batch of dialogues at a time, so memory does not grow with the organisation.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import router
from django.utils.translation import gettext as _

from mus_workflow.evidence import Finding
from mus_workflow.models import Dialogue, LedgerEntry
from mus_workflow.models.triggers import missing_triggers

from .chains import Entry, Tally, check_links, entries_of, open_entries, other_chains
from .drift import TRACKED, Tracked, check_drift
from .keeping import check_keeping
from .signings import check_once_written, check_presentations, check_signatures, check_stages

BATCH = 50
DATABASE = "database"

Progress = Callable[[int, int], None]


def verify_dialogue(dialogue_id: uuid.UUID, tally: Tally | None = None) -> list[Finding]:
    """Everything that is wrong with one dialogue: its chain, payloads, history, signatures and live rows."""
    return list(_verify([dialogue_id], tally or Tally()))


def verify_everything(tally: Tally | None = None, progress: Progress | None = None) -> Iterator[Finding]:
    """Everything that is wrong anywhere. ``tally`` is filled on the way; ``progress`` is told (done, of how many)."""
    tally = tally or Tally()
    yield from check_wall()
    of = Dialogue.objects.count()
    keys = Dialogue.objects.order_by("pk").values_list("pk", flat=True).iterator(chunk_size=2000)
    while batch := list(islice(keys, BATCH)):
        yield from _verify(batch, tally)
        if progress:
            progress(tally.dialogues, of)
    for rows in other_chains():
        yield from check_links(rows)
        yield from _findings(open_entries(rows, tally))
    for tracked in TRACKED:
        yield from _orphans(tracked)


def check_wall() -> Iterator[Finding]:
    """Each trigger that should guard the evidence and does not stand."""
    for name in missing_triggers(router.db_for_read(LedgerEntry)):
        yield Finding(DATABASE, None, _("the trigger %(name)s is missing") % {"name": name})


def _verify(dialogues: list[uuid.UUID], tally: Tally) -> Iterator[Finding]:
    tally.dialogues += len(dialogues)
    rows = entries_of(dialogues)
    yield from check_links(rows)
    entries: list[Entry] = []
    for opened in open_entries(rows, tally):
        if isinstance(opened, Finding):
            yield opened
        else:
            entries.append(opened)
    for tracked in TRACKED:
        yield from check_drift(tracked, dialogues, entries)
    for check in (check_stages, check_presentations, check_signatures, check_once_written, check_keeping):
        yield from check(dialogues, entries)


def _findings(opened: Iterable[Any]) -> Iterator[Finding]:
    return (one for one in opened if isinstance(one, Finding))


def _orphans(tracked: Tracked) -> Iterator[Finding]:
    """History rows whose object is gone, and of which no chain knows: the batches have found the others."""
    history = tracked.model.history.model.objects.exclude(id__in=tracked.model.objects.values("pk"))
    for key, row in history.order_by("id", "history_id").values_list("id", "history_id").iterator(chunk_size=500):
        if not LedgerEntry.objects.filter(object_type=tracked.name, object_id=str(key)).exists():
            problem = _("%(kind)s %(key)s was deleted; its history row %(number)s is left, and is not in the ledger")
            names = {"kind": tracked.model._meta.verbose_name, "key": key, "number": row}
            yield Finding(DATABASE, None, problem % names)
