"""Words to read between the questions. Nobody answers them."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mus_workflow.formbuilder.questions.base import QuestionType
from mus_workflow.formbuilder.shapes import Json, Question


class Information(QuestionType):
    type = "information"
    label = _("Text without a question")
    icon = "info-circle"
    group = _("Text")
    operators = ()
    asks = False
    needs_text = True

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        raise TypeError("a text without a question has no field")

    def text(self, question: Question, value: Json) -> str:
        return ""
