"""Who came into a dialogue later reads what others had written in it by then: that is written down."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from mus_workflow.actions.record_reading import record_reading
from mus_workflow.models import ReadingPurpose

from .loading import Seat


def record_late_reading(seat: Seat, body: Mapping[str, Any]) -> None:
    """Record that the viewer opens a draft that others have written in, where the viewer was not there from the start.

    ``body`` is the opened draft. Call it before anything of it is shown: an error ends the request.
    """
    participant, dialogue = seat.participant, seat.dialogue
    if participant.joined_at <= dialogue.created_at or not _of_others(body, str(participant.pk)):
        return
    record_reading(
        dialogue=dialogue,
        reader=participant.user,
        role=participant.role,
        purpose=ReadingPurpose.SUCCESSION,
        at=timezone.now(),
    )


def _of_others(body: Mapping[str, Any], mine: str) -> bool:
    written = [*body.get("answers", {}).values(), *body.get("items", {}).values()]
    return bool(body.get("change_note")) or any(one.get("by") != mine for one in written)
