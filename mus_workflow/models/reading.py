"""Who has read what another wrote."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from .participant import Participant
from .people import user_key


class ReadingPurpose(models.TextChoices):
    """Why it was opened."""

    TALK = "TALK", _("Preparation for the talk")
    SUCCESSION = "SUCCESSION", _("New manager")
    HISTORY = "HISTORY", _("Audit of the history, without the words")
    AUDIT = "AUDIT", _("Audit with a grant")
    EVIDENCE = "EVIDENCE", _("Taken out as evidence")


def quarter_of(at: datetime) -> datetime:
    """The quarter of an hour that a moment lies in."""
    return at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)


class ReadingQuerySet(models.QuerySet["Reading"]):
    """Readings by who may know of them."""

    def visible_to(self, user: Any) -> ReadingQuerySet:
        """What others have opened in the dialogues that the person took part in then."""
        mine = Participant.objects.who_took_part(user, at=OuterRef("read_at")).filter(dialogue=OuterRef("dialogue"))
        return self.filter(Exists(mine)).exclude(reader_key=user_key(user))


class Reading(models.Model):
    """One opening of another's content: one row per person, dialogue, purpose and quarter of an hour."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dialogue = models.ForeignKey("Dialogue", models.PROTECT, related_name="readings")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reader_key = models.CharField(max_length=64)
    reader_role = models.CharField(max_length=20)
    purpose = models.CharField(max_length=12, choices=ReadingPurpose.choices)
    quarter = models.DateTimeField()
    read_at = models.DateTimeField(db_index=True)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        ordering = ["-read_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["dialogue", "reader_key", "purpose", "quarter"], name="mus_reading_once_a_quarter"
            )
        ]

    def __str__(self) -> str:
        return f"{_('reading')} {str(self.pk)[:8]}"
