"""What was agreed, point by point, and how it goes."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from .data_key import Artefact, DataKey
from .history_records import MusHistoricalRecords
from .sealed_field import SealedField


class Responsible(models.TextChoices):
    """Who sees to it."""

    EMPLOYEE = "EMPLOYEE", _("Employee")
    MANAGER = "MANAGER", _("Manager")
    BOTH = "BOTH", _("Both")


class Progress(models.TextChoices):
    """How far an item is, while it is open."""

    NOT_STARTED = "NOT_STARTED", _("Not started")
    UNDER_WAY = "UNDER_WAY", _("Under way")
    DONE = "DONE", _("Done")


class Outcome(models.TextChoices):
    """How an item ended. Empty while it is open."""

    REACHED = "REACHED", _("Reached")
    PARTLY = "PARTLY", _("Partly reached")
    NOT_REACHED = "NOT_REACHED", _("Not reached")
    NOT_RELEVANT = "NOT_RELEVANT", _("No longer relevant")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn from the agreement")


class Category(models.TextChoices):
    """What an item is about."""

    TASKS = "TASKS", _("Tasks")
    EDUCATION = "EDUCATION", _("Education and courses")
    WELL_BEING = "WELL_BEING", _("Well-being")
    PERSONAL = "PERSONAL", _("Personal development")
    RESPONSIBILITY = "RESPONSIBILITY", _("Responsibility")
    ROTATION = "ROTATION", _("Job rotation")
    ENVIRONMENT = "ENVIRONMENT", _("Work environment")


def has_lost_its_words() -> Exists:
    """For a query of items: that a rule erased what they say."""
    keys = DataKey.objects.filter(dialogue=OuterRef("agreement__dialogue"), artefact=Artefact.ITEM)
    return Exists(keys.filter(destroyed_at__isnull=False))


class AgreementItemQuerySet(models.QuerySet["AgreementItem"]):
    """Items by state and person."""

    def open(self) -> AgreementItemQuerySet:
        """Those with no outcome yet, as long as their words can be read."""
        return self.filter(~has_lost_its_words(), outcome="")

    def of_employee(self, user) -> AgreementItemQuerySet:
        """Those of every agreement the person made as employee."""
        return self.filter(
            agreement__dialogue__participants__user=user, agreement__dialogue__participants__role="EMPLOYEE"
        )


class AgreementItem(models.Model):
    """One agreed point. Its id was minted in the document; signing brings it here; it is never deleted."""

    id = models.UUIDField(primary_key=True, editable=False)
    agreement = models.ForeignKey("Agreement", models.PROTECT, related_name="items")
    revision = models.PositiveIntegerField(help_text="The signed revision that last said what this item is.")
    position = models.PositiveSmallIntegerField(default=0)
    category = models.CharField(_("about"), max_length=15, choices=Category.choices)
    responsible = models.CharField(_("responsible"), max_length=10, choices=Responsible.choices)
    due_date = models.DateField(_("due date"), null=True)
    text = SealedField(help_text="Sealed {what, support, measure}.")
    lineage = models.UUIDField(default=uuid.uuid4, db_index=True)
    repeats = models.PositiveSmallIntegerField(default=0)
    progress = models.CharField(_("progress"), max_length=12, choices=Progress.choices, default=Progress.NOT_STARTED)
    progress_note = SealedField(null=True)
    progress_at = models.DateTimeField(null=True)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome.choices, blank=True)
    outcome_note = SealedField(null=True, help_text="Sealed {EMPLOYEE, MANAGER}: a comment from each side.")
    outcome_at = models.DateTimeField(null=True)
    outcome_in = models.ForeignKey("Dialogue", models.PROTECT, null=True, related_name="settled_items")

    history = MusHistoricalRecords()
    objects = AgreementItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreed item")
        verbose_name_plural = _("agreed items")
        ordering = ["position", "id"]
        indexes = [models.Index(fields=["agreement", "outcome"]), models.Index(fields=["due_date"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome="", outcome_at=None) | (~Q(outcome="") & Q(outcome_at__isnull=False)),
                name="mus_agreement_item_outcome_has_time",
            ),
        ]

    def __str__(self) -> str:
        return f"{_('agreed item')} {str(self.pk)[:8]}"
