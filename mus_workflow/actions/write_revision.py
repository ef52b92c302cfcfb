"""Record what the parties have written: as a revision, and for signing."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, UUIDField
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from mus_workflow.documents.agreement import agreement_document, document_sha256, unfinished_items
from mus_workflow.documents.files import file_ids
from mus_workflow.documents.forms import sheet_schema
from mus_workflow.documents.moves import standing_answers
from mus_workflow.formbuilder.completeness import missing
from mus_workflow.formbuilder.parts import assembled
from mus_workflow.models import (
    Agreement,
    AgreementItem,
    Artefact,
    Dialogue,
    Draft,
    DraftKind,
    Event,
    Participant,
    Presentation,
    Recall,
    Role,
    open_each,
    open_sealed,
    seal,
)
from mus_workflow.models.agreement_item import has_lost_its_words
from mus_workflow.models.kept_query import KeptQuery, Slot
from mus_workflow.notifications import after_commit, send_notice
from mus_workflow.policies.agreements import can_present, can_revise, can_write_agreement, waiting_presentation
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage

from .add_file import keep_files
from .frame import acting, locked, move, record_event, recorded_id, stamp_history


def save_revision(*, dialogue_id: uuid.UUID, by: Any, at: datetime) -> Agreement:
    """Record the draft as the agreement's next revision; nobody is asked to sign it."""
    with locked(dialogue_id) as dialogue:
        participant, draft = acting(by, dialogue), locked_draft(dialogue, at=at)
        can_write_agreement(participant=participant, dialogue=dialogue, draft=draft).or_refuse()
        agreement, _document = _record(dialogue, draft, participant, Event.REVISION_SAVED, by=by, at=at)
    return agreement


def present_agreement(*, dialogue_id: uuid.UUID, by: Any, at: datetime) -> Presentation:
    """Record the draft as a revision and put it before the parties.

    Raises Refused, naming what is missing: a required answer, an item, or the outcome of one from last time.
    """
    with locked(dialogue_id) as dialogue:
        participant, draft = acting(by, dialogue), locked_draft(dialogue, at=at)
        can_present(participant=participant, dialogue=dialogue, draft=draft).or_refuse()
        _require_complete(dialogue, draft)
        agreement, document = _record(dialogue, draft, participant, Event.PRESENTED, by=by, at=at)
        presentation = Presentation.objects.create(
            agreement=agreement,
            revision=agreement.revision,
            document_sha256=document_sha256(document),
            parties=[party["id"] for party in document["parties"]],
            party_count=len(document["parties"]),
            presented_at=at,
            presented_by=participant,
        )
        if dialogue.stage == Stage.TALK:
            move(dialogue=dialogue, to=Stage.SIGN_OFF, by=by, at=at)
        after_commit(send_notice, str(dialogue.pk), "agreement_presented", *presentation.parties)
    return presentation


def take_back_agreement(*, dialogue_id: uuid.UUID, by: Any, at: datetime) -> Dialogue:
    """Take a presented revision back to the table. Its signatures stay; the next revision needs new ones."""
    with locked(dialogue_id) as dialogue:
        participant = acting(by, dialogue)
        can_revise(participant=participant, dialogue=dialogue).or_refuse()
        waiting = waiting_presentation(dialogue.agreement)
        if waiting is None:
            raise Refused(_("No agreement waits for signatures."))
        recall = Recall.objects.create(presentation=waiting, recalled_at=at, recalled_by=participant)
        if dialogue.stage == Stage.SIGN_OFF:
            move(dialogue=dialogue, to=Stage.TALK, by=by, at=at)
        record_event(
            dialogue=dialogue,
            event=Event.TAKEN_BACK,
            obj=recall,
            payload={"taken_back": dialogue.agreement.revision},
            by=by,
            at=at,
        )
        others = dialogue.participants.present().exclude(pk=participant.pk).values_list("pk", flat=True)
        after_commit(send_notice, str(dialogue.pk), "agreement_taken_back", *map(str, others))
    return dialogue


