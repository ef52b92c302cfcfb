"""Sign."""

from __future__ import annotations

import hmac
import uuid
from datetime import datetime
from typing import Any

from django.db.models import CharField, QuerySet, UUIDField
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from mus_workflow.documents.item import item_state
from mus_workflow.models import (
    Agreement,
    AgreementItem,
    Artefact,
    Dialogue,
    DraftKind,
    Event,
    Meaning,
    Outcome,
    Participant,
    Presentation,
    Purpose,
    Signature,
    open_sealed,
    seal,
)
from mus_workflow.models.kept_query import KeptInsert, KeptQuery, Slot
from mus_workflow.notifications import after_commit, send_notice
from mus_workflow.policies.agreements import can_sign, is_signed_by_all
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage

from .frame import acting, locked, move, record_event, recorded_id, stamp_history
from .hold_talk import open_shared_draft


def sign_agreement(
    *,
    dialogue_id: uuid.UUID,
    document_sha256: str,
    remark: str,
    auth_method: str,
    by: Any,
    at: datetime,
) -> Signature:
    """Sign the presented revision as one of its parties. The last signature puts it in force.

    ``document_sha256`` is the hash of the document that the person was shown: another one is refused.
    ``auth_method`` names how the person has just proved to be present.
    """
    with locked(dialogue_id) as dialogue:
        participant = acting(by, dialogue)
        shown = _shown(dialogue, document_sha256)
        latest = shown or Presentation.objects.filter(agreement__dialogue=dialogue).order_by("-revision").first()
        can_sign(participant=participant, dialogue=dialogue, presentation=latest).or_refuse()
        if shown is None or not hmac.compare_digest(shown.document_sha256, document_sha256):
            raise Refused(
                _("The agreement has changed since it was shown to you. Read the newest revision before you sign.")
            )
        signature = _write_signature(dialogue, participant, shown, remark, auth_method, by=by, at=at)
        if is_signed_by_all(shown):
            _put_in_force(dialogue, shown, participant, by=by, at=at)
            after_commit(send_notice, str(dialogue.pk), "agreement_in_force", *shown.parties)
        else:
            others = [party for party in shown.parties if party != str(participant.pk)]
            after_commit(send_notice, str(dialogue.pk), "agreement_signed", *others)
    return signature


def _shown(dialogue: Dialogue, document_sha256: str) -> Presentation | None:
    """The presentation of the document that the person was shown; the dialogue then knows its agreement."""
    shown = SHOWN.first(dialogue=dialogue.pk, document_sha256=document_sha256)
    if shown is not None:
        dialogue.agreement = shown.agreement
    return shown


def _write_signature(
    dialogue: Dialogue,
    participant: Participant,
    shown: Presentation,
    remark: str,
    auth_method: str,
    *,
    by: Any,
    at: datetime,
) -> Signature:
    signature = Signature(
        agreement=shown.agreement,
        presentation=shown,
        revision=shown.revision,
        participant=participant,
        meaning=Meaning.AGREED,
        document_sha256=shown.document_sha256,
        remark=seal(remark, dialogue=dialogue, artefact=Artefact.AGREEMENT) if remark else None,
        auth_method=auth_method,
        signed_at=at,
    )
    signature.ledger_entry = record_event(
        dialogue=dialogue,
        event=Event.SIGNED,
        obj=signature,
        payload={
            "revision": shown.revision,
            "document_sha256": shown.document_sha256,
            "participant": str(participant.pk),
            "meaning": str(Meaning.AGREED),
            "remark": remark,
        },
        by=by,
        at=at,
        artefact=Artefact.AGREEMENT,
        auth_method=auth_method,
    )
    SIGN.run(signature)
    return signature


def _put_in_force(dialogue: Dialogue, shown: Presentation, participant: Participant, *, by: Any, at: datetime) -> None:
    agreement = shown.agreement
    document = open_sealed(agreement.document)
    _upsert_items(dialogue, agreement, document, participant, by=by, at=at)
    for draft in dialogue.drafts.filter(kind=DraftKind.AGREEMENT, participant=None):
        draft.envelope = None
        draft.save()
    if dialogue.stage == Stage.SIGN_OFF:
        move(dialogue=dialogue, to=Stage.FOLLOW_UP, by=by, at=at)
        open_shared_draft(dialogue=dialogue, kind=DraftKind.FOLLOW_UP, purpose=Purpose.FOLLOW_UP)
        if dialogue.previous_id:
            with locked(dialogue.previous_id) as previous:
                if previous.stage == Stage.FOLLOW_UP:
                    move(dialogue=previous, to=Stage.CLOSED, by=by, at=at)


def _upsert_items(
    dialogue: Dialogue,
    agreement: Agreement,
    document: dict[str, Any],
    participant: Participant,
    *,
    by: Any,
    at: datetime,
) -> None:
    standing = {str(item.pk): item for item in AgreementItem.objects.filter(agreement=agreement)}
    for position, words in enumerate(document["items"]):
        item = standing.pop(words["id"], None) or AgreementItem(pk=uuid.UUID(words["id"]), agreement=agreement)
        if item.outcome == Outcome.WITHDRAWN:
            item.outcome, item.outcome_at = "", None
        item.revision, item.position = document["revision"], position
        item.category, item.responsible = words["category"], words["responsible"]
        item.due_date = parse_date(words["due_date"]) if words["due_date"] else None
        item.lineage, item.repeats = uuid.UUID(words["lineage"]), words["repeats"]
        text = {name: words[name] for name in ("what", "support", "measure")}
        item.text = seal(text, dialogue=dialogue, artefact=Artefact.ITEM)
        write_item(dialogue=dialogue, item=item, event=Event.ITEM_SET, participant=participant, by=by, at=at)
    for item in standing.values():
        if not item.outcome:
            item.outcome, item.outcome_at = Outcome.WITHDRAWN, at
            write_item(dialogue=dialogue, item=item, event=Event.ITEM_SET, participant=participant, by=by, at=at)


def write_item(
    *, dialogue: Dialogue, item: AgreementItem, event: Event, participant: Participant, by: Any, at: datetime
) -> None:
    """Save an item with its history and its ledger entry, in the chain of its own dialogue. Part of an action."""
    stamp_history(obj=item, by=by, role=participant.role, at=at, reason=event.value)
    item.save(force_insert=item._state.adding)  # a row of another agreement is never taken over
    record_event(
        dialogue=dialogue,
        event=event,
        obj=item,
        payload=item_state(item),
        by=by,
        at=at,
        artefact=Artefact.ITEM,
        history_id=recorded_id(item),
    )


def _presented() -> QuerySet[Presentation]:
    of_dialogue = Presentation.objects.filter(agreement__dialogue=Slot("dialogue", UUIDField()))
    same = of_dialogue.filter(document_sha256=Slot("document_sha256", CharField()))
    return same.select_related("agreement").order_by("-revision")[:1]


SHOWN = KeptQuery(_presented)
SIGN = KeptInsert(lambda: Signature)
