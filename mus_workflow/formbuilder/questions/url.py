"""The address of a page on the web."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mus_workflow.formbuilder.questions.base import QuestionType, short_label
from mus_workflow.formbuilder.questions.texts import LineAnswerField, plain_text
from mus_workflow.formbuilder.shapes import Question

LONGEST_ADDRESS = 2_000
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?!\d)", re.ASCII | re.IGNORECASE)
is_web_address = URLValidator(schemes=["http", "https"])


class UrlAnswerField(LineAnswerField):
    """A web address; “www.example.dk” is taken for what it means."""

    def to_python(self, value: Any) -> str:
        """The address with its scheme."""
        address = plain_text(str(value or "")).strip()
        return super().to_python(address if not address or SCHEME.match(address) else f"https://{address}")

    def validate(self, value: str) -> None:
        super().validate(value)
        try:
            if value:
                is_web_address(value)
        except ValidationError as error:
            refusal = _("“%(label)s” must be one web address, such as https://www.example.dk.")
            raise ValidationError(refusal % {"label": short_label(self.question)}) from error


class Url(QuestionType):
    type = "url"
    label = gettext_lazy("Web address")
    icon = "link"
    group = gettext_lazy("Text")

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return UrlAnswerField(question, LONGEST_ADDRESS, **common)
