"""What dialogues under way do when a new version of their form is published."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class FormMove(models.Model):
    """One decision of an editor: what is filled in under one version goes on under another when it is next opened.

    Append-only; the newest decision about a version counts. Where both versions are the same, it stays. ``choices`` is
    {key of a change: choice} as the editor made them; ``confirm`` are the ids of the questions whose authors say
    whether their answer still stands.
    """

    from_version = models.ForeignKey("FormVersion", models.PROTECT, related_name="moves")
    to_version = models.ForeignKey("FormVersion", models.PROTECT, related_name="+")
    choices = models.JSONField(default=dict)
    confirm = models.JSONField(default=list)
    decided_by_key = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField()

    class Meta:
        verbose_name = _("decision for running dialogues")
        verbose_name_plural = _("decisions for running dialogues")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.from_version_id} → {self.to_version_id}"


class MovesAhead(models.Model):
    """What an editor chose for a document that is not published yet, known by its digest. The newest choice counts."""

    form = models.ForeignKey("FormDefinition", models.CASCADE, related_name="moves_ahead")
    digest = models.CharField(max_length=64)
    choices = models.JSONField(default=dict)
    decided_by_key = models.CharField(max_length=64, blank=True)
    decided_at = models.DateTimeField()

    class Meta:
        verbose_name = _("decision made before publishing")
        verbose_name_plural = _("decisions made before publishing")
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.form_id} · {self.digest[:8]}"
