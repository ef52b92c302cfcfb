"""A follow-up between two talks."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from .sealed_field import SealedField


class FollowUp(models.Model):
    """One recorded follow-up of a dialogue. Written once; the next one is another row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dialogue = models.ForeignKey("Dialogue", models.PROTECT, related_name="follow_ups")
    number = models.PositiveSmallIntegerField()
    document = SealedField()
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey("Participant", models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("follow-up")
        verbose_name_plural = _("follow-ups")
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["dialogue", "number"], name="mus_follow_up_once")]

    def __str__(self) -> str:
        return f"{_('follow-up')} {str(self.pk)[:8]}"
