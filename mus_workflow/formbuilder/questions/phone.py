"""A phone number, as people write it."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mus_workflow.formbuilder.questions.base import QuestionType, short_label
from mus_workflow.formbuilder.questions.texts import LineAnswerField
from mus_workflow.formbuilder.shapes import Question

LONGEST_NUMBER = 40
# Three digits for a short number within the house, at most fifteen for one anywhere (ITU-T E.164, section 6).
DIGITS = range(3, 16)
SIGNS = re.compile(r"\+?[0-9 ()./-]*", re.ASCII)
SPACES = re.compile(r"\s+")


class PhoneAnswerField(LineAnswerField):
    """A phone number with its signs as they were typed: only spaces are put in order."""

    def to_python(self, value: Any) -> str:
        """The number without what a link puts before it."""
        return SPACES.sub(" ", super().to_python(value)).strip().removeprefix("tel:").strip()

    def validate(self, value: str) -> None:
        super().validate(value)
        digits = sum(character.isdigit() for character in value)
        if value and not (SIGNS.fullmatch(value) and digits in DIGITS):
            refusal = _("“%(label)s” must be a phone number, such as 12 34 56 78 or +45 12 34 56 78.")
            raise ValidationError(refusal % {"label": short_label(self.question)})


class Phone(QuestionType):
    type = "phone"
    label = gettext_lazy("Phone number")
    icon = "mobile-alt"
    group = gettext_lazy("Text")

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return PhoneAnswerField(question, LONGEST_NUMBER, **common)
