"""Sign, or decline to."""

from __future__ import annotations

import hmac
import uuid
from datetime import datetime
from typing import Any, NamedTuple

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
from mus_workflow.notifications import after_commit, send_receipt
from mus_workflow.policies.agreements import SigningOutcome, can_sign, outcome_of
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage

from .frame import acting, locked, move, record_event, recorded_id, stamp_history
from .hold_talk import open_shared_draft


class Answer(NamedTuple):
    """What a party answers, and how they said and proved that it is they who do."""

    meaning: Meaning
    acknowledgement: str
    remark: str
    auth_method: str


def sign_agreement(
    *,
    dialogue_id: uuid.UUID,
    document_sha256: str,
    meaning: Meaning = Meaning.AGREED,
    acknowledgement: str = "",
    remark: str,
    auth_method: str,
    by: Any,
    at: datetime,
) -> Signature:
    """Answer the presented revision as one of its parties: sign it, with agreement or without, or decline to.

    The last answer puts it in force where all have signed; where one has declined, the dialogue goes on without.
    ``document_sha256`` is the hash of the document that the person was shown: another one is refused.
    ``acknowledgement`` is what the person typed to say so; ``remark`` is their own words, or why they decline.
    ``auth_method`` names how the person has just proved to be present.
    """
    with locked(dialogue_id) as dialogue:
        participant = acting(by, dialogue)
        shown = _shown(dialogue, document_sha256)
        latest = shown or Presentation.objects.filter(agreement__dialogue=dialogue).order_by("-revision").first()
        can_sign(participant=participant, dialogue=dialogue, presentation=latest, at=at).or_refuse()
        if shown is None or not hmac.compare_digest(shown.document_sha256, document_sha256):
            raise Refused(
                _("The agreement has changed since it was shown to you. Read the newest revision before you sign.")
            )
        answer = Answer(Meaning(meaning), acknowledgement, remark, auth_method)
        signature = _write_signature(dialogue, participant, shown, answer, by=by, at=at)
        _conclude(dialogue, shown, signature, by=by, at=at)
    return signature


def _shown(dialogue: Dialogue, document_sha256: str) -> Presentation | None:
    """The presentation of the document that the person was shown; the dialogue then knows its agreement."""
    shown = SHOWN.first(dialogue=dialogue.pk, document_sha256=document_sha256)
    if shown is not None:
        dialogue.agreement = shown.agreement
    return shown


def _conclude(dialogue: Dialogue, shown: Presentation, signature: Signature, *, by: Any, at: datetime) -> None:
    """What follows from an answer: nothing until it is the last one."""
    outcome = outcome_of(shown)
    if outcome == SigningOutcome.IN_FORCE:
        _upsert_items(dialogue, shown.agreement, signature.participant, by=by, at=at)
    if outcome != SigningOutcome.WAITING:
        _go_on(dialogue, by=by, at=at)
    after_commit(send_receipt, str(signature.pk), outcome.value)


def _write_signature(
    dialogue: Dialogue, participant: Participant, shown: Presentation, answer: Answer, *, by: Any, at: datetime
) -> Signature:
    remark = answer.remark
    signature = Signature(
        agreement=shown.agreement,
        presentation=shown,
        revision=shown.revision,
        participant=participant,
        meaning=answer.meaning,
        document_sha256=shown.document_sha256,
        remark=seal(remark, dialogue=dialogue, artefact=Artefact.AGREEMENT) if remark else None,
        auth_method=answer.auth_method,
        signed_at=at,
    )
    signature.ledger_entry = record_event(
        dialogue=dialogue,
        event=Event.DECLINED if answer.meaning == Meaning.DECLINED else Event.SIGNED,
        obj=signature,
        payload={
            "revision": shown.revision,
            "document_sha256": shown.document_sha256,
            "participant": str(participant.pk),
            "meaning": str(answer.meaning),
            "remark": remark,
            "acknowledgement": answer.acknowledgement,
        },
        by=by,
        at=at,
        artefact=Artefact.AGREEMENT,
        auth_method=answer.auth_method,
    )
    SIGN.run(signature)
    return signature


def _go_on(dialogue: Dialogue, *, by: Any, at: datetime) -> None:
    """What was written has been answered by all: the signing is over."""
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


def _upsert_items(dialogue: Dialogue, agreement: Agreement, participant: Participant, *, by: Any, at: datetime) -> None:
    document = open_sealed(agreement.document)
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
