"""What was written in a dialogue's follow-up, with the words: for an auditor whose grant covers it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mus_workflow.models import Agreement, AgreementItem, Event, FollowUp, Outcome, Progress, Role

from .opening import Gone, open_or_gone

ItemHistory = AgreementItem.history.model
STEPS = (Event.PROGRESS_RECORDED, Event.OUTCOME_RECORDED)


@dataclass(frozen=True)
class Recorded:
    """One follow-up: who recorded it, when, and its sections; ``erased`` names the rule where the words are gone."""

    number: int
    at: datetime
    by: str
    language: str
    sections: list[dict[str, Any]]
    erased: str = ""


@dataclass(frozen=True)
class Step:
    """One time that progress or an outcome was recorded: how it stood then, and [(side, words)]."""

    at: datetime
    by: str
    role: str
    state: str
    notes: list[tuple[str, str]]
    erased: str = ""


@dataclass(frozen=True)
class Item:
    """An agreed item, and how it went."""

    number: int
    what: str
    steps: list[Step]
    erased: str = ""


def follow_ups_of(agreement: Agreement) -> list[Recorded]:
    """The recorded follow-ups, oldest first, with two queries."""
    rows = list(FollowUp.objects.filter(dialogue=agreement.dialogue_id).select_related("recorded_by"))
    return [
        _recorded(row, document)
        for row, document in zip(rows, open_or_gone([row.document for row in rows]), strict=True)
    ]


def items_of(agreement: Agreement) -> list[Item]:
    """The agreed items in their order, each with what was recorded of it, oldest first; three queries."""
    items = list(AgreementItem.objects.filter(agreement=agreement).order_by("position", "id"))
    told = ItemHistory.objects.filter(agreement=agreement, history_change_reason__in=[event.value for event in STEPS])
    rows = list(told.order_by("history_id"))
    opened = open_or_gone(
        [item.text for item in items] + [note for row in rows for note in (row.progress_note, row.outcome_note)]
    )
    notes = opened[len(items) :]
    steps: dict[Any, list[Step]] = defaultdict(list)
    for number, row in enumerate(rows):
        steps[row.id].append(_step(row, *notes[2 * number : 2 * number + 2]))
    return [
        Item(number, "", steps[item.pk], text.rule)
        if isinstance(text, Gone)
        else Item(number, text["what"], steps[item.pk])
        for number, (item, text) in enumerate(zip(items, opened[: len(items)], strict=True), start=1)
    ]


def _recorded(row: FollowUp, document: Any) -> Recorded:
    known = (row.number, row.recorded_at, row.recorded_by.name)
    if isinstance(document, Gone):
        return Recorded(*known, "", [], document.rule)
    return Recorded(*known, document["language"], document["sections"])


def _step(row: Any, progress_note: Any, outcome_note: Any) -> Step:
    is_outcome = row.history_change_reason == Event.OUTCOME_RECORDED
    state = Outcome(row.outcome).label if is_outcome and row.outcome else Progress(row.progress).label
    role = str(Role(row.actor_role).label) if row.actor_role in Role.values else ""
    note = outcome_note if is_outcome else progress_note
    known = (row.history_date, row.actor_label, role, str(state))
    if isinstance(note, Gone):
        return Step(*known, [], note.rule)
    if is_outcome:
        return Step(*known, [(str(Role(side).label), words) for side, words in sorted((note or {}).items()) if words])
    return Step(*known, [("", note)] if note else [])
