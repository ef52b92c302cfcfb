"""What a form shows in its place and nobody answers: lists that are kept elsewhere, and what is known already.

The pages draw them: `rendering.render_form` is given their HTML as `extras`.
"""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy

from mus_workflow.formbuilder.questions.base import QuestionType
from mus_workflow.formbuilder.shapes import Json, Question


class ShownType(QuestionType):
    """A place in the form that a page fills with HTML of its own."""

    group = gettext_lazy("From the dialogue")
    operators = ()
    asks = False

    @property
    def template(self) -> str:
        return "mus_workflow/questions/shown.html"

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        raise TypeError("nobody answers what is only shown")

    def text(self, question: Question, value: Json) -> str:
        return ""


class AgreedItems(ShownType):
    """Where in an agreement the parties write what they agree to do."""

    type = "agreed_items"
    label = gettext_lazy("Agreed items")
    icon = "list-ol"
    at_most_once: ClassVar[bool] = True


class CarriedItems(ShownType):
    """Where the open items of earlier talks stand."""

    type = "carried_items"
    label = gettext_lazy("Items from last time")
    icon = "history"
    at_most_once: ClassVar[bool] = True
