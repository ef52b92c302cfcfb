"""What is being typed: never history, never evidence."""

from __future__ import annotations

import uuid

from django.db import models

from .sealed_field import SealedField


class DraftKind(models.TextChoices):
    """What the draft becomes."""

    PREPARATION = "PREPARATION"
    AGREEMENT = "AGREEMENT"
    FOLLOW_UP = "FOLLOW_UP"


class Draft(models.Model):
    """Sealed text in progress. ``participant`` owns it; None where the dialogue's participants write it together.

    Sealed body: ``{"answers": {id: {"value", "version", "by"}}, "sharing": {id: bool}, "items": {id: {"fields": {name:
    value}, "version", "by", "position"}}, "change_note": str, "requests": {request id: version}}``.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dialogue = models.ForeignKey("Dialogue", models.PROTECT, related_name="drafts")
    participant = models.ForeignKey("Participant", models.PROTECT, null=True, related_name="drafts")
    kind = models.CharField(max_length=12, choices=DraftKind.choices)
    form_version = models.ForeignKey("FormVersion", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)
    envelope = SealedField(null=True)
    saved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dialogue", "kind"], condition=models.Q(participant=None), name="mus_draft_shared_once"
            ),
            models.UniqueConstraint(
                fields=["participant", "kind"],
                condition=models.Q(participant__isnull=False),
                name="mus_draft_of_participant_once",
            ),
        ]

    def __str__(self) -> str:
        return f"draft {str(self.pk)[:8]}"
