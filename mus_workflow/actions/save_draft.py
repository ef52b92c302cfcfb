"""Save what is being typed."""

from __future__ import annotations

import uuid
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from mus_workflow.documents.forms import sheet_schema, side_schema
from mus_workflow.documents.item import is_readable
from mus_workflow.documents.merge import Conflict, Typed, empty_body, merge, plain_answers
from mus_workflow.documents.moves import from_earlier_page, settled
from mus_workflow.formbuilder.fields import Asked
from mus_workflow.formbuilder.parts import most_rows, most_rows_ever
from mus_workflow.formbuilder.shapes import MAX_ROWS, Schema
from mus_workflow.models import AgreementItem, Artefact, DataKey, Draft, DraftKind, Participant
from mus_workflow.policies.agreements import can_write_agreement
from mus_workflow.policies.dialogues import participant_of
from mus_workflow.policies.items import can_follow_up
from mus_workflow.policies.preparations import can_prepare
from mus_workflow.policies.verdict import Refused, Verdict
from mus_workflow.sealing import key_id_of

# What a draft may grow to. Nobody who writes a form comes near it: every text of the longest form, filled to its limit.
MOST_ROWS_EVER = 5 * MAX_ROWS
MOST_BYTES = 20_000_000


@dataclass(frozen=True)
class Saved:
    """How a save went: the draft's version now, when, what could not be merged, and all that the draft holds now."""

    version: int
    at: datetime
    conflicts: tuple[Conflict, ...] = ()
    body: Mapping[str, Any] = field(default_factory=empty_body)


@transaction.atomic
def save_preparation(*, dialogue_id: uuid.UUID, typed: Typed, allowed: Container[str], by: Any, at: datetime) -> Saved:
    """Save in the person's own preparation. ``allowed`` are the keys that are theirs to answer."""
    draft = Draft.objects.held_preparation_of(by, dialogue=dialogue_id)
    return _save(draft, typed=typed, allowed=allowed, by=by, at=at)


@transaction.atomic
def save_agreement_draft(
    *, dialogue_id: uuid.UUID, typed: Typed, allowed: Container[str], by: Any, at: datetime
) -> Saved:
    """Save in the agreement that the parties write together."""
    draft = Draft.objects.held_in_common(DraftKind.AGREEMENT, dialogue=dialogue_id)
    return _save(draft, typed=typed, allowed=allowed, by=by, at=at)


@transaction.atomic
def save_follow_up_draft(
    *, dialogue_id: uuid.UUID, typed: Typed, allowed: Container[str], by: Any, at: datetime
) -> Saved:
    """Save in the follow-up that the parties write together."""
    draft = Draft.objects.held_in_common(DraftKind.FOLLOW_UP, dialogue=dialogue_id)
    return _save(draft, typed=typed, allowed=allowed, by=by, at=at)


def _save(draft: Draft | None, *, typed: Typed, allowed: Container[str], by: Any, at: datetime) -> Saved:
    if draft is None:
        raise Refused(_("There is no draft of yours to save in."))
    writer = draft.participant or participant_of(by, draft.dialogue)
    may_write(draft, writer).or_refuse()
    if any(key not in allowed for key in (*typed.answers, *typed.sharing, *typed.confirmed)):
        raise Refused(_("The form holds a question that is not yours to answer."))
    _refuse_foreign_items(draft, typed)
    key = key_of(draft)
    body = opened(draft, key)
    if typed.request in body["requests"]:
        # The version this very save made: what others have saved since has not been seen by who sends it again.
        return Saved(body["requests"][typed.request], draft.saved_at or at, body=body)
    writer_id = str(writer.pk) if writer else ""
    _refuse_too_many(body, typed)
    version = draft.version + 1
    before = most_rows(plain_answers(body))
    body, conflicts = merge(body, typed, version=version, by=writer_id, at=at.isoformat())
    if most_rows(plain_answers(body)) > max(before, MAX_ROWS):
        raise Refused(_("A table holds at most %(most)s rows. Remove rows before you add more.") % {"most": MAX_ROWS})
    if most_rows_ever(plain_answers(body)) > MOST_ROWS_EVER:
        raise Refused(_("So many rows have been added to this table and removed that it takes no more."))
    if "moves" in body or typed.form not in (None, draft.form_version_id):
        body = _after_a_move(draft, writer, body, typed, version, at=at)
    envelope = key.seal_value(body)
    if len(envelope) > max(MOST_BYTES, len(draft.envelope or b"")):
        raise Refused(_("There is more text here than can be kept in one form. Shorten some of it."))
    Draft.objects.write(draft, version=version, saved_at=at, envelope=envelope)
    return Saved(version, at, tuple(conflicts), body)


