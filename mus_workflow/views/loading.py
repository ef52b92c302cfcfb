"""How a view finds what it shows. What a person may not see does not exist for them: 404."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import models
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from mus_workflow.models import Dialogue, Participant
from mus_workflow.models.kept_query import KeptQuery, Slot


@dataclass(frozen=True)
class Seat:
    """A dialogue, and the viewer's part in it."""

    dialogue: Dialogue
    participant: Participant


def seat_or_404(request: HttpRequest, dialogue_id: uuid.UUID) -> Seat:
    """The dialogue and the viewer's part in it, with one query. Http404 for everybody else."""
    participant = SEAT.first(dialogue=dialogue_id, user=request.user.pk)
    if participant is None:
        raise Http404
    return Seat(participant.dialogue, participant)


def arranged_or_404(request: HttpRequest, dialogue_id: uuid.UUID) -> Dialogue:
    """A dialogue whose time and place the viewer may see: a participant's, or one they arrange for a manager."""
    today = timezone.localdate()
    seen = Dialogue.objects.visible_to(request.user) | Dialogue.objects.arranged_by(request.user, today=today)
    return get_object_or_404(seen.distinct(), pk=dialogue_id)


def _seat() -> QuerySet[Participant]:
    user = Participant._meta.get_field("user").target_field
    mine = Participant.objects.present().filter(dialogue=Slot("dialogue", models.UUIDField()), user=Slot("user", user))
    return mine.select_related("dialogue", "dialogue__unit").order_by("pk")[:1]


SEAT = KeptQuery(_seat)
