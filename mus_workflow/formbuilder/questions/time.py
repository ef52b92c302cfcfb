"""A time of day, within bounds if wanted."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from mus_workflow.formbuilder.questions.base import QuestionType, short_label
from mus_workflow.formbuilder.shapes import Json, Question, described, optional

STORED = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
TYPED = re.compile(r"(?:kl\.? ?)?(\d{1,2})(?: ?[.:,] ?(\d{2})(?:[.:]00(?:\.0+)?)?|(\d{2}))?", re.ASCII | re.IGNORECASE)


def clock_time(value: Json) -> str:
    """A shape: hours and minutes, 24 hours a day."""
    if isinstance(value, str) and STORED.fullmatch(value):
        return ""
    return _("must be a time such as “09:30”")


described(clock_time, {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"})


def parsed(typed: str) -> str | None:
    """The time as it is stored, from “9.30”, “9:30”, “0930”, “kl. 9” and their like; None if it is none."""
    match = TYPED.fullmatch(typed.strip())
    if match is None:
        return None
    written = f"{int(match[1]):02}:{match[2] or match[3] or '00'}"
    return written if STORED.fullmatch(written) else None


class TimeAnswerField(forms.Field):
    """A time within the question's bounds."""

    widget = forms.TextInput

    def __init__(self, question: Question, **kwargs: Any) -> None:
        self.question = question
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> str | None:
        """The time as “09:30”, or None; ValidationError says how to write it."""
        if value in self.empty_values or not str(value).strip():
            return None
        written = parsed(str(value))
        if written is None:
            refusal = _("“%(label)s” must be a time from 00:00 to 23:59, such as 9:30.")
            raise ValidationError(refusal % {"label": short_label(self.question)})
        return written

    def validate(self, value: str | None) -> None:
        super().validate(value)
        if value is None:
            return
        earliest, latest = self.question["settings"]["earliest"], self.question["settings"]["latest"]
        label = short_label(self.question)
        if earliest is not None and value < earliest:
            raise ValidationError(_("“%(label)s” cannot be before %(time)s.") % {"label": label, "time": earliest})
        if latest is not None and value > latest:
            raise ValidationError(_("“%(label)s” cannot be after %(time)s.") % {"label": label, "time": latest})


class Time(QuestionType):
    type = "time"
    label = gettext_lazy("Time of day")
    icon = "time"
    group = gettext_lazy("Figures and dates")
    operators = ("answered", "not_answered", "equals", "not_equals", "at_least")
    settings_shape = {"earliest": optional(clock_time), "latest": optional(clock_time)}
    limits = ("earliest", "latest")

    def folded_blocks(self) -> list[tuple[str, blocks.Block]]:
        return [
            ("earliest", blocks.TimeBlock(required=False, label=gettext_lazy("Earliest time"))),
            ("latest", blocks.TimeBlock(required=False, label=gettext_lazy("Latest time"))),
        ]

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        return {key: value[key].strftime("%H:%M") if value[key] else None for key in ("earliest", "latest")}

    def conflicts(self, settings: dict[str, Json]) -> Iterator[tuple[str, str]]:
        earliest, latest = settings["earliest"], settings["latest"]
        if earliest is not None and latest is not None and latest < earliest:
            yield "latest", _("The latest time cannot be before the earliest.")

    def notes(self, question: Question) -> list[str]:
        return ["clock"]

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return TimeAnswerField(question, **common)

    def reaches(self, value: Json, bound: Json) -> bool:
        return not clock_time(value) and not clock_time(bound) and value >= bound

    def condition_value(self, question: Question, raw: Json) -> Json:
        written = parsed(str(raw))
        if written is None:
            raise ValidationError(_("“%(value)s” is not a time.") % {"value": raw})
        return written