def _after_a_move(
    draft: Draft, writer: Participant | None, body: dict[str, Any], typed: Typed, version: int, *, at: datetime
) -> dict[str, Any]:
    """What it means for the answers of a draft that has moved to another version of its form that this was saved."""
    edited = [key for key in typed.answers if body["answers"].get(key, {}).get("version") == version]
    now = Asked(_form_of(draft, writer, at=at))
    if typed.form not in (None, draft.form_version_id):
        _refuse_what_has_passed_to_the_other(draft, writer, typed, now, at=at)
        return from_earlier_page(body, edited, page=typed.form or 0, now=now)
    return settled(body, edited, typed.confirmed, now=now)


def _refuse_what_has_passed_to_the_other(
    draft: Draft, writer: Participant | None, typed: Typed, now: Asked, *, at: datetime
) -> None:
    """An earlier page may have asked the writer for what only the other side answers today."""
    if draft.participant is not None or writer is None:
        return
    mine = Asked(side_schema(draft.dialogue, writer, draft.form_version_id, today=localdate(at)))
    if any(key in now and key not in mine for key in typed.answers):
        raise Refused(_("The form holds a question that is not yours to answer."))


def _form_of(draft: Draft, writer: Participant | None, *, at: datetime) -> Schema:
    if draft.participant:
        return side_schema(draft.dialogue, draft.participant, draft.form_version_id, today=localdate(at))
    return sheet_schema(draft.dialogue, draft.form_version_id, today=localdate(at))


def key_of(draft: Draft) -> DataKey:
    """The key that seals what is typed in a draft: another one than before where that was destroyed."""
    if draft.envelope:
        key = DataKey.objects.that_sealed(draft.envelope)
        if key.destroyed_at is None:
            return key
    return DataKey.objects.obtain(dialogue=draft.dialogue, artefact=Artefact.DRAFT, participant=draft.participant)


def opened(draft: Draft, key: DataKey) -> dict[str, Any]:
    """What a draft holds under its key (`key_of`): nothing where nothing was typed, or it was erased."""
    if draft.envelope and key_id_of(bytes(draft.envelope)) == key.pk:
        body: dict[str, Any] = key.open_value(draft.envelope)
        return body
    return empty_body()


def _refuse_too_many(body: Mapping[str, Any], typed: Typed) -> None:
    if typed.items and len({*body["items"], *typed.items}) > MAX_ROWS:
        raise Refused(_("An agreement can have at most %(most)s items.") % {"most": MAX_ROWS})


def _refuse_foreign_items(draft: Draft, typed: Typed) -> None:
    # What is let in here could not be signed later, or would take a row from another agreement.
    if not typed.items:
        return
    readable = all(is_readable(item_id, fields) for item_id, fields in typed.items.items())
    elsewhere = AgreementItem.objects.exclude(agreement__dialogue=draft.dialogue_id)
    if not readable or elsewhere.filter(pk__in=list(typed.items)).exists():
        raise Refused(_("The form holds an item that cannot be taken into this agreement."))


def may_write(draft: Draft, writer: Participant | None) -> Verdict:
    """The policy that belongs to the kind of draft."""
    dialogue = draft.dialogue
    if draft.kind == DraftKind.PREPARATION:
        return can_prepare(participant=writer, stage=dialogue.stage)
    if draft.kind == DraftKind.FOLLOW_UP:
        return can_follow_up(participant=writer, dialogue=dialogue)
    return can_write_agreement(participant=writer, dialogue=dialogue, draft=draft)
