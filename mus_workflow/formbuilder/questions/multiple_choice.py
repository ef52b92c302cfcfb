"""Any number of options, or a number within bounds."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail import blocks

from mus_workflow.formbuilder.questions.base import short_label
from mus_workflow.formbuilder.questions.choosing import choice_field
from mus_workflow.formbuilder.questions.options import ChoiceType
from mus_workflow.formbuilder.shapes import MAX_OPTIONS, Json, Question, Shape, integer, optional

COUNT = optional(integer(1, MAX_OPTIONS))


class OptionsField(forms.MultipleChoiceField):
    """Chosen options in the order the question offers them, none twice."""

    question: Question
    offered: list[str]

    def clean(self, value: Any) -> list[str]:
        # The page posts an empty value with the ticked ones, so that no tick at all is posted too.
        chosen = set(super().clean([key for key in value or [] if key != ""]))
        if reason := too_few(self.question, len(chosen)) or too_many(self.question, len(chosen)):
            raise ValidationError(reason)
        return [key for key in self.offered if key in chosen]


def too_few(question: Question, count: int) -> str:
    """Why so few choices are not enough; empty if they are."""
    fewest = question["settings"]["min_choices"]
    # No answer at all is for `required` to judge: a question may be left out.
    if not (count and fewest and count < fewest):
        return ""
    told = ngettext(
        "“%(label)s” needs at least %(count)s choice.", "“%(label)s” needs at least %(count)s choices.", fewest
    )
    return told % {"label": short_label(question), "count": fewest}


def too_many(question: Question, count: int) -> str:
    """Why so many choices are not allowed; empty if they are."""
    most = question["settings"]["max_choices"]
    if not (most and count > most):
        return ""
    told = ngettext("“%(label)s” takes at most %(count)s choice.", "“%(label)s” takes at most %(count)s choices.", most)
    return told % {"label": short_label(question), "count": most}


class MultipleChoice(ChoiceType):
    type = "multiple_choice"
    label = gettext_lazy("Multiple choice")
    icon = "check"
    operators = (*ChoiceType.operators, "contains")
    ticked = True
    settings_shape: ClassVar[Mapping[str, Shape]] = {
        **ChoiceType.settings_shape,
        "min_choices": COUNT,
        "max_choices": COUNT,
    }
    limits = ("min_choices", "max_choices")

    def folded_blocks(self) -> list[tuple[str, blocks.Block]]:
        return [
            *super().folded_blocks(),
            ("min_choices", blocks.IntegerBlock(required=False, min_value=1, label=gettext_lazy("Fewest choices"))),
            ("max_choices", blocks.IntegerBlock(required=False, min_value=1, label=gettext_lazy("Most choices"))),
        ]

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        bounds = {"min_choices": value["min_choices"], "max_choices": value["max_choices"]}
        return {**super().settings(value), **bounds}

    def conflicts(self, settings: dict[str, Json]) -> Iterator[tuple[str, str]]:
        yield from super().conflicts(settings)
        fewest = settings["min_choices"] or 0
        if fewest > len(settings["options"]) + settings["other"]:
            yield "min_choices", _("There are fewer options than must be chosen.")
        if settings["max_choices"] is not None and settings["max_choices"] < fewest:
            yield "max_choices", _("The most choices cannot be fewer than the fewest.")

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        widget = forms.CheckboxSelectMultiple
        field = choice_field(OptionsField, question, self.choices(question), widget=widget, **common)
        field.question = question
        field.offered = [key for key, _label in self.choices(question)]
        return field

    def lacking(self, question: Question, value: Json) -> list[tuple[str, str]]:
        reason = too_few(question, len(self.chosen(value)))
        return [*super().lacking(question, value), *([("", reason)] if reason else [])]

    def unfinished(self, question: Question) -> Question:
        settings = {**question["settings"], "min_choices": None}
        return super().unfinished({**question, "settings": settings})

    def accepts_raw(self, raw: Json) -> bool:
        return raw is None or (isinstance(raw, list) and all(isinstance(item, str) for item in raw))

    def posted(self, data: Mapping[str, Any], name: str) -> Json:
        chosen = forms.CheckboxSelectMultiple().value_from_datadict(data, MultiValueDict(), name)
        return [key for key in chosen or [] if key]

    def to_python(self, value: Json) -> Any:
        return value or []

    def rows_of(self, question: Question) -> list[dict[str, Json]] | None:
        return [{"id": option["id"], "label": option["label"]} for option in question["settings"]["options"]]

    def rows_chosen(self, question: Question, value: Json) -> Collection[str] | None:
        return self.chosen(value)

    def chosen(self, value: Json) -> Collection[str]:
        keys = value["chosen"] if isinstance(value, dict) else value
        return keys if isinstance(keys, list) else ()

    def condition_words(self, question: Question, value: Json) -> str:
        return self.text(question, [value])
