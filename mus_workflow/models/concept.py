"""The organisation's MUS concept, as editors write it and as dialogues pin it."""

from __future__ import annotations

import uuid
from functools import lru_cache
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.fields import RichTextField
from wagtail.models import DraftStateMixin, LockableMixin, RevisionMixin, WorkflowMixin

from .form_definition import Purpose


class Sector(models.TextChoices):
    """Whether the yearly talk is a right by agreement; and for the state, that the archive decides what is erased."""

    STATE = "STATE", _("State: a yearly talk is a right, and nothing is erased unless the archive allows it")
    PUBLIC = "PUBLIC", _("Public: a yearly talk is a right")
    PRIVATE = "PRIVATE", _("Private: a yearly talk is the organisation's own rule")


class ErasureRule(models.TextChoices):
    """Whether the periods are acted on. The state may erase nothing that the national archive has not released."""

    SECTOR = "SECTOR", _("As the sector: yes, except in the state")
    ALWAYS = "ALWAYS", _("Yes")
    NEVER = "NEVER", _("No")


# What a version that was frozen before these rules existed is read as: they hold as they are today by default.
NEW_IN_CONCEPT: dict[str, Any] = {
    "erasure": ErasureRule.SECTOR.value,
    "keep_preparation_days": 30,
    "keep_shared_months": 24,
    "keep_agreement_years": 5,
}

# One form may serve both sides: their answers to the same question then stand side by side in the talk.
SERVES = {
    Purpose.EMPLOYEE_PREPARATION: (Purpose.EMPLOYEE_PREPARATION, Purpose.PREPARATION),
    Purpose.MANAGER_PREPARATION: (Purpose.MANAGER_PREPARATION, Purpose.PREPARATION),
}


def _form(purpose: Purpose) -> models.ForeignKey:
    return models.ForeignKey(
        "FormDefinition",
        models.PROTECT,
        related_name="+",
        verbose_name=purpose.label,
        limit_choices_to={"purpose__in": [one.value for one in SERVES.get(purpose, (purpose,))], "live": True},
    )


class Concept(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, models.Model):
    """Which forms serve which purpose, and the rules of the talk. Publishing freezes a ConceptVersion."""

    title = models.CharField(_("title"), max_length=200)
    is_default = models.BooleanField(_("used for new dialogues"), default=True)
    sector = models.CharField(_("sector"), max_length=10, choices=Sector.choices, default=Sector.PUBLIC)
    employee_form = _form(Purpose.EMPLOYEE_PREPARATION)
    manager_form = _form(Purpose.MANAGER_PREPARATION)
    agreement_form = _form(Purpose.AGREEMENT)
    follow_up_form = _form(Purpose.FOLLOW_UP)
    interval_months = models.PositiveSmallIntegerField(_("months between dialogues"), default=12)
    notice_days = models.PositiveSmallIntegerField(_("days of notice before the talk"), default=14)
    preparation_days = models.PositiveSmallIntegerField(
        _("days before the talk that preparation should be shared"), default=2
    )
    meeting_minutes = models.PositiveSmallIntegerField(_("length of the talk in minutes"), default=90)
    pay_text = RichTextField(
        _("pay as a topic"),
        blank=True,
        features=["bold", "italic", "link"],
        help_text=_("Shown to both sides before they prepare, so that nobody is in doubt."),
    )
    contact_text = RichTextField(
        _("who to ask"),
        blank=True,
        features=["bold", "italic", "link", "ul"],
        help_text=_("Shown beside the dialogue."),
    )
    erasure = models.CharField(
        _("erase what is no longer needed"), max_length=10, choices=ErasureRule.choices, default=ErasureRule.SECTOR
    )
    keep_preparation_days = models.PositiveSmallIntegerField(
        _("days that a preparation is kept after the signing"), default=30
    )
    keep_shared_months = models.PositiveSmallIntegerField(
        _("months that what was shared is kept after the signing"), default=24
    )
    keep_agreement_years = models.PositiveSmallIntegerField(
        _("years that agreements are kept after the employee has left"), default=5
    )
    guide_root = models.ForeignKey(
        "wagtailcore.Page", models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("guide")
    )

    class Meta:
        verbose_name = _("concept")
        verbose_name_plural = _("concepts")

    def __str__(self) -> str:
        return self.title


class ConceptVersion(models.Model):
    """One published state of a concept. Never changed; each dialogue pins the one it began under."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    concept = models.ForeignKey(Concept, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    document = models.JSONField()
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    created_by_key = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name = _("concept version")
        verbose_name_plural = _("concept versions")
        ordering = ["concept", "number"]
        constraints = [
            models.UniqueConstraint(fields=["concept", "number"], name="mus_concept_version_number"),
        ]

    def __str__(self) -> str:
        return f"{self.document['title']} · {self.number}"


@lru_cache(maxsize=64)
def rules_of(concept_version_id: uuid.UUID) -> dict[str, Any]:
    """The document of a concept version, kept in memory: it never changes. Treat it as read-only.

    One that was frozen earlier is given what is new since.
    """
    document = ConceptVersion.objects.values_list("document", flat=True).get(pk=concept_version_id)
    return {**NEW_IN_CONCEPT, **document}
