"""One of several options."""

from collections.abc import Collection, Mapping
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy
from wagtail import blocks

from mus_workflow.formbuilder.questions.choosing import choice_field, frame
from mus_workflow.formbuilder.questions.options import ChoiceType
from mus_workflow.formbuilder.shapes import Json, Question, Shape, one_of

DISPLAYS = [("RADIO", gettext_lazy("Buttons")), ("LIST", gettext_lazy("A list that opens"))]


class SingleChoice(ChoiceType):
    type = "single_choice"
    label = gettext_lazy("Single choice")
    icon = "radio-full"
    settings_shape: ClassVar[Mapping[str, Shape]] = {**ChoiceType.settings_shape, "display": one_of("RADIO", "LIST")}
    limits = ("display",)

    def folded_blocks(self) -> list[tuple[str, blocks.Block]]:
        display = blocks.ChoiceBlock(choices=DISPLAYS, default="RADIO", label=gettext_lazy("Shown as"))
        return [("display", display), *super().folded_blocks()]

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        return {**super().settings(value), "display": value["display"]}

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return choice_field(forms.ChoiceField, question, self.choices(question), widget=forms.RadioSelect, **common)

    def chosen(self, value: Json) -> Collection[str]:
        key = value["chosen"] if isinstance(value, dict) else value
        return (key,) if isinstance(key, str) else ()

    def context(self, question: Question) -> dict[str, Any]:
        # A list that opens is one control; buttons, or a list and a line to write on, are several.
        alone = question["settings"]["display"] == "LIST" and not self.has_parts(question)
        return {"frame": frame(alone), "alone": alone, "explained": bool(self.notes(question))}

    def notes(self, question: Question) -> list[str]:
        settings = question["settings"]
        return ["options"] if settings["display"] == "LIST" and any(one["help"] for one in settings["options"]) else []

    def specimens(self, question: Question, compared: Collection[Json]) -> list[Json] | None:
        # What a person writes under “other” is no end of answers.
        return None if question["settings"]["other"] else [key for key, _label in self.choices(question)]
