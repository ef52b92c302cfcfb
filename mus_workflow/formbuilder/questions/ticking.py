"""One box to tick: ticked, the answer is True; unticked, there is none."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mus_workflow.formbuilder.questions.base import QuestionType, short_label
from mus_workflow.formbuilder.shapes import Json, Question

TICK = "yes"


class TickField(forms.Field):
    """The tick that a page sent, alone or in a list, as True."""

    widget = forms.CheckboxInput

    def __init__(self, question: Question, **kwargs: Any) -> None:
        self.question = question
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> bool | None:
        """True, or None where nothing is ticked. ValidationError for anything else."""
        # The page posts an empty value with the tick, so that an untouched box is posted too.
        sent = {key for key in ([value] if isinstance(value, str) else value or []) if key != ""}
        if sent - {TICK}:
            refusal = _("“%(label)s” has no such answer. Choose among the answers shown.")
            raise ValidationError(refusal % {"label": short_label(self.question)})
        return True if sent else None


class TickType(QuestionType):
    """A question that is answered with one box to tick."""

    group = gettext_lazy("Choice")
    ticked = True

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return TickField(question, **common)

    def accepts_raw(self, raw: Json) -> bool:
        return super().accepts_raw(raw) or (isinstance(raw, list) and all(isinstance(item, str) for item in raw))

    def posted(self, data: Mapping[str, Any], name: str) -> Json:
        sent = forms.CheckboxSelectMultiple().value_from_datadict(data, MultiValueDict(), name)
        return [key for key in sent or [] if key]

    def choices(self, question: Question) -> list[tuple[str, str]]:
        return [(TICK, self.tick_words(question))]

    def chosen(self, value: Json) -> Collection[str]:
        return [TICK] if value is True else value if isinstance(value, list) else ()

    def tick_words(self, question: Question) -> str:
        """What stands beside the box."""
        raise NotImplementedError
