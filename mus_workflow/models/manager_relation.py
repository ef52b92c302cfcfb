"""Who is whose nearest manager, and since when."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from .periods import in_period


class ManagerRelationQuerySet(models.QuerySet["ManagerRelation"]):
    """Reporting lines by day and by confirmation."""

    def on(self, today: date) -> ManagerRelationQuerySet:
        """Those that hold on this day."""
        return self.filter(in_period(today))

    def confirmed(self) -> ManagerRelationQuerySet:
        """Those that give access: a second person, or the source the people came from, stands behind them."""
        return self.filter(confirmed_at__isnull=False)


class ManagerRelation(models.Model):
    """Who is whose nearest manager over a period. Gives access only once it is confirmed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    employee = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mus_manager_relations")
    manager = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="mus_employee_relations")
    start_date = models.DateField(_("from"))
    end_date = models.DateField(_("to"), null=True, blank=True)
    made_by_key = models.CharField(max_length=64, blank=True)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by_key = models.CharField(max_length=64, blank=True)

    objects = ManagerRelationQuerySet.as_manager()

    class Meta:
        verbose_name = _("reporting line")
        verbose_name_plural = _("reporting lines")
        constraints = [
            models.UniqueConstraint(
                fields=["employee"],
                condition=Q(end_date=None, confirmed_at__isnull=False),
                name="mus_manager_relation_one_open",
            ),
            models.CheckConstraint(condition=~Q(employee=models.F("manager")), name="mus_manager_relation_two_people"),
            models.CheckConstraint(
                condition=Q(confirmed_by_key="") | ~Q(confirmed_by_key=models.F("made_by_key")),
                name="mus_manager_relation_second_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{_('reporting line')} {str(self.pk)[:8]}"
