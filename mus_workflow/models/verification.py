"""What a check of everything found, and when."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class Verification(models.Model):
    """One finished check by ``mus_verify``. Written once, so that nobody can make a bad night good afterwards.

    ``findings`` holds the first hundred as {chain, reference, entry, problem}; ``found`` counts them all. ``erased`` is
    {rule: entries}. No word of an agreement stands in any of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField()
    since = models.DateTimeField(null=True, help_text="Only dialogues with entries from this moment; None: all.")
    dialogues = models.PositiveIntegerField()
    entries = models.PositiveBigIntegerField()
    found = models.PositiveIntegerField()
    findings = models.JSONField(default=list)
    erased = models.JSONField(default=dict)
    checkpoint = models.ForeignKey("Checkpoint", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("verification")
        verbose_name_plural = _("verifications")
        ordering = ["-ended_at"]

    def __str__(self) -> str:
        return f"{_('verification')} {str(self.pk)[:8]}"
