"""Who follows which units, in counts."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class HrPartner(models.Model):
    """A person who follows how far a unit and everything below it is, in counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mus_partnerships")
    unit = models.ForeignKey("Unit", models.CASCADE, related_name="hr_partners")

    class Meta:
        verbose_name = _("HR partner")
        verbose_name_plural = _("HR partners")
        constraints = [models.UniqueConstraint(fields=["user", "unit"], name="mus_hr_partner_once")]

    def __str__(self) -> str:
        return f"{_('HR partner')} {str(self.pk)[:8]}"
