"""One of several options."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from mus_workflow.formbuilder.questions.choosing import choice_field
from mus_workflow.formbuilder.questions.options import ChoiceType
from mus_workflow.formbuilder.shapes import Json, Question


class SingleChoice(ChoiceType):
    type = "single_choice"
    label = _("Single choice")
    icon = "radio-full"

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return choice_field(forms.ChoiceField, question, self.choices(question), widget=forms.RadioSelect, **common)

    def chosen(self, value: Json) -> Collection[str]:
        return (value,)

    def text(self, question: Question, value: Json) -> str:
        return dict(self.choices(question)).get(value, "")
