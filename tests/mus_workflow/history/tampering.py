"""A dialogue in which everything has happened, and the means to tamper with it."""

from __future__ import annotations

import uuid
from io import StringIO
from typing import Any

from django.core.management import call_command

from mus_workflow.actions.amend_agreement import amend_agreement
from mus_workflow.actions.give_grant import approve_grant, request_grant
from mus_workflow.actions.hold_talk import hold_talk
from mus_workflow.actions.record_progress import record_follow_up, record_progress
from mus_workflow.actions.save_draft import save_follow_up_draft
from mus_workflow.actions.write_revision import present_agreement, take_back_agreement
from mus_workflow.models import Agreement, AgreementItem, Dialogue, LedgerEntry, Progress, Purpose, SharedPreparation
from tests.builders import Cast, allowed_ids, item_id_of, sign_by_both, typed, write_agreement
from tests.plumbing.clock import NOW

AgreementHistory = Agreement.history.model
ItemHistory = AgreementItem.history.model
SharedHistory = SharedPreparation.history.model


def walk_on(dialogue: Dialogue, cast: Cast) -> Dialogue:
    """The talk, two signings, an amendment taken back, progress, a follow-up, and a grant."""
    key, manager = dialogue.pk, cast.manager
    talk(dialogue, cast)
    sign_by_both(dialogue, cast)
    item = uuid.UUID(item_id_of(dialogue))
    record_progress(dialogue_id=key, item_id=item, progress=Progress.UNDER_WAY, note="Meldt til", by=manager, at=NOW)
    allowed = allowed_ids(dialogue, Purpose.FOLLOW_UP, "MANAGER")
    save_follow_up_draft(dialogue_id=key, typed=typed({"how": "Godt på vej."}), allowed=allowed, by=manager, at=NOW)
    record_follow_up(dialogue_id=key, by=manager, at=NOW)
    amend_agreement(dialogue_id=key, change_note="Ny frist", by=manager, at=NOW)
    present_agreement(dialogue_id=key, by=manager, at=NOW)
    take_back_agreement(dialogue_id=key, by=manager, at=NOW)
    present_agreement(dialogue_id=key, by=manager, at=NOW)
    sign_by_both(dialogue, cast)
    grant = request_grant(dialogue_id=key, reason="Klage", by=cast.auditor, at=NOW)
    approve_grant(grant_id=grant.pk, by=cast.auditor2, at=NOW)
    return Dialogue.objects.get(pk=key)


def talk(dialogue: Dialogue, cast: Cast) -> None:
    hold_talk(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    write_agreement(dialogue, by=cast.manager)
    present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)


def verify(*arguments: str) -> tuple[int, str]:
    """The exit code and what was written."""
    out = StringIO()
    try:
        call_command("mus_verify", *arguments, stdout=out, stderr=StringIO())
    except SystemExit as end:
        return int(end.code or 0), out.getvalue()
    return 0, out.getvalue()


def flip(value: bytes) -> bytes:
    """The same bytes but for the lowest bit of the last one."""
    value = bytes(value)
    return value[:-1] + bytes([value[-1] ^ 1])


def entry(event: str) -> LedgerEntry:
    return LedgerEntry.objects.filter(event=event).earliest("n")


def tamper_entry(of: str, /, **columns: Any) -> LedgerEntry:
    found = entry(of)
    LedgerEntry.objects.filter(pk=found.pk).update(**columns)
    return found


def change(model: Any, column: str, value: Any = None) -> None:
    """Change one column of the newest row: to the value, or by one bit."""
    row = model.objects.latest("pk") if model.__name__.startswith("Historical") else model.objects.first()
    model.objects.filter(pk=row.pk).update(**{column: flip(getattr(row, column)) if value is None else value})
