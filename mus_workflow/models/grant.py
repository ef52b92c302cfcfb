"""An auditor's permission to read the words of one agreement."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from .participant import Participant
from .sealed_field import SealedField


class GrantScope(models.TextChoices):
    """Which words a grant opens."""

    AGREEMENT = "AGREEMENT", _("The agreement, all its revisions and the remarks")
    COURSE = "COURSE", _("The agreement, and what was written in its follow-up")


class GrantQuerySet(models.QuerySet["Grant"]):
    """Grants by whether they open anything now."""

    def live(self, *, at: datetime) -> GrantQuerySet:
        """Approved, not yet run out, and not ended before its time."""
        return self.filter(approved_at__isnull=False, expires_at__gt=at, ended_at=None)

    def told_to(self, user: Any) -> GrantQuerySet:
        """Those given in the dialogues that the person took part in then. One that was refused opened nothing."""
        mine = Participant.objects.who_took_part(user, at=OuterRef("approved_at")).filter(dialogue=OuterRef("dialogue"))
        return self.filter(Exists(mine), approved_at__isnull=False)

    def waiting(self) -> GrantQuerySet:
        """Asked for and not yet answered."""
        return self.filter(approved_at=None, refused_at=None)


class Grant(models.Model):
    """A reason, a second person's approval, and a time limit. The employee is told."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dialogue = models.ForeignKey("Dialogue", models.PROTECT, related_name="grants")
    auditor = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="mus_grants")
    auditor_key = models.CharField(max_length=64)
    scope = models.CharField(_("scope"), max_length=10, choices=GrantScope.choices, default=GrantScope.AGREEMENT)
    days = models.PositiveSmallIntegerField(_("days"), default=14)
    reason = SealedField()
    requested_at = models.DateTimeField()
    approved_by_key = models.CharField(max_length=64, blank=True)
    approved_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="When somebody ended it before its time.")
    ended_by_key = models.CharField(max_length=64, blank=True)

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ["-requested_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(approved_by_key="") | ~Q(approved_by_key=F("auditor_key")),
                name="mus_grant_second_person",
            ),
            models.CheckConstraint(
                condition=Q(approved_at=None) | Q(expires_at__gt=F("approved_at")), name="mus_grant_runs_out"
            ),
        ]

    def __str__(self) -> str:
        return f"{_('grant')} {str(self.pk)[:8]}"
