"""An e-mail address."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mus_workflow.formbuilder.questions.base import QuestionType, short_label
from mus_workflow.formbuilder.questions.texts import LineAnswerField
from mus_workflow.formbuilder.shapes import Question

LONGEST_ADDRESS = 254  # RFC 5321, section 4.5.3.1.3, less its angle brackets


class EmailAnswerField(LineAnswerField):
    """One e-mail address, as typed or as copied from a link."""

    def to_python(self, value: Any) -> str:
        """The address without what a link puts before it."""
        return super().to_python(value).strip().removeprefix("mailto:").strip()

    def validate(self, value: str) -> None:
        super().validate(value)
        try:
            if value:
                validate_email(value)
        except ValidationError as error:
            refusal = _("“%(label)s” must be one e-mail address, such as anna.berg@example.dk.")
            raise ValidationError(refusal % {"label": short_label(self.question)}) from error


class Email(QuestionType):
    type = "email"
    label = gettext_lazy("E-mail address")
    icon = "mail"
    group = gettext_lazy("Text")

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return EmailAnswerField(question, LONGEST_ADDRESS, **common)
