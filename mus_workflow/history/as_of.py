"""How a dialogue stood at a moment: what the ledger, the history and the rows that are written once say of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from mus_workflow.evidence import Finding
from mus_workflow.models import (
    SIGNS,
    Agreement,
    AgreementItem,
    Event,
    Grant,
    LedgerEntry,
    Participant,
    Presentation,
    SharedPreparation,
    Signature,
)
from mus_workflow.stages import Stage

from .chains import Tally, open_entries

WAITING, TAKEN_BACK, SIGNED, DECLINED, SAVED = "WAITING", "TAKEN_BACK", "SIGNED", "DECLINED", "SAVED"


@dataclass(frozen=True)
class Standing:
    """The agreement at a moment. Numbers of revisions, None for none; ``state`` is the latest one's.

    ``signed`` of ``parties`` had signed the latest; ``in_change`` says that a change of a signed one was being written.
    """

    revision: int | None = None
    revised_at: datetime | None = None
    state: str = ""
    signed: int = 0
    parties: int = 0
    in_force: int | None = None
    in_change: bool = False


@dataclass(frozen=True)
class State:
    """A dialogue at a moment. ``stage`` is None before it was planned, and "" where the ledger's words are erased.

    ``entry`` is the number of the last entry of the ledger then; ``items`` and ``open_items`` count what was agreed.
    """

    at: datetime
    stage: str | None
    entry: int | None
    agreement: Standing
    participants: list[Participant]
    shared_by: list[str]
    items: int
    open_items: int
    grants: int


def state_as_of(agreement: Agreement, at: datetime) -> State:
    """How the dialogue of an agreement stood at a moment, what happened at that moment included; ten queries."""
    dialogue = agreement.dialogue
    until_us = int(at.timestamp() * 1_000_000)
    entries = list(LedgerEntry.objects.filter(chain=dialogue.pk, at_us__lte=until_us).order_by("n"))
    there = dialogue.participants.filter(joined_at__lte=at).filter(Q(left_at=None) | Q(left_at__gt=at))
    items = _latest(AgreementItem.history.model.objects.filter(agreement=agreement, history_date__lte=at))
    granted = Grant.objects.filter(dialogue=dialogue, approved_at__lte=at, expires_at__gt=at)
    return State(
        at=at,
        stage=_stage(entries),
        entry=entries[-1].n if entries else None,
        agreement=_standing(agreement, entries, at),
        participants=list(there.order_by("role", "joined_at")),
        shared_by=_shared_by(dialogue, at),
        items=len(items),
        open_items=sum(not item.outcome for item in items),
        grants=granted.filter(Q(ended_at=None) | Q(ended_at__gt=at)).count(),
    )


def _stage(entries: Sequence[LedgerEntry]) -> str | None:
    if not entries:
        return None
    moved = [entry for entry in entries if entry.event == Event.STAGE_CHANGED][-1:]
    if not moved:
        return Stage.PLANNED
    with_payload = list(LedgerEntry.objects.filter(pk=moved[0].pk).select_related("payload"))
    for opened in open_entries(with_payload, Tally()):
        if not isinstance(opened, Finding) and opened.value:
            return str(opened.value["to"])
    return ""


def _standing(agreement: Agreement, entries: Sequence[LedgerEntry], at: datetime) -> Standing:
    rows = Agreement.history.model.objects.filter(id=agreement.pk, history_date__lte=at)
    latest = rows.order_by("-revision", "-history_id").values_list("revision", "history_date").first()
    if latest is None:
        return Standing()
    found = Presentation.objects.filter(agreement=agreement, presented_at__lte=at).select_related("recall")
    presented = {one.revision: one for one in found}
    signatures = list(Signature.objects.filter(agreement=agreement, signed_at__lte=at).defer("remark"))
    answered = Counter(one.revision for one in signatures)
    signed = Counter(one.revision for one in signatures if one.meaning in SIGNS)
    in_force = [number for number, one in presented.items() if signed[number] == one.party_count]
    newest = presented.get(latest[0])
    return Standing(
        revision=latest[0],
        revised_at=latest[1],
        state=_state(newest, signed, answered, at),
        signed=signed[latest[0]],
        parties=newest.party_count if newest else 0,
        in_force=max(in_force, default=None),
        in_change=_in_change(entries, {str(one.pk): one for one in signatures}, presented),
    )


def _state(newest: Presentation | None, signed: Counter[int], answered: Counter[int], at: datetime) -> str:
    if newest is None:
        return SAVED
    if signed[newest.revision] == newest.party_count:
        return SIGNED
    recall = getattr(newest, "recall", None)
    if recall is not None and recall.recalled_at <= at:
        return TAKEN_BACK
    return DECLINED if answered[newest.revision] == newest.party_count else WAITING


def _in_change(
    entries: Sequence[LedgerEntry], signatures: dict[str, Signature], presented: dict[int, Presentation]
) -> bool:
    """Whether a change had been begun and neither dropped nor answered by all: the entries told in their order."""
    begun, answered = False, Counter[int]()
    for entry in entries:
        if entry.event == Event.AMENDMENT_BEGUN:
            begun = True
        elif entry.event == Event.AMENDMENT_DROPPED:
            begun = False
        elif entry.object_id in signatures and entry.event in (Event.SIGNED, Event.DECLINED):
            revision = signatures[entry.object_id].revision
            answered[revision] += 1
            begun = begun and answered[revision] < presented[revision].party_count
    return begun


def _shared_by(dialogue: Any, at: datetime) -> list[str]:
    """The names of those whose preparation the others could read something of."""
    theirs = SharedPreparation.history.model.objects.filter(
        preparation__participant__dialogue=dialogue, history_date__lte=at
    )
    rows = _latest(theirs.select_related("preparation__participant").defer("document"))
    return sorted(row.preparation.participant.name for row in rows if row.withdrawn_at is None)


def _latest(rows: Any) -> list[Any]:
    """The last of the history rows of each object."""
    return list({row.id: row for row in rows.order_by("history_id")}.values())
