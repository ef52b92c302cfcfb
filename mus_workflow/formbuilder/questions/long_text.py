"""Text of several lines."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from mus_workflow.formbuilder.questions.base import QuestionType
from mus_workflow.formbuilder.questions.texts import TextAnswerField
from mus_workflow.formbuilder.shapes import MAX_TEXT, Json, Question, integer


class LongText(QuestionType):
    type = "long_text"
    label = _("Long text")
    icon = "pilcrow"
    group = _("Text")
    operators = ("answered", "not_answered", "contains")
    settings_shape = {"max_length": integer(1, MAX_TEXT)}
    limits = ("max_length",)
    reads = ("short_text", "email", "phone", "url")

    def folded_blocks(self) -> list[tuple[str, blocks.Block]]:
        return [
            (
                "max_length",
                blocks.IntegerBlock(min_value=1, max_value=MAX_TEXT, default=MAX_TEXT, label=_("Most characters")),
            )
        ]

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        return {"max_length": value["max_length"]}

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return TextAnswerField(question, question["settings"]["max_length"], widget=forms.Textarea, **common)

    def input_text(self, value: Json) -> str:
        text = super().input_text(value)
        # A browser drops the first line break within a textarea.
        return f"\n{text}" if text.startswith("\n") else text
