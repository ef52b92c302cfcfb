"""A form that was sent and could not be taken: kept sealed until its author is back."""

from __future__ import annotations

import uuid

from django.db import models

from .sealed_field import SealedField


class ParkedPost(models.Model):
    """What a person had typed when the session ran out. Given back to that person only, once, for a short time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user_key = models.CharField(max_length=64)
    path = models.CharField(max_length=500)
    envelope = SealedField()
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"parked {str(self.pk)[:8]}"
