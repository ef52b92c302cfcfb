"""Who takes part in a dialogue, as what, and from when to when."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .dialogue import Role


class ParticipantQuerySet(models.QuerySet["Participant"]):
    """Participants by whether they still take part."""

    def present(self) -> ParticipantQuerySet:
        """Those who have not left."""
        return self.filter(left_at=None)

    def who_took_part(self, user: Any, *, at: Any) -> ParticipantQuerySet:
        """A person's parts in dialogues in which they took part at a moment; ``at`` may be an expression."""
        return self.filter(Q(left_at=None) | Q(left_at__gte=at), user=user, joined_at__lte=at)


class Participant(models.Model):
    """One person's part in one dialogue. Keeps the name and key of the account it was made for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dialogue = models.ForeignKey("Dialogue", models.PROTECT, related_name="participants")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="mus_participations")
    user_key = models.CharField(max_length=64)
    name = models.CharField(_("name"), max_length=200)
    role = models.CharField(_("role"), max_length=10, choices=Role.choices)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [
            models.UniqueConstraint(
                fields=["dialogue", "user_key"], condition=Q(left_at=None), name="mus_participant_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{_('participant')} {str(self.pk)[:8]}"
