"""Begin a change of an agreement that all have answered, or drop it."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from mus_workflow.documents.merge import ITEM_FIELDS, empty_body
from mus_workflow.formbuilder.parts import flattened, split_key
from mus_workflow.formbuilder.shapes import Schema
from mus_workflow.models import (
    Agreement,
    Artefact,
    Dialogue,
    Draft,
    DraftKind,
    Event,
    Presentation,
    open_sealed,
    seal,
)
from mus_workflow.notifications import after_commit, send_notice
from mus_workflow.policies.agreements import can_amend, can_write_agreement
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage

from .frame import acting, locked, record_event
from .write_revision import locked_draft


def amend_agreement(*, dialogue_id: uuid.UUID, change_note: str, by: Any, at: datetime) -> Draft:
    """Open the agreement for a change. The revision in force stays in force until the next one is signed by all."""
    with locked(dialogue_id) as dialogue:
        participant = acting(by, dialogue)
        can_amend(participant=participant, dialogue=dialogue).or_refuse()
        if not change_note.strip():
            raise Refused(_("Say why the agreement is changed."))
        draft = Draft.objects.get(dialogue=dialogue, kind=DraftKind.AGREEMENT, participant=None)
        draft.version += 1
        body = body_of(document_answered(dialogue), draft.form_version.schema, version=draft.version)
        body["change_note"] = change_note.strip()
        draft.envelope = seal(body, dialogue=dialogue, artefact=Artefact.DRAFT)
        draft.saved_at = at
        draft.save()
        record_event(
            dialogue=dialogue,
            event=Event.AMENDMENT_BEGUN,
            obj=dialogue,
            payload={"amending": dialogue.agreement.revision, "change_note": change_note.strip()},
            by=by,
            at=at,
            artefact=Artefact.AGREEMENT,
        )
        others = dialogue.participants.present().exclude(pk=participant.pk).values_list("pk", flat=True)
        after_commit(send_notice, str(dialogue.pk), "amendment_begun", *map(str, others))
    return draft


def drop_amendment(*, dialogue_id: uuid.UUID, by: Any, at: datetime) -> Dialogue:
    """Drop a change that is being written. What is in force stays as it is."""
    with locked(dialogue_id) as dialogue:
        participant, draft = acting(by, dialogue), locked_draft(dialogue, at=at)
        can_write_agreement(participant=participant, dialogue=dialogue, draft=draft).or_refuse()
        if draft is None or dialogue.stage != Stage.FOLLOW_UP:
            raise Refused(_("There is no change of the agreement to drop."))
        draft.envelope = None
        draft.save()
        record_event(
            dialogue=dialogue,
            event=Event.AMENDMENT_DROPPED,
            obj=dialogue,
            payload={"draft": draft.version},
            by=by,
            at=at,
        )
    return dialogue


def document_answered(dialogue: Dialogue) -> dict[str, Any]:
    """The document in force; where none is, the one that all parties answered last. Raises Refused for neither."""
    agreement = Agreement.objects.filter(dialogue=dialogue).first()
    presented = Presentation.objects.filter(agreement=agreement)
    presentation = presented.in_force().first() or presented.answered_by_all().order_by("-revision").first()
    if agreement is None or presentation is None:
        raise Refused(_("No revision of the agreement has been answered by all parties."))
    row = agreement.history.filter(revision=presentation.revision).latest()
    return open_sealed(row.document)


def body_of(document: dict[str, Any], schema: Schema, *, version: int) -> dict[str, Any]:
    """A draft's body that says what the document says. ``schema`` is the form that the document was written under."""
    body = empty_body()
    given = {answer["id"]: answer for section in document["sections"] for answer in section["answers"]}
    # What is worked out is not typed: it follows from the others again.
    for key, value in flattened(schema, {one: answer["value"] for one, answer in given.items()}).items():
        body["answers"][key] = {"value": value, "version": version, "by": given[split_key(key)[0]]["by"]}
    for position, item in enumerate(document["items"]):
        fields = {name: item[name] for name in ITEM_FIELDS if name in item}
        body["items"][item["id"]] = {
            "fields": fields,
            "versions": dict.fromkeys(fields, version),
            "by": item["by"],
            "position": position,
            "lineage": item["lineage"],
            "repeats": item["repeats"],
        }
    return body