def locked_draft(dialogue: Dialogue, kind: DraftKind = DraftKind.AGREEMENT, *, at: datetime) -> Draft | None:
    """The parties' draft of the agreement, or another of theirs, held against autosaves until the action is done."""
    draft = Draft.objects.held_in_common(kind, dialogue=dialogue.pk)
    if draft is not None:
        draft.form_version.schema = sheet_schema(dialogue, draft.form_version_id, today=localdate(at))
    return draft


def carried_items(dialogue: Dialogue) -> list[AgreementItem]:
    """The items of earlier dialogues that this one must settle, or has settled."""
    return CARRIED.all(dialogue=dialogue.pk)


def _carried() -> QuerySet[AgreementItem]:
    dialogue = Slot("dialogue", UUIDField())
    employees = Participant.objects.filter(role=Role.EMPLOYEE)
    employee = employees.filter(dialogue=dialogue).values("user")
    held = employees.filter(user__in=employee).exclude(dialogue=dialogue)
    unsettled_or_ours = Q(~has_lost_its_words(), outcome="") | Q(outcome_in=dialogue)
    found = AgreementItem.objects.filter(unsettled_or_ours, agreement__dialogue__in=held.values("dialogue"))
    return found.order_by("agreement_id", "position", "id")


CARRIED = KeptQuery(_carried)


def _record(
    dialogue: Dialogue, draft: Draft | None, participant: Participant, event: Event, *, by: Any, at: datetime
) -> tuple[Agreement, dict[str, Any]]:
    if draft is None:
        raise Refused(_("There is no agreement being written."))
    body = open_sealed(draft.envelope)
    agreement = getattr(dialogue, "agreement", None) or Agreement(dialogue=dialogue, revision=0)
    agreement.revision += 1
    document = agreement_document(
        dialogue=dialogue,
        parties=list(dialogue.participants.present().order_by("role", "joined_at")),
        form_version=draft.form_version,
        draft=body,
        revision=agreement.revision,
        settled=_settled(dialogue),
    )
    keep_files(file_ids(document))
    note = body.get("change_note", "")
    agreement.document = seal(document, dialogue=dialogue, artefact=Artefact.AGREEMENT)
    agreement.change_note = seal(note, dialogue=dialogue, artefact=Artefact.AGREEMENT) if note else None
    stamp_history(obj=agreement, by=by, role=participant.role, at=at, reason=event.value)
    agreement.save()
    record_event(
        dialogue=dialogue,
        event=event,
        obj=agreement,
        payload={"document": document, "change_note": note},
        by=by,
        at=at,
        artefact=Artefact.AGREEMENT,
        history_id=recorded_id(agreement),
    )
    return agreement, document


def _settled(dialogue: Dialogue) -> list[tuple[AgreementItem, dict[str, str], dict[str, str]]]:
    items = [item for item in carried_items(dialogue) if item.outcome]
    opened = open_each([envelope for item in items for envelope in (item.text, item.outcome_note)])
    return [(item, opened[2 * n], opened[2 * n + 1] or {}) for n, item in enumerate(items)]


def _require_complete(dialogue: Dialogue, draft: Draft | None) -> None:
    body = open_sealed(draft.envelope) if draft else {}
    schema = draft.form_version.schema if draft else {"sections": []}
    wanted = missing(schema, assembled(schema, standing_answers(body)))
    if wanted:
        labels = "; ".join(dict.fromkeys(one.question["label"] for one in wanted))
        raise Refused(_("The agreement lacks an answer to: %(questions)s") % {"questions": labels})
    lacking = unfinished_items(body)
    if lacking:
        raise Refused(
            _("Something is missing before you can sign. %(items)s")
            % {"items": " ".join(one.sentence for one in lacking)}
        )
    _refuse_foreign_items(dialogue, body)
    unsettled = [item for item in carried_items(dialogue) if not item.outcome]
    if unsettled:
        raise Refused(
            _("%(count)s of the items from last time have no outcome yet. Say how each one went.")
            % {"count": len(unsettled)}
        )


def _refuse_foreign_items(dialogue: Dialogue, body: dict[str, Any]) -> None:
    # What is typed is checked as well; since then another agreement with an item of this id may have been signed.
    elsewhere = AgreementItem.objects.exclude(agreement__dialogue=dialogue)
    if elsewhere.filter(pk__in=list(body.get("items", {}))).exists():
        raise Refused(_("The form holds an item that cannot be taken into this agreement."))
