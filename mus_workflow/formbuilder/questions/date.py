"""A date, within bounds if wanted."""

import datetime
from collections.abc import Collection, Iterator, Mapping
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from mus_workflow.formbuilder.questions.base import QuestionType, short_label
from mus_workflow.formbuilder.shapes import Json, Question, iso_date, optional

# The browser's date control posts the first; the others are what people type where there is no such control.
INPUT_FORMATS = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y"]


class DateAnswerField(forms.DateField):
    """A date within the question's bounds."""

    widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})

    def __init__(self, question: Question, *, error_messages: dict[str, str], **kwargs: Any) -> None:
        self.question = question
        refusal = _("“%(label)s” must be a date with day, month and year, such as 24-12-2026.")
        messages = {**error_messages, "invalid": refusal % {"label": short_label(question)}}
        super().__init__(input_formats=INPUT_FORMATS, error_messages=messages, **kwargs)

    def validate(self, value: datetime.date | None) -> None:
        super().validate(value)
        if value is None:
            return
        earliest, latest = self.question["settings"]["earliest"], self.question["settings"]["latest"]
        label = short_label(self.question)
        if earliest is not None and value.isoformat() < earliest:
            raise ValidationError(
                _("“%(label)s” cannot be before %(date)s.") % {"label": label, "date": _in_words(earliest)}
            )
        if latest is not None and value.isoformat() > latest:
            raise ValidationError(
                _("“%(label)s” cannot be after %(date)s.") % {"label": label, "date": _in_words(latest)}
            )


def _in_words(iso: str) -> str:
    return date_format(datetime.date.fromisoformat(iso), "DATE_FORMAT")


class Date(QuestionType):
    type = "date"
    label = gettext_lazy("Date")
    icon = "date"
    group = gettext_lazy("Figures and dates")
    operators: ClassVar[tuple[str, ...]] = ("answered", "not_answered", "equals", "not_equals", "at_least")
    settings_shape = {"earliest": optional(iso_date), "latest": optional(iso_date)}
    limits = ("earliest", "latest")

    def folded_blocks(self) -> list[tuple[str, blocks.Block]]:
        return [
            ("earliest", blocks.DateBlock(required=False, label=gettext_lazy("Earliest date"))),
            ("latest", blocks.DateBlock(required=False, label=gettext_lazy("Latest date"))),
        ]

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        return {key: value[key].isoformat() if value[key] else None for key in ("earliest", "latest")}

    def conflicts(self, settings: dict[str, Json]) -> Iterator[tuple[str, str]]:
        earliest, latest = settings["earliest"], settings["latest"]
        if earliest is not None and latest is not None and latest < earliest:
            yield "latest", _("The latest date cannot be before the earliest.")

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return DateAnswerField(question, **common)

    def to_json(self, cleaned: Any) -> Json:
        return None if cleaned is None else cleaned.isoformat()

    def to_python(self, value: Json) -> Any:
        return None if self.is_blank(value) else datetime.date.fromisoformat(value)

    def text(self, question: Question, value: Json) -> str:
        return "" if self.is_blank(value) else _in_words(value)

    def reaches(self, value: Json, bound: Json) -> bool:
        return not iso_date(value) and not iso_date(bound) and value >= bound

    def specimens(self, question: Question, compared: Collection[Json]) -> list[Json] | None:
        settings = question["settings"]
        marks = [mark for mark in (*compared, settings["earliest"], settings["latest"], "2000-01-01") if mark]
        days = {datetime.date.fromisoformat(mark).toordinal() + near for mark in marks for near in (-1, 0, 1)}
        last = datetime.date.max.toordinal()
        around = [datetime.date.fromordinal(day).isoformat() for day in sorted(days) if 1 <= day <= last]
        return [day for day in around if (settings["earliest"] or "") <= day <= (settings["latest"] or day)]

    def condition_value(self, question: Question, raw: Json) -> Json:
        try:
            return forms.DateField(input_formats=INPUT_FORMATS).clean(str(raw)).isoformat()
        except ValidationError as error:
            raise ValidationError(_("“%(value)s” is not a date.") % {"value": raw}) from error
