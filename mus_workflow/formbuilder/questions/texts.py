"""Text answers: what is kept as typed, and what is refused."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mus_workflow.formbuilder.questions.base import short_label
from mus_workflow.formbuilder.shapes import FORBIDDEN_CHARACTERS, Question


class TextAnswerField(forms.CharField):
    """Keeps every character that was typed, apart from what browsers do to line endings."""

    def __init__(self, question: Question, limit: int, **kwargs: Any) -> None:
        self.question = question
        self.limit = limit
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        """The text; nothing if it is only white space. ValidationError if it is too long to keep."""
        text = str(value or "").replace("\r\n", "\n").replace("\r", "\n")
        if not text.strip():
            return ""
        if FORBIDDEN_CHARACTERS.search(text):
            raise ValidationError(
                _("“%(label)s” has characters that cannot be saved. They often come with pasted text: delete them.")
                % {"label": short_label(self.question)}
            )
        if len(text) > self.limit:
            raise ValidationError(
                _("“%(label)s” is %(count)s characters long, and at most %(limit)s can be saved.")
                % {"label": short_label(self.question), "count": len(text), "limit": self.limit}
            )
        return text


class LineAnswerField(TextAnswerField):
    """Text on one line."""

    def to_python(self, value: Any) -> str:
        """The text, its line breaks as spaces."""
        return super().to_python(value).replace("\n", " ")
