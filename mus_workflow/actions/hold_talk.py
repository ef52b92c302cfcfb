"""Open the talk, break it off, or end without one."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from mus_workflow.documents.merge import empty_body
from mus_workflow.models import Artefact, Dialogue, DialogueForm, Draft, DraftKind, Event, Purpose, seal
from mus_workflow.notifications import after_commit, send_notice
from mus_workflow.policies.dialogues import can_break_off, can_close, can_hold_talk, can_mark_not_held
from mus_workflow.stages import Stage

from .frame import acting, locked, move, record_event


def hold_talk(*, dialogue_id: uuid.UUID, by: Any, at: datetime) -> Dialogue:
    """Open the talk: from now on the parties write the agreement together."""
    with locked(dialogue_id) as dialogue:
        can_hold_talk(participant=acting(by, dialogue), dialogue=dialogue).or_refuse()
        dialogue.held_at = at
        move(dialogue=dialogue, to=Stage.TALK, by=by, at=at)
        open_shared_draft(dialogue=dialogue, kind=DraftKind.AGREEMENT, purpose=Purpose.AGREEMENT)
    return dialogue


def break_off_talk(*, dialogue_id: uuid.UUID, by: Any, at: datetime) -> Dialogue:
    """Break off the talk, which either side may; it is invited to again. What was written in it is kept."""
    with locked(dialogue_id) as dialogue:
        participant = acting(by, dialogue)
        can_break_off(participant=participant, dialogue=dialogue).or_refuse()
        dialogue.held_at = None
        move(dialogue=dialogue, to=Stage.INVITED, by=by, at=at)
        others = dialogue.participants.present().exclude(pk=participant.pk).values_list("pk", flat=True)
        after_commit(send_notice, str(dialogue.pk), "talk_broken_off", *map(str, others))
    return dialogue


def mark_not_held(*, dialogue_id: uuid.UUID, reason: str, by: Any, at: datetime) -> Dialogue:
    """End the dialogue without a talk. The reason is kept sealed in the ledger."""
    with locked(dialogue_id) as dialogue:
        can_mark_not_held(participant=acting(by, dialogue), dialogue=dialogue).or_refuse()
        dialogue.held_at = None
        # The next dialogue that is held follows the one that this one would have followed.
        dialogue.previous = None
        move(dialogue=dialogue, to=Stage.NOT_HELD, by=by, at=at)
        record_event(
            dialogue=dialogue, event=Event.NOT_HELD_BECAUSE, obj=dialogue, payload={"reason": reason}, by=by, at=at
        )
    return dialogue


def close_dialogue(*, dialogue_id: uuid.UUID, by: Any, at: datetime) -> Dialogue:
    """End the follow-up. Open items wait for the next dialogue."""
    with locked(dialogue_id) as dialogue:
        can_close(participant=acting(by, dialogue), dialogue=dialogue).or_refuse()
        move(dialogue=dialogue, to=Stage.CLOSED, by=by, at=at)
    return dialogue


def open_shared_draft(*, dialogue: Dialogue, kind: DraftKind, purpose: Purpose) -> Draft:
    """The parties' common draft, open for writing; what it holds already is kept. Part of an action."""
    bound = DialogueForm.objects.select_related("form_version").get(dialogue=dialogue, purpose=purpose)
    draft, _made = Draft.objects.get_or_create(
        dialogue=dialogue, kind=kind, participant=None, defaults={"form_version": bound.form_version}
    )
    if draft.envelope is None:
        draft.envelope = seal(empty_body(), dialogue=dialogue, artefact=Artefact.DRAFT)
        draft.save()
    return draft
