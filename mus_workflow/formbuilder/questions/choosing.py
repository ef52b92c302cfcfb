"""Fields that accept one or several of the answers shown."""

from typing import Any, TypeVar

from django import forms
from django.utils.translation import gettext as _

from mus_workflow.formbuilder.questions.base import short_label
from mus_workflow.formbuilder.shapes import Question

ChoiceField = TypeVar("ChoiceField", bound=forms.ChoiceField)


def frame(alone: bool) -> str:
    """The template of the box around a question with one control alone, or with several."""
    return f"mus_workflow/questions/{'box' if alone else 'group'}.html"


def choice_field(
    field_class: type[ChoiceField],
    question: Question,
    choices: list[tuple[str, str]],
    *,
    error_messages: dict[str, str],
    **kwargs: Any,
) -> ChoiceField:
    """A field of that class, which refuses anything that is not among the choices in a sentence."""
    refusal = _("“%(label)s” has no such answer. Choose among the answers shown.") % {"label": short_label(question)}
    # Django fills the value into the first of the two.
    messages = {**error_messages, "invalid_choice": refusal.replace("%", "%%"), "invalid_list": refusal}
    return field_class(choices=choices, error_messages=messages, **kwargs)
