"""Invite, or give another time."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from mus_workflow.models import Dialogue, Event, person_name
from mus_workflow.notifications import after_commit, send_invitation
from mus_workflow.policies.dialogues import can_accept, can_arrange
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage

from .frame import acting, locked, move, record_event


def invite(
    *, dialogue_id: uuid.UUID, meeting_at: datetime, minutes: int, place: str, by: Any, at: datetime
) -> Dialogue:
    """Set time and place, and invite. A new time asks for a new acceptance; the calendar entry is updated.

    Raises Refused for a time that has passed, or when the talk has begun.
    """
    with locked(dialogue_id) as dialogue:
        can_arrange(user=by, dialogue=dialogue, today=timezone.localdate(at)).or_refuse()
        if meeting_at <= at:
            raise Refused(_("The time of the talk must lie in the future."))
        if dialogue.stage != Stage.PLANNED:
            dialogue.invitation_sequence += 1
        dialogue.meeting_at, dialogue.meeting_minutes, dialogue.meeting_place = meeting_at, minutes, place
        if dialogue.stage == Stage.INVITED:
            dialogue.save()
        else:
            move(dialogue=dialogue, to=Stage.INVITED, by=by, at=at)
        record_event(
            dialogue=dialogue,
            event=Event.MEETING_SET,
            obj=dialogue,
            payload={
                "meeting_at": meeting_at.isoformat(),
                "minutes": minutes,
                "place": place,
                "by_name": person_name(by),
            },
            by=by,
            at=at,
        )
        after_commit(send_invitation, str(dialogue.pk))
    return dialogue


def accept_invitation(*, dialogue_id: uuid.UUID, by: Any, at: datetime) -> Dialogue:
    """Accept the time. The step says that the invitation was accepted, never that anything was written."""
    with locked(dialogue_id) as dialogue:
        can_accept(participant=acting(by, dialogue), dialogue=dialogue).or_refuse()
        move(dialogue=dialogue, to=Stage.PREPARING, by=by, at=at)
    return dialogue
