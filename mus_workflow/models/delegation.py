"""Who arranges talks for a manager."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Delegation(models.Model):
    """A person who arranges talks for a manager over a period, and reads nothing of them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    manager = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mus_delegations_given")
    delegate = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mus_delegations")
    start_date = models.DateField(_("from"))
    end_date = models.DateField(_("to"), null=True, blank=True)

    class Meta:
        verbose_name = _("delegation")
        verbose_name_plural = _("delegations")
        constraints = [
            models.CheckConstraint(condition=~models.Q(manager=models.F("delegate")), name="mus_delegation_two_people"),
        ]

    def __str__(self) -> str:
        return f"{_('delegation')} {str(self.pk)[:8]}"
