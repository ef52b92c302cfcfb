"""Repeat the journal of erasures after a restore: nothing that was erased comes back."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction

from mus_workflow.models import Artefact, ClockWentBack, DataKey, Dialogue, ErasureRun
from mus_workflow.policies.retention import Progress
from mus_workflow.policies.retention_facts import held_among

from .destroy_keys import destroy_keys, destroy_parked, hold_drafts
from .erasure_journal import Journal, Line
from .frame import locked


@dataclass
class Replaying:
    """How a replay went, in keys. ``gone``: destroyed in this database already. ``unknown``: not in it at all.

    ``unconfirmed``: still here, and in the journal by a run of which it does not say that it went through.
    """

    by_rule: Counter[str] = field(default_factory=Counter)
    gone: int = 0
    unknown: int = 0
    unconfirmed: int = 0
    held: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    receipt: ErasureRun | None = None


def replay_erasures(
    *,
    lines: Iterable[Line],
    at: datetime,
    journal: Journal,
    tell: Callable[[Line], None] = lambda line: None,
    progress: Progress | None = None,
) -> Replaying:
    """Destroy every key that the journal says is destroyed and this database still has, and write the receipt.

    What it does not confirm is left to the rules. A hold that stands in this database wins. Safe to run again. Raises
    JournalError before anything is erased.
    """
    journal.open_or_refuse()
    wanted: dict[uuid.UUID | None, dict[uuid.UUID, Line]] = defaultdict(dict)
    unsure: dict[uuid.UUID | None, set[uuid.UUID]] = defaultdict(set)
    for line in lines:
        if line.is_done:
            wanted[line.dialogue][line.key] = line
        else:
            unsure[line.dialogue].add(line.key)
    run = Replaying()
    for done, (dialogue, by_key) in enumerate(wanted.items(), 1):
        for line in _replay(dialogue, by_key, run, journal=journal, at=at):
            run.by_rule[line.rule] += 1
            tell(line)
        if progress:
            progress(done, len(wanted))
    for dialogue, keys in unsure.items():
        left = keys - set(wanted.get(dialogue, ()))
        run.unconfirmed += DataKey.objects.filter(pk__in=left, dialogue=dialogue, destroyed_at=None).count()
    run.receipt = ErasureRun.objects.create(
        ran_at=at, keys=run.by_rule.total(), readings=0, by_rule=dict(run.by_rule), replayed=True
    )
    return run


def _replay(
    dialogue_id: uuid.UUID | None, lines: dict[uuid.UUID, Line], run: Replaying, *, journal: Journal, at: datetime
) -> list[Line]:
    there = DataKey.objects.filter(pk__in=lines, dialogue=dialogue_id)
    live = list(there.filter(destroyed_at=None).values_list("pk", flat=True))
    run.gone += there.count() - len(live)
    run.unknown += len(lines) - there.count()
    if not live:
        return []
    if dialogue_id is None:
        return _replay_parked(lines, live, journal=journal, at=at)
    return _replay_dialogue(dialogue_id, lines, run, journal=journal, at=at)


def _replay_parked(
    lines: dict[uuid.UUID, Line], live: list[uuid.UUID], *, journal: Journal, at: datetime
) -> list[Line]:
    # Nothing else of no dialogue is ever erased, whatever a file says.
    parked = DataKey.objects.filter(pk__in=live, artefact=Artefact.PARKED)
    with journal.around_commit() as noting, transaction.atomic():
        for key in parked:
            destroy_parked(key=key, noting=noting, at=at)
    return [lines[key.pk] for key in parked]


def _replay_dialogue(
    dialogue_id: uuid.UUID, lines: dict[uuid.UUID, Line], run: Replaying, *, journal: Journal, at: datetime
) -> list[Line]:
    try:
        with journal.around_commit() as noting, locked(dialogue_id) as dialogue:
            if held_among([dialogue_id]):
                run.held.append(dialogue.reference)
                return []
            hold_drafts(dialogue)
            live = DataKey.objects.filter(pk__in=lines, dialogue=dialogue, destroyed_at=None)
            doomed = [(key, lines[key.pk].rule) for key in live.order_by("artefact", "pk")]
            destroy_keys(dialogue=dialogue, doomed=doomed, noting=noting, at=at)
            return [lines[key.pk] for key, _rule in doomed]
    except ClockWentBack:
        run.problems.append(Dialogue.objects.get(pk=dialogue_id).reference)
        return []
