"""Say how it goes with what was agreed, and how it ended."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from mus_workflow.documents.files import file_ids
from mus_workflow.documents.merge import empty_body
from mus_workflow.documents.moves import standing_answers
from mus_workflow.documents.preparation import follow_up_document
from mus_workflow.models import (
    AgreementItem,
    Artefact,
    Dialogue,
    DraftKind,
    Event,
    FollowUp,
    Outcome,
    Participant,
    Progress,
    open_sealed,
    seal,
)
from mus_workflow.policies.items import can_follow_up, can_record_outcome, can_record_progress
from mus_workflow.policies.verdict import Refused

from .add_file import keep_files
from .frame import acting, locked, record_event
from .sign_agreement import write_item
from .write_revision import carried_items, locked_draft


def record_progress(
    *, dialogue_id: uuid.UUID, item_id: uuid.UUID, progress: Progress, note: str, by: Any, at: datetime
) -> AgreementItem:
    """Record how far an item is, with a note both sides can read."""
    with locked(dialogue_id) as dialogue:
        participant = acting(by, dialogue)
        item = AgreementItem.objects.get(pk=item_id, agreement__dialogue=dialogue)
        can_record_progress(participant=participant, item=item, dialogue=dialogue).or_refuse()
        item.progress, item.progress_at = progress, at
        item.progress_note = seal(note, dialogue=dialogue, artefact=Artefact.ITEM)
        write_item(dialogue=dialogue, item=item, event=Event.PROGRESS_RECORDED, participant=participant, by=by, at=at)
    return item


def record_outcome(
    *,
    dialogue_id: uuid.UUID,
    item_id: uuid.UUID,
    outcome: Outcome,
    comment: str,
    repeat: bool,
    by: Any,
    at: datetime,
) -> AgreementItem:
    """Settle an item of an earlier dialogue in this one's talk, with a comment from the side of ``by``.

    ``repeat`` puts the item into the agreement being written, as a new item of the same lineage.
    """
    with locked(dialogue_id) as dialogue:
        participant = acting(by, dialogue)
        can_record_outcome(participant=participant, dialogue=dialogue).or_refuse()
        item = next((item for item in carried_items(dialogue) if item.pk == item_id), None)
        if item is None or outcome not in set(Outcome.values) - {Outcome.WITHDRAWN}:
            raise Refused(_("This item cannot be settled in this dialogue."))
        with locked(item.agreement.dialogue_id) as earlier:
            comments = {**(open_sealed(item.outcome_note) or {}), participant.role: comment}
            item.outcome, item.outcome_at, item.outcome_in = outcome, at, dialogue
            item.outcome_note = seal(comments, dialogue=earlier, artefact=Artefact.ITEM)
            write_item(dialogue=earlier, item=item, event=Event.OUTCOME_RECORDED, participant=participant, by=by, at=at)
        if repeat:
            _repeat(dialogue, item, participant, at=at)
    return item


def record_follow_up(*, dialogue_id: uuid.UUID, by: Any, at: datetime) -> FollowUp:
    """Record the follow-up that was written together, and open an empty one for the next time."""
    with locked(dialogue_id) as dialogue:
        participant = acting(by, dialogue)
        can_follow_up(participant=participant, dialogue=dialogue).or_refuse()
        draft = locked_draft(dialogue, DraftKind.FOLLOW_UP, at=at)
        if draft is None:
            raise Refused(_("There is no draft of yours to save in."))
        body = open_sealed(draft.envelope) or empty_body()
        answers = standing_answers(body)
        document = follow_up_document(form_version=draft.form_version, answers=answers, language=dialogue.language)
        if not document["sections"]:
            raise Refused(_("Write at least one answer before the follow-up is recorded."))
        keep_files(file_ids(document))
        follow_up = FollowUp.objects.create(
            dialogue=dialogue,
            number=dialogue.follow_ups.count() + 1,
            document=seal(document, dialogue=dialogue, artefact=Artefact.FOLLOW_UP),
            recorded_at=at,
            recorded_by=participant,
        )
        draft.version += 1
        kept = {"moves": body["moves"]} if "moves" in body else {}
        draft.envelope = seal({**empty_body(), **kept}, dialogue=dialogue, artefact=Artefact.DRAFT)
        draft.save()
        record_event(
            dialogue=dialogue,
            event=Event.FOLLOWED_UP,
            obj=follow_up,
            payload=document,
            by=by,
            at=at,
            artefact=Artefact.FOLLOW_UP,
        )
    return follow_up


def _repeat(dialogue: Dialogue, item: AgreementItem, participant: Participant, *, at: datetime) -> None:
    draft = locked_draft(dialogue, at=at)
    if draft is None:
        return
    body = open_sealed(draft.envelope) or empty_body()
    if any(other.get("lineage") == str(item.lineage) for other in body["items"].values()):
        return
    draft.version += 1
    fields = {**open_sealed(item.text), "category": item.category, "responsible": item.responsible}
    body["items"][str(uuid.uuid4())] = {
        "fields": fields,
        "versions": dict.fromkeys(fields, draft.version),
        "by": str(participant.pk),
        "position": len(body["items"]),
        "lineage": str(item.lineage),
        "repeats": item.repeats + 1,
    }
    draft.envelope = seal(body, dialogue=dialogue, artefact=Artefact.DRAFT)
    draft.save()
