"""Forms as editors write them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.fields import RichTextField
from wagtail.models import (
    DraftStateMixin,
    LockableMixin,
    PreviewableMixin,
    RevisionMixin,
    WorkflowMixin,
)

from mus_workflow.formbuilder.blocks import FormStreamField
from mus_workflow.formbuilder.compiler import as_written, compile_form
from mus_workflow.formbuilder.filling_time import minutes
from mus_workflow.formbuilder.lint import Advice, Measures, advice_on
from mus_workflow.formbuilder.preview import Trial, preview, preview_modes, viewpoint
from mus_workflow.formbuilder.sides import SIDES
from mus_workflow.formbuilder.translating import Progress, progress
from mus_workflow.readability import lix, plain_text
from mus_workflow.stages import COURSE

MEASURES = Measures(lix, plain_text)


class Purpose(models.TextChoices):
    """What a form is for in a dialogue."""

    PREPARATION = "PREPARATION", _("Preparation, both sides")
    EMPLOYEE_PREPARATION = "EMPLOYEE_PREPARATION", _("Preparation, employee")
    MANAGER_PREPARATION = "MANAGER_PREPARATION", _("Preparation, manager")
    AGREEMENT = "AGREEMENT", _("Agreement")
    FOLLOW_UP = "FOLLOW_UP", _("Follow-up")


WRITTEN_TOGETHER = (Purpose.AGREEMENT, Purpose.FOLLOW_UP)


class Layout(models.TextChoices):
    """How much of a form is on the screen at a time."""

    PAGE = "PAGE", _("All on one page")
    SECTIONS = "SECTIONS", _("One section at a time")
    QUESTIONS = "QUESTIONS", _("One question at a time")


class Retention(models.TextChoices):
    """How long what is written in a form is kept."""

    STANDARD = "STANDARD", _("As the concept says")
    UNTIL_SIGNED = "UNTIL_SIGNED", _("Until the agreement is signed")
    WITH_AGREEMENT = "WITH_AGREEMENT", _("As long as the agreement")


class FormDefinition(WorkflowMixin, DraftStateMixin, LockableMixin, RevisionMixin, PreviewableMixin, ClusterableModel):
    """A form that editors draft, preview and publish. Publishing freezes a FormVersion; people meet only those."""

    title = models.CharField(_("title"), max_length=200, help_text=_("Shown to those who fill in the form."))
    slug = models.SlugField(_("short name"), max_length=80, unique=True, help_text=_("Used when the form is exported."))
    purpose = models.CharField(_("purpose"), max_length=30, choices=Purpose.choices)
    language = models.CharField(
        _("language"), max_length=10, default="da", help_text=_("The language the questions are written in.")
    )
    intro = RichTextField(_("introduction"), blank=True, features=["bold", "italic", "link", "ul", "ol"])
    layout = models.CharField(_("layout"), max_length=10, choices=Layout.choices, default=Layout.PAGE)
    retention = models.CharField(
        _("kept"),
        max_length=20,
        choices=Retention.choices,
        default=Retention.STANDARD,
        help_text=_("The class of retention that the organisation's rules for deleting go by."),
    )
    body = FormStreamField(verbose_name=_("sections"), blank=True)

    # Answers that the form is tried out with in its preview; they come and go with the request.
    trial: Trial | None = None

    class Meta:
        verbose_name = _("form")
        verbose_name_plural = _("forms")
        ordering = ["purpose", "title"]

    def __str__(self) -> str:
        return self.title

    @property
    def preview_modes(self) -> list[tuple[str, str]]:
        """The form as each reader will meet it, at each step and in each language that make a difference."""
        names = dict(settings.LANGUAGES)
        return preview_modes(
            self.as_written(),
            together=self.purpose in WRITTEN_TOGETHER,
            stages=[(stage.value, stage.label) for stage in COURSE],
            languages=[
                (row.language, names.get(row.language, row.language))
                for row in self.translations.all()
                if row.texts and row.language != self.language
            ],
        )

    def get_preview_template(self, request: Any, mode_name: str) -> str:
        """One template for every reader. It can be filled in where there is a trial."""
        return "mus_workflow/admin/form_preview.html"

    def get_preview_context(self, request: Any, mode_name: str) -> dict[str, Any]:
        """Adds the draft as this reader would meet it, or what keeps it from being published."""
        shown = preview(self.compiled, viewpoint(mode_name), self.trial)
        told = {} if shown["problems"] else {"advice": self.advice(), "minutes": self.minutes()}
        return {**super().get_preview_context(request, mode_name), **shown, **told}

    def advice(self) -> list[Advice]:
        """What an editor may want to look at again. Raises CompileError for a form that cannot be frozen."""
        document = self.compiled()
        return advice_on(document, MEASURES, translations=self._progress(document))

    def minutes(self) -> list[tuple[str, int]]:
        """(who, about how many minutes the form takes) for those it asks anything of. Raises CompileError."""
        document = self.compiled()
        sides = zip(SIDES, (_("Employee"), _("Manager")), strict=True)
        times = [(str(who), minutes(document, side, plain_text)) for side, who in sides]
        return [(who, time) for who, time in times if time]

    def _progress(self, document: dict[str, Any]) -> dict[str, Progress]:
        names = dict(settings.LANGUAGES)
        return {
            names.get(row.language, row.language): progress(document, row.texts, row.sources)
            for row in self.translations.all()
            if row.language != self.language
        }

    def as_written(self) -> dict[str, Any]:
        """The form's document as far as it goes: a draft may be half built. For showing and translating only."""
        return as_written(self.title, self.language, self.intro, self.body)

    def compiled(self) -> dict[str, Any]:
        """The schema of the form as it stands. Raises CompileError in plain words."""
        translations = {row.language: row.texts for row in self.translations.all()}
        return compile_form(
            self.title,
            self.language,
            self.intro,
            self.body,
            translations,
            layout=self.layout,
            retention=self.retention,
        )


class FormTranslation(models.Model):
    """The texts of a form in another language, by the id of the question, section or option they stand for."""

    form = ParentalKey(FormDefinition, on_delete=models.CASCADE, related_name="translations")
    language = models.CharField(_("language"), max_length=10)
    texts = models.JSONField(_("texts"), default=dict, blank=True)
    # {id: {key: text}} that each of the texts was made from. What is not here is taken to stand for what stands now.
    sources = models.JSONField(_("texts that were translated"), default=dict, blank=True)

    class Meta:
        verbose_name = _("translation")
        verbose_name_plural = _("translations")
        constraints = [models.UniqueConstraint(fields=["form", "language"], name="mus_form_translation_once")]

    def __str__(self) -> str:
        return f"{self.form_id} · {dict(settings.LANGUAGES).get(self.language, self.language)}"
