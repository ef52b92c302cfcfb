"""The organisation as a tree of units."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _
from treebeard.mp_tree import MP_Node, MP_NodeManager


class UnitManager(MP_NodeManager):
    """Units by who looks after them."""

    def partnered_by(self, user) -> models.QuerySet[Unit]:
        """The units a person is HR partner of, with everything below them."""
        below = models.Q(pk__in=[])
        for path in Unit.objects.filter(hr_partners__user=user).values_list("path", flat=True):
            below |= models.Q(path__startswith=path)
        return self.get_queryset().filter(below)


class Unit(MP_Node):
    """A department, team or institution; the smallest place that counts are made for."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(_("name"), max_length=200)

    node_order_by = ["name"]
    objects = UnitManager()

    class Meta:
        verbose_name = _("unit")
        verbose_name_plural = _("units")

    def __str__(self) -> str:
        return self.name
