"""Stopping the erasing of a dialogue while a case needs it."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .sealed_field import SealedField


class LegalHoldQuerySet(models.QuerySet["LegalHold"]):
    """Holds by whether they still hold."""

    def standing(self) -> LegalHoldQuerySet:
        """Those that nobody has lifted."""
        return self.filter(lifted_at=None)


class LegalHold(models.Model):
    """While it stands, no rule erases anything of this dialogue."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dialogue = models.ForeignKey("Dialogue", models.PROTECT, related_name="legal_holds")
    reason = SealedField()
    placed_at = models.DateTimeField()
    placed_by_key = models.CharField(max_length=64)
    lifted_at = models.DateTimeField(null=True)
    lifted_by_key = models.CharField(max_length=64, blank=True)

    objects = LegalHoldQuerySet.as_manager()

    class Meta:
        verbose_name = _("legal hold")
        verbose_name_plural = _("legal holds")
        ordering = ["-placed_at"]
        constraints = [
            models.UniqueConstraint(fields=["dialogue"], condition=Q(lifted_at=None), name="mus_legal_hold_once"),
        ]

    def __str__(self) -> str:
        return f"{_('legal hold')} {str(self.pk)[:8]}"
