"""Who works where."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .delegation import Delegation
from .manager_relation import ManagerRelation
from .periods import in_period


class EmploymentQuerySet(models.QuerySet["Employment"]):
    """Employments by day and by who is looking."""

    def on(self, today: date) -> EmploymentQuerySet:
        """Those that hold on this day."""
        return self.filter(in_period(today))

    def managed_by(self, user, *, today: date) -> EmploymentQuerySet:
        """Of the people whose manager this person is today, by a confirmed reporting line."""
        lines = ManagerRelation.objects.on(today).confirmed().filter(manager=user)
        return self.on(today).filter(user__in=lines.values("employee"))

    def arranged_by(self, user, *, today: date) -> EmploymentQuerySet:
        """Of the people whose talks this person arranges for a manager."""
        managers = Delegation.objects.filter(in_period(today), delegate=user).values("manager")
        lines = ManagerRelation.objects.on(today).confirmed().filter(manager__in=managers)
        return self.on(today).filter(user__in=lines.values("employee"))


class Employment(models.Model):
    """A person's work in a unit over a period."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mus_employments")
    unit = models.ForeignKey("Unit", models.PROTECT, related_name="employments")
    title = models.CharField(_("job title"), max_length=200, blank=True)
    job_family = models.CharField(_("job family"), max_length=100, blank=True)
    start_date = models.DateField(_("from"))
    end_date = models.DateField(_("to"), null=True, blank=True)

    objects = EmploymentQuerySet.as_manager()

    class Meta:
        verbose_name = _("employment")
        verbose_name_plural = _("employments")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "unit"], condition=Q(end_date=None), name="mus_employment_open_once_per_unit"
            ),
            models.CheckConstraint(
                condition=Q(end_date=None) | Q(end_date__gte=models.F("start_date")), name="mus_employment_ends_after"
            ),
        ]

    def __str__(self) -> str:
        return f"{_('employment')} {str(self.pk)[:8]}"
