"""Save what is being typed."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from mus_workflow.documents.item import is_readable
from mus_workflow.documents.merge import Conflict, Typed, empty_body, merge
from mus_workflow.models import AgreementItem, Artefact, DataKey, Draft, DraftKind, Participant
from mus_workflow.policies.agreements import can_write_agreement
from mus_workflow.policies.dialogues import participant_of
from mus_workflow.policies.items import can_follow_up
from mus_workflow.policies.preparations import can_prepare
from mus_workflow.policies.verdict import Refused, Verdict


@dataclass(frozen=True)
class Saved:
    """How a save went: the draft's version now, when, and what could not be merged."""

    version: int
    at: datetime
    conflicts: tuple[Conflict, ...] = ()


def save_preparation(*, dialogue_id: uuid.UUID, typed: Typed, allowed: Collection[str], by: Any, at: datetime) -> Saved:
    """Save in the person's own preparation. ``allowed`` are the ids of the questions that are theirs to answer."""
    mine = Draft.objects.filter(
        dialogue=dialogue_id, kind=DraftKind.PREPARATION, participant__user=by, participant__left_at=None
    )
    return _save(mine, typed=typed, allowed=allowed, by=by, at=at)


def save_agreement_draft(
    *, dialogue_id: uuid.UUID, typed: Typed, allowed: Collection[str], by: Any, at: datetime
) -> Saved:
    """Save in the agreement that the parties write together."""
    ours = Draft.objects.filter(dialogue=dialogue_id, kind=DraftKind.AGREEMENT, participant=None)
    return _save(ours, typed=typed, allowed=allowed, by=by, at=at)


def save_follow_up_draft(
    *, dialogue_id: uuid.UUID, typed: Typed, allowed: Collection[str], by: Any, at: datetime
) -> Saved:
    """Save in the follow-up that the parties write together."""
    ours = Draft.objects.filter(dialogue=dialogue_id, kind=DraftKind.FOLLOW_UP, participant=None)
    return _save(ours, typed=typed, allowed=allowed, by=by, at=at)


@transaction.atomic
def _save(drafts: QuerySet[Draft], *, typed: Typed, allowed: Collection[str], by: Any, at: datetime) -> Saved:
    # A write takes the row's lock, on SQLite too, before the version is read.
    if not drafts.update(version=F("version")):
        raise Refused(_("There is no draft of yours to save in."))
    draft = drafts.select_related("dialogue", "participant").get()
    writer = draft.participant or participant_of(by, draft.dialogue)
    may_write(draft, writer).or_refuse()
    foreign = (set(typed.answers) | set(typed.sharing)) - set(allowed)
    if foreign:
        raise Refused(_("The form holds a question that is not yours to answer."))
    _refuse_foreign_items(draft, typed)
    key = _key_of(draft)
    body = key.open_value(draft.envelope) if draft.envelope else empty_body()
    if typed.request in body["requests"]:
        return Saved(draft.version, draft.saved_at or at)
    writer_id = str(writer.pk) if writer else ""
    body, conflicts = merge(body, typed, version=draft.version + 1, by=writer_id, at=at.isoformat())
    version = draft.version + 1
    # Only what changed: this is written every few seconds by everybody who writes.
    Draft.objects.filter(pk=draft.pk).update(version=version, saved_at=at, envelope=key.seal_value(body))
    return Saved(version, at, tuple(conflicts))


def _key_of(draft: Draft) -> DataKey:
    if draft.envelope:
        return DataKey.objects.that_sealed(draft.envelope)
    return DataKey.objects.obtain(dialogue=draft.dialogue, artefact=Artefact.DRAFT, participant=draft.participant)


def _refuse_foreign_items(draft: Draft, typed: Typed) -> None:
    # What is let in here could not be signed later, or would take a row from another agreement.
    readable = all(is_readable(item_id, fields) for item_id, fields in typed.items.items())
    elsewhere = AgreementItem.objects.exclude(agreement__dialogue=draft.dialogue_id)
    if not readable or (typed.items and elsewhere.filter(pk__in=list(typed.items)).exists()):
        raise Refused(_("The form holds an item that cannot be taken into this agreement."))


def may_write(draft: Draft, writer: Participant | None) -> Verdict:
    """The policy that belongs to the kind of draft."""
    dialogue = draft.dialogue
    if draft.kind == DraftKind.PREPARATION:
        return can_prepare(participant=writer, stage=dialogue.stage)
    if draft.kind == DraftKind.FOLLOW_UP:
        return can_follow_up(participant=writer, dialogue=dialogue)
    return can_write_agreement(participant=writer, dialogue=dialogue, draft=draft)
