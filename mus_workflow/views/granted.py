"""What the employee is told of auditors who may read in the dialogue."""

from __future__ import annotations

from django.utils import timezone

from mus_workflow.models import Grant, Role, person_name
from mus_workflow.stages import Stage

from .loading import Seat

CAN_BE_GRANTED = frozenset({Stage.TALK, Stage.SIGN_OFF, Stage.FOLLOW_UP, Stage.CLOSED})


def live_grants(seat: Seat) -> list[Grant]:
    """The grants that are live now, each with ``auditor_name``, for the employee; nobody else is told."""
    if seat.participant.role != Role.EMPLOYEE or seat.dialogue.stage not in CAN_BE_GRANTED:
        return []
    live = Grant.objects.live(at=timezone.now()).filter(dialogue=seat.dialogue).select_related("auditor")
    grants = list(live.order_by("expires_at"))
    for grant in grants:
        grant.auditor_name = person_name(grant.auditor) if grant.auditor else grant.auditor_key
    return grants
