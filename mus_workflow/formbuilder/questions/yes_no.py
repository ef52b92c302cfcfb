"""Yes or no, in the editor's own words if wanted."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from mus_workflow.formbuilder.questions.base import QuestionType
from mus_workflow.formbuilder.questions.choosing import choice_field
from mus_workflow.formbuilder.shapes import Json, Question, text

KEYS = {True: "yes", False: "no"}
VALUES = {"yes": True, "no": False}


class YesNo(QuestionType):
    type = "yes_no"
    label = gettext_lazy("Yes or no")
    icon = "tick-inverse"
    group = gettext_lazy("Choice")
    operators = ("answered", "not_answered", "equals", "not_equals")
    settings_shape = {"yes_label": text(), "no_label": text()}
    text_settings = ("yes_label", "no_label")

    def folded_blocks(self) -> list[tuple[str, blocks.Block]]:
        own_words = gettext_lazy("Leave it empty for the usual word.")
        return [
            ("yes_label", blocks.CharBlock(required=False, label=gettext_lazy("Word for yes"), help_text=own_words)),
            ("no_label", blocks.CharBlock(required=False, label=gettext_lazy("Word for no"), help_text=own_words)),
        ]

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        return {"yes_label": (value["yes_label"] or "").strip(), "no_label": (value["no_label"] or "").strip()}

    def choices(self, question: Question) -> list[tuple[str, str]]:
        settings = question["settings"]
        return [("yes", settings["yes_label"] or _("Yes")), ("no", settings["no_label"] or _("No"))]

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return choice_field(
            forms.TypedChoiceField,
            question,
            self.choices(question),
            coerce=VALUES.__getitem__,
            empty_value=None,
            widget=forms.RadioSelect,
            **common,
        )

    def initial(self, value: Json) -> Any:
        return self.input_text(value)

    def chosen(self, value: Json) -> Collection[str]:
        return (self.input_text(value),)

    def input_text(self, value: Json) -> str:
        return KEYS[value] if isinstance(value, bool) else super().input_text(value)

    def text(self, question: Question, value: Json) -> str:
        return dict(self.choices(question)).get(self.input_text(value), "")

    def specimens(self, question: Question, compared: Collection[Json]) -> list[Json] | None:
        return [True, False]

    def condition_value(self, question: Question, raw: Json) -> Json:
        if isinstance(raw, bool):
            return raw
        wanted = str(raw).strip().casefold()
        if wanted in VALUES:  # before the editor's own words, which may be the other way round
            return VALUES[wanted]
        for key, label in [*self.choices(question), ("yes", _("Yes")), ("no", _("No"))]:
            if wanted in {key, label.casefold()}:
                return VALUES[key]
        raise ValidationError(_("“%(value)s” is neither yes nor no.") % {"value": raw})
