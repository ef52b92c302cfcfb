"""Forms as people meet them: frozen."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from mus_workflow.formbuilder.formats import upgraded
from mus_workflow.formbuilder.linking import with_rows
from mus_workflow.formbuilder.projection import joint

from .form_definition import WRITTEN_TOGETHER


class FormVersionQuerySet(models.QuerySet["FormVersion"]):
    """Versions by what they are for."""

    def published(self) -> FormVersionQuerySet:
        """Those that were published, which new dialogues may take."""
        return self.filter(bridges=None)


class FormVersion(models.Model):
    """One published state of a form. Never changed, never deleted; answers point here.

    One with ``bridges`` was never published: it is an earlier version with some of the changes that led to the version
    it bridges to, made for dialogues that were under way. No new dialogue takes it.
    """

    form = models.ForeignKey("FormDefinition", models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("number"))
    schema = models.JSONField()
    digest = models.CharField(max_length=64, help_text="SHA-256 of the canonical bytes of the schema, hex.")
    created_at = models.DateTimeField()
    created_by_key = models.CharField(max_length=64, blank=True)
    bridges = models.ForeignKey("self", models.PROTECT, null=True, related_name="bridging")

    objects = FormVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("form version")
        verbose_name_plural = _("form versions")
        ordering = ["form", "number"]
        constraints = [
            models.UniqueConstraint(fields=["form", "number"], name="mus_form_version_number"),
        ]

    def __str__(self) -> str:
        return f"{self.schema['title']} · {self.number}"


@lru_cache(maxsize=256)
def schema_of(form_version_id: int) -> dict[str, Any]:
    """The schema of a version in the newest format, kept in memory: a version never changes. Treat it as read-only.

    A form that two sides fill in on one sheet has a question of its own for each side where each answers (`joint`).
    """
    schema, purpose = FormVersion.objects.values_list("schema", "form__purpose").get(pk=form_version_id)
    newest = upgraded(schema)
    return dict(with_rows(joint(newest) if purpose in WRITTEN_TOGETHER else newest))
