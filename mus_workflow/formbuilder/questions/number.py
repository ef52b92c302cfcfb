"""A number, within bounds and with a unit if wanted."""

import re
from collections.abc import Collection, Iterator, Mapping
from decimal import ROUND_FLOOR, Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail import blocks

from mus_workflow.formbuilder.questions.base import QuestionType, short_label
from mus_workflow.formbuilder.shapes import DECIMAL, MAX_DIGITS, Json, Question, decimal_string, integer, optional, text

MAX_DECIMALS = 6
SPACES = re.compile(r"[\s\u00a0\u202f]+")
TYPED = re.compile(r"([+-]?)(\d{1,15})(?:([.,])(\d{1,15}))?", re.ASCII)


def normalised(number: Decimal) -> str:
    """The one way to write the number: no exponent, no needless zero, a point."""
    written = format(number.normalize(), "f")
    return "0" if written == "-0" else written


def parsed(typed: str) -> str | None:
    """The normalised number a person typed, with comma or point; None if it is not one, or could be two.

    “1.500” is fifteen hundred to a Dane and one and a half to a Briton: it is refused where the mark before three
    digits is not the language's own decimal mark.
    """
    match = TYPED.fullmatch(SPACES.sub("", typed).replace("\u2212", "-"))
    if match is None:
        return None
    sign, whole, mark, fraction = match.groups()
    if mark and len(fraction) == len("000") and mark != get_format("DECIMAL_SEPARATOR"):
        return None
    written = normalised(Decimal(f"{sign}{whole}.{fraction or 0}"))
    return None if decimal_string(written) else written


class NumberField(forms.Field):
    """Accepts what `parsed` does, within the question's bounds."""

    widget = forms.TextInput

    def __init__(self, question: Question, **kwargs: Any) -> None:
        self.question = question
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> Decimal | None:
        """The number, or None; ValidationError says which kind of number is wanted."""
        if value in self.empty_values or not str(value).strip():
            return None
        written = parsed(str(value))
        if written is None:
            raise ValidationError(
                _("“%(label)s” must be a number, such as 7 or %(example)s, of at most %(digits)s digits.")
                % {"label": short_label(self.question), "example": localised_number("2.5"), "digits": MAX_DIGITS}
            )
        return Decimal(written)

    def validate(self, value: Decimal | None) -> None:
        super().validate(value)
        if value is not None:
            self._check_decimals(value)
            self._check_bounds(value)

    def _check_decimals(self, value: Decimal) -> None:
        allowed = self.question["settings"]["decimals"]
        names = {"label": short_label(self.question), "count": allowed}
        _whole, _mark, fraction = normalised(value).partition(".")
        if fraction and not allowed:
            raise ValidationError(_("“%(label)s” must be a whole number.") % names)
        if len(fraction) > allowed:
            raise ValidationError(
                ngettext(
                    "“%(label)s” can have at most %(count)s decimal.",
                    "“%(label)s” can have at most %(count)s decimals.",
                    allowed,
                )
                % names
            )

    def _check_bounds(self, value: Decimal) -> None:
        lowest, highest = self.question["settings"]["min"], self.question["settings"]["max"]
        label = short_label(self.question)
        if lowest is not None and value < Decimal(lowest):
            raise ValidationError(
                _("“%(label)s” must be at least %(bound)s.") % {"label": label, "bound": localised_number(lowest)}
            )
        if highest is not None and value > Decimal(highest):
            raise ValidationError(
                _("“%(label)s” must be at most %(bound)s.") % {"label": label, "bound": localised_number(highest)}
            )


def localised_number(written: str) -> str:
    """A normalised number with the active language's decimal mark."""
    return written.replace(".", get_format("DECIMAL_SEPARATOR"))


class Number(QuestionType):
    type = "number"
    label = gettext_lazy("Number")
    icon = "decimal"
    group = gettext_lazy("Figures and dates")
    operators = ("answered", "not_answered", "equals", "not_equals", "at_least")
    settings_shape = {
        "min": optional(decimal_string),
        "max": optional(decimal_string),
        "decimals": integer(0, MAX_DECIMALS),
        "unit": text(40),
    }
    text_settings = ("unit",)
    limits = ("min", "max", "decimals")

    def own_blocks(self) -> list[tuple[str, blocks.Block]]:
        return [("unit", blocks.CharBlock(required=False, max_length=40, label=gettext_lazy("Unit")))]

    def folded_blocks(self) -> list[tuple[str, blocks.Block]]:
        return [
            ("min", blocks.DecimalBlock(required=False, label=gettext_lazy("Lowest number"))),
            ("max", blocks.DecimalBlock(required=False, label=gettext_lazy("Highest number"))),
            (
                "decimals",
                blocks.IntegerBlock(default=0, min_value=0, max_value=MAX_DECIMALS, label=gettext_lazy("Decimals")),
            ),
        ]

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        bounds = {key: None if value[key] is None else normalised(Decimal(value[key])) for key in ("min", "max")}
        return {**bounds, "decimals": value["decimals"], "unit": (value["unit"] or "").strip()}

    def conflicts(self, settings: dict[str, Json]) -> Iterator[tuple[str, str]]:
        lowest, highest = settings["min"], settings["max"]
        if lowest is not None and highest is not None and Decimal(highest) < Decimal(lowest):
            yield "max", _("The highest number cannot be lower than the lowest.")

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return NumberField(question, **common)

    def accepts_raw(self, raw: Json) -> bool:
        return super().accepts_raw(raw) or (isinstance(raw, int) and not isinstance(raw, bool))

    def to_json(self, cleaned: Any) -> Json:
        return None if cleaned is None else normalised(cleaned)

    def to_python(self, value: Json) -> Any:
        return None if self.is_blank(value) else Decimal(value)

    def input_text(self, value: Json) -> str:
        written = super().input_text(value)
        return localised_number(written) if DECIMAL.fullmatch(written) else written

    def text(self, question: Question, value: Json) -> str:
        unit = question["settings"]["unit"]
        written = self.input_text(value)
        return f"{written} {unit}" if written and unit else written

    def notes(self, question: Question) -> list[str]:
        return ["unit"] if question["settings"]["unit"] else []

    def reaches(self, value: Json, bound: Json) -> bool:
        return not decimal_string(value) and not decimal_string(bound) and Decimal(value) >= Decimal(bound)

    def specimens(self, question: Question, compared: Collection[Json]) -> list[Json] | None:
        settings = question["settings"]
        lowest, highest = (None if settings[key] is None else Decimal(settings[key]) for key in ("min", "max"))
        step = Decimal(1).scaleb(-settings["decimals"])
        marks = [Decimal(mark) for mark in (*compared, settings["min"], settings["max"], "0") if mark is not None]
        # What lies at and on either side of each mark, as fine as the question lets a person write.
        below = [(mark / step).to_integral_value(ROUND_FLOOR) * step for mark in marks]
        around = {mark + near * step for mark in below for near in (-1, 0, 1)}
        fit = (one for one in around if (lowest is None or one >= lowest) and (highest is None or one <= highest))
        return [written for one in sorted(fit) if not decimal_string(written := normalised(one))]

    def condition_value(self, question: Question, raw: Json) -> Json:
        written = raw if not decimal_string(raw) else parsed(str(raw))
        if written is None:
            raise ValidationError(_("“%(value)s” is not a number.") % {"value": raw})
        return written
