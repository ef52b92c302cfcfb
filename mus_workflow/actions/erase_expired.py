"""Erase what has been kept as long as the rules say."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from django.db import transaction
from django.db.models import F
from django.utils.timezone import localdate

from mus_workflow.models import ClockWentBack, DataKey, ErasureRun
from mus_workflow.policies.retention import (
    Due,
    Leftovers,
    Progress,
    all_due,
    due_in,
    old_password_changes,
    old_readings,
    parked_too_long,
    unused_parked_keys,
)

from .destroy_keys import destroy_keys, destroy_parked, hold_drafts
from .erasure_journal import Journal, Noting
from .frame import locked


@dataclass
class Erasing:
    """How a run goes: destroyed keys by rule, what a hold kept, and the dialogues that could not be erased."""

    by_rule: Counter[str] = field(default_factory=Counter)
    kept: int = 0
    problems: list[str] = field(default_factory=list)
    receipt: ErasureRun | None = None
    leftovers: Leftovers | None = None


def erase_expired(
    *,
    at: datetime,
    journal: Journal,
    tell: Callable[[Due], None] = lambda due: None,
    progress: Progress | None = None,
) -> Erasing:
    """Destroy every key that `policies.retention` says is due, delete the leftovers, and write the receipt.

    A dialogue at a time, each in a transaction of its own: a run that was killed is simply run again. ``tell`` hears of
    each destroyed key once it is gone, and of each that a hold keeps. Raises JournalError before anything is erased.
    """
    journal.open_or_refuse()
    _confirm(journal)
    run = Erasing()
    for batch in all_due(today=localdate(at), progress=progress):
        for dialogue, rows in groupby(batch, key=lambda one: one.dialogue):
            planned = list(rows)
            run.kept += sum(one.is_held for one in planned)
            if planned[0].is_held:
                told = planned
            else:
                told = _erase(dialogue, planned[0].reference, run, journal=journal, at=at)
            for one in told:
                tell(one)
    _finish(run, journal=journal, at=at)
    return run


def erase_dialogue(*, dialogue_id: uuid.UUID, journal: Journal, at: datetime) -> list[Due]:
    """Destroy the keys of one dialogue that are due now, and return them. A hold that was placed meanwhile wins."""
    with journal.around_commit() as noting, locked(dialogue_id) as dialogue:
        hold_drafts(dialogue)
        due = [one for one in due_in([dialogue_id], today=localdate(at)) if not one.is_held]
        keys = DataKey.objects.in_bulk([one.key for one in due])
        doomed = [(keys[one.key], one.rule) for one in due]
        destroy_keys(dialogue=dialogue, doomed=doomed, noting=noting, at=at)
    return due


def _confirm(journal: Journal) -> None:
    """Confirm what an earlier run destroyed and, being killed, could not confirm any more."""
    for batch, lines in journal.unconfirmed().items():
        keys = {line.key for line in lines}
        if DataKey.objects.filter(pk__in=keys, destroyed_at__isnull=False).count() == len(keys):
            journal.confirm(batch)


def _erase(dialogue: uuid.UUID, reference: str, run: Erasing, *, journal: Journal, at: datetime) -> list[Due]:
    try:
        erased = erase_dialogue(dialogue_id=dialogue, journal=journal, at=at)
    except ClockWentBack:
        run.problems.append(reference)
        return []
    run.by_rule.update(one.rule for one in erased)
    return erased


def _finish(run: Erasing, *, journal: Journal, at: datetime) -> None:
    with journal.around_commit() as noting, transaction.atomic():
        passwords, _by_model = old_password_changes(at=at).delete()
        parked, _by_model = parked_too_long(at=at).delete()
        keys = tuple(key for key in unused_parked_keys(at=at) if _destroy_parked(key, run, noting=noting, at=at))
        readings, _by_model = old_readings(at=at).delete()
        run.leftovers = Leftovers(readings, parked, passwords, keys)
        run.receipt = ErasureRun.objects.create(
            ran_at=at, keys=run.by_rule.total(), readings=readings, by_rule=dict(run.by_rule)
        )


def _destroy_parked(key_id: uuid.UUID, run: Erasing, *, noting: Noting, at: datetime) -> bool:
    # The write that locks comes first: who parks a form at this moment holds the key, or will find it gone.
    if not DataKey.objects.filter(pk=key_id, destroyed_at=None).update(master_key=F("master_key")):
        return False
    if key_id not in unused_parked_keys(at=at):
        return False
    destroy_parked(key=DataKey.objects.get(pk=key_id), noting=noting, at=at)
    run.by_rule["PARKED"] += 1
    return True
