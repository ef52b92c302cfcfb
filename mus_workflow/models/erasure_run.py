"""The receipt of an erasure."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _


class ErasureRun(models.Model):
    """What one run of the rules erased, in counts. Which keys it was stands on the keys and in the journal.

    ``by_rule`` is {rule: destroyed keys}. ``replayed``: it repeated the journal after a restore.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ran_at = models.DateTimeField()
    by_key = models.CharField(max_length=64, blank=True)
    keys = models.PositiveIntegerField()
    readings = models.PositiveIntegerField()
    by_rule = models.JSONField(default=dict)
    replayed = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("erasure")
        verbose_name_plural = _("erasures")
        ordering = ["-ran_at"]

    def __str__(self) -> str:
        return f"{_('erasure')} {str(self.pk)[:8]}"
