"""A person's preparation, and what of it they chose to share."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from .history_records import MusHistoricalRecords
from .participant import Participant
from .sealed_field import SealedField


class Preparation(models.Model):
    """One participant's preparation. Its text is the draft's, and nobody else's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    participant = models.OneToOneField("Participant", models.PROTECT, related_name="preparation")
    draft = models.OneToOneField("Draft", models.PROTECT, related_name="preparation")

    class Meta:
        verbose_name = _("preparation")
        verbose_name_plural = _("preparations")

    def __str__(self) -> str:
        return f"{_('preparation')} {str(self.pk)[:8]}"


class SharedPreparationQuerySet(models.QuerySet["SharedPreparation"]):
    """Shared copies by who may read them."""

    def readable_by(self, participant: Participant) -> SharedPreparationQuerySet:
        """Shared now, in this dialogue, at a time when this participant took part. A successor gets none."""
        return self.filter(
            preparation__participant__dialogue=participant.dialogue_id,
            withdrawn_at=None,
            shared_at__gte=participant.joined_at,
        )


class SharedPreparation(models.Model):
    """A copy of the answers that the author chose to share; each sharing is a revision."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    preparation = models.OneToOneField(Preparation, models.PROTECT, related_name="shared")
    document = SealedField()
    revision = models.PositiveIntegerField()
    shared_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    history = MusHistoricalRecords()
    objects = SharedPreparationQuerySet.as_manager()

    class Meta:
        verbose_name = _("shared preparation")
        verbose_name_plural = _("shared preparations")
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_at__gte=F("shared_at")),
                name="mus_shared_preparation_withdrawn_after",
            ),
        ]

    def __str__(self) -> str:
        return f"{_('shared preparation')} {str(self.pk)[:8]}"
