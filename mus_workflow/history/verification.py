"""Whether everything that is stored is as it was written.

Streams, a batch of dialogues at a time, so memory does not grow with the organisation.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from django.db import models, router
from django.utils import timezone
from django.utils.translation import gettext as _

from mus_workflow.evidence import Finding
from mus_workflow.models import Dialogue, Event, LedgerEntry, Verification
from mus_workflow.models.triggers import missing_triggers

from .backdating import check_backdating
from .chains import DATABASE, Entry, Tally, check_links, open_entries
from .checkpoints import check_checkpoints
from .drift import TRACKED, Tracked, check_drift
from .granting import check_grants
from .integrity import check_integrity
from .keeping import check_keeping, check_shared_keys
from .ledger_rows import other_rows, rows_of
from .moment import one_moment
from .opening import Vault
from .participation import check_participants
from .processes import in_processes
from .repeats import check_repeats
from .signings import check_once_written, check_presentations, check_signatures, check_stages
from .unreadable import UNREADABLE, readable, unreadable

CHECKS = (
    check_stages,
    check_presentations,
    check_signatures,
    check_once_written,
    check_grants,
    check_keeping,
    check_participants,
)
BATCH = 100
# Starting a second process is not worth it for fewer dialogues.
MANY = 10 * BATCH

Progress = Callable[[int, int], None]
Checked = tuple[list[Finding], Tally]


def verify_dialogue(dialogue_id: uuid.UUID, tally: Tally | None = None) -> list[Finding]:
    """Everything that is wrong with one dialogue: its chain, payloads, history, signatures and live rows."""
    findings, counted = _check([dialogue_id])
    if tally is not None:
        tally.add(counted)
    return findings


def verify_everything(
    tally: Tally | None = None,
    progress: Progress | None = None,
    *,
    at: datetime | None = None,
    since: datetime | None = None,
    all_roots: bool = False,
    processes: int = 1,
) -> Iterator[Finding]:
    """Everything that is wrong anywhere; with ``since`` of the dialogues only those with entries from then on.

    ``at`` is now (None: the clock's). ``tally`` is filled on the way; ``progress`` is told (done, of how many).
    ``all_roots``: compute the roots of all checkpoints anew, however many there are.
    """
    tally = Tally() if tally is None else tally
    yield from check_wall()
    yield from readable(_check_dialogues(tally, progress, since, processes))
    yield from readable(_check_others(tally))
    yield from readable(check_checkpoints(tally, at=at or timezone.now(), all_roots=all_roots))
    yield from readable(check_backdating())


def check_wall() -> Iterator[Finding]:
    """Each trigger that should guard the evidence and does not stand."""
    for name in missing_triggers(router.db_for_read(LedgerEntry)):
        yield Finding(DATABASE, None, _("the trigger %(name)s is missing") % {"name": name})


def latest_verification() -> Verification | None:
    """What the last check of everything found; None where there was none. Checks of a part do not count."""
    return Verification.objects.filter(since=None).order_by("-ended_at").first()


def _check_dialogues(
    tally: Tally, progress: Progress | None, since: datetime | None, processes: int
) -> Iterator[Finding]:
    dialogues = _dialogues(since)
    of = dialogues.count()
    whole = [_check_database] if since is None else [_check_copies]
    jobs = (partial(_check, batch) for batch in _batches(dialogues))
    for findings, counted in in_processes(_done, jobs, processes if of > MANY else 1, long=whole):
        tally.add(counted)
        yield from findings
        if progress and counted.dialogues:
            progress(tally.dialogues, of)


def _done(job: Callable[[], Checked]) -> Checked:
    return job()


def _check_copies() -> Checked:
    return list(readable(check_repeats())), Tally()


def _check_database() -> Checked:
    """What is wrong with the database as a whole. It takes long, and no batch of dialogues waits for it."""
    findings, tally = _check_copies()
    for tracked in TRACKED:
        findings.extend(readable(_orphans(tracked)))
    findings.extend(readable(check_integrity(tally)))
    return findings, tally


def _dialogues(since: datetime | None) -> models.QuerySet[Dialogue]:
    if since is None:
        return Dialogue.objects.all()
    grown = LedgerEntry.objects.filter(at_us__gte=int(since.timestamp() * 1_000_000))
    return Dialogue.objects.filter(pk__in=grown.values("chain"))


def _batches(dialogues: models.QuerySet[Dialogue]) -> Iterator[list[uuid.UUID]]:
    """The dialogues a batch at a time, in the order of their making: what was written together lies together."""
    # Packed, and read to the end before a process is forked: no cursor outlives that.
    rows = dialogues.order_by("created_at", "pk").values_list("pk", flat=True).iterator(chunk_size=2000)
    keys = b"".join(key.bytes for key in rows)
    for start in range(0, len(keys), BATCH * 16):
        some = keys[start : start + BATCH * 16]
        yield [uuid.UUID(bytes=some[at : at + 16]) for at in range(0, len(some), 16)]


def _check(dialogues: list[uuid.UUID]) -> Checked:
    """What is wrong with these dialogues. What cannot even be read is named by its dialogue."""
    findings: list[Finding] = []
    tally = Tally(dialogues=len(dialogues))
    try:
        with one_moment():
            findings.extend(_verify(dialogues, tally))
        return findings, tally
    except UNREADABLE as error:
        if len(dialogues) == 1:
            return [*findings, unreadable(str(dialogues[0]), error)], tally
    apart, tally = [_check([key]) for key in dialogues], Tally()
    for _findings, counted in apart:
        tally.add(counted)
    return [finding for found, _tally in apart for finding in found], tally


def _verify(dialogues: list[uuid.UUID], tally: Tally) -> Iterator[Finding]:
    rows, vault = rows_of(dialogues), Vault()
    yield from check_links(rows)
    entries: list[Entry] = []
    for opened in open_entries(rows, tally, vault):
        if isinstance(opened, Finding):
            yield opened
        else:
            entries.append(opened)
    for tracked in TRACKED:
        yield from check_drift(tracked, dialogues, entries, vault)
    for check in CHECKS:
        yield from check(dialogues, entries)


def _check_others(tally: Tally) -> Iterator[Finding]:
    """The chains of reporting lines and rules, and those of dialogues that are gone."""
    for rows in other_rows():
        if rows[0].event == Event.CREATED:
            yield Finding(str(rows[0].chain), None, _("its dialogue is gone"))
        yield from check_links(rows)
        yield from (opened for opened in open_entries(rows, tally) if isinstance(opened, Finding))
    yield from check_shared_keys()


def _orphans(tracked: Tracked) -> Iterator[Finding]:
    """History rows whose object is gone, and of which no chain knows: the batches have found the others."""
    history = tracked.model.history.model.objects.exclude(id__in=tracked.model.objects.values("pk"))
    for key, row in history.order_by("id", "history_id").values_list("id", "history_id").iterator(chunk_size=500):
        if not LedgerEntry.objects.filter(object_type=tracked.name, object_id=str(key)).exists():
            problem = _("%(kind)s %(key)s was deleted; its history row %(number)s is left, and is not in the ledger")
            names = {"kind": tracked.model._meta.verbose_name, "key": key, "number": row}
            yield Finding(DATABASE, None, problem % names)
