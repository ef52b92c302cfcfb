"""A line of text."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from mus_workflow.formbuilder.questions.base import QuestionType
from mus_workflow.formbuilder.questions.texts import LineAnswerField
from mus_workflow.formbuilder.shapes import Json, Question, integer

LINE_LIMIT = 1_000


class ShortText(QuestionType):
    type = "short_text"
    label = _("Short text")
    icon = "title"
    group = _("Text")
    operators = ("answered", "not_answered", "contains")
    settings_shape = {"max_length": integer(1, LINE_LIMIT)}
    limits = ("max_length",)
    reads = ("email", "phone", "url")

    def folded_blocks(self) -> list[tuple[str, blocks.Block]]:
        return [
            (
                "max_length",
                blocks.IntegerBlock(min_value=1, max_value=LINE_LIMIT, default=250, label=_("Most characters")),
            )
        ]

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        return {"max_length": value["max_length"]}

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return LineAnswerField(question, question["settings"]["max_length"], **common)
