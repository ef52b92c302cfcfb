"""A value that is worked out from earlier answers. Nobody types it, and no draft stores it."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import get_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from mus_workflow.formbuilder.questions.base import QuestionType, TextSlot, short_label
from mus_workflow.formbuilder.questions.condition_block import PickerBlock
from mus_workflow.formbuilder.questions.number import MAX_DECIMALS, localised_number, normalised, parsed
from mus_workflow.formbuilder.shapes import (
    Json,
    Question,
    decimal_string,
    identifier,
    integer,
    listing_of,
    mapping,
    mismatches,
    one_of,
    text,
    words,
)
from mus_workflow.formbuilder.sides import is_asked_with, side_id

FORMULAS = [
    ("SUM", gettext_lazy("Sum")),
    ("AVERAGE", gettext_lazy("Average")),
    ("WEIGHTED", gettext_lazy("Per cent of the highest possible")),
]
SOURCES = ("number", "scale", "computed")
MOST_SOURCES = 50
MOST_BANDS = 20
TERM_SHAPE = {"question": identifier, "weight": decimal_string}
BAND_SHAPE = {"id": identifier, "from": decimal_string, "label": words(200)}


class SourceBlock(blocks.StructBlock):
    """An earlier question, and how much it counts."""

    question = PickerBlock("question", label=gettext_lazy("Earlier question"))
    weight = blocks.DecimalBlock(
        default=1, min_value=0, label=gettext_lazy("Weight"), help_text=gettext_lazy("2 counts twice as much as 1.")
    )

    class Meta:
        label = gettext_lazy("Number or scale")
        icon = "cogs"


class BandBlock(blocks.StructBlock):
    """Words for a range of values."""

    start = blocks.DecimalBlock(label=gettext_lazy("From"))
    label = blocks.CharBlock(max_length=200, label=gettext_lazy("Words"))

    class Meta:
        label = gettext_lazy("Band")
        icon = "order"
        label_format = "{start} {label}"


def rounded(number: Fraction, decimals: int) -> str:
    """The number with at most so many decimals, a half rounded away from zero, written as `normalised` writes it."""
    scaled = abs(number) * 10**decimals
    units = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return normalised(Decimal(units if number >= 0 else -units).scaleb(-decimals))


class Computed(QuestionType):
    type = "computed"
    label = gettext_lazy("Computed value")
    icon = "cogs"
    group = gettext_lazy("Figures and dates")
    asks = False
    derives = True
    operators = ("answered", "not_answered", "equals", "not_equals", "at_least")
    settings_shape = {
        "formula": one_of("SUM", "AVERAGE", "WEIGHTED"),
        "terms": listing_of(mapping, MOST_SOURCES),
        "decimals": integer(0, MAX_DECIMALS),
        "unit": text(40),
        "bands": listing_of(mapping, MOST_BANDS),
    }
    text_settings = ("unit",)

    def own_blocks(self) -> list[tuple[str, blocks.Block]]:
        sources = blocks.ListBlock(
            SourceBlock(), min_num=1, max_num=MOST_SOURCES, label=gettext_lazy("Worked out from")
        )
        return [
            ("formula", blocks.ChoiceBlock(choices=FORMULAS, default="SUM", label=gettext_lazy("What is worked out"))),
            ("terms", sources),
        ]

    def folded_blocks(self) -> list[tuple[str, blocks.Block]]:
        decimals = blocks.IntegerBlock(default=0, min_value=0, max_value=MAX_DECIMALS, label=gettext_lazy("Decimals"))
        bands = blocks.ListBlock(
            BandBlock(),
            default=[],
            max_num=MOST_BANDS,
            label=gettext_lazy("Bands"),
            help_text=gettext_lazy("What a value is called from a number and up, the lowest first."),
        )
        unit = blocks.CharBlock(required=False, max_length=40, label=gettext_lazy("Unit"))
        return [("decimals", decimals), ("unit", unit), ("bands", bands)]

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        return {
            "formula": value["formula"],
            "terms": [
                {"question": (term.get("question") or "").strip().lower(), "weight": _written(term.get("weight"))}
                for term in value["terms"]
            ],
            "decimals": value["decimals"],
            "unit": (value["unit"] or "").strip(),
            "bands": [
                {
                    "id": bound.id,
                    "from": _written(bound.value.get("start")),
                    "label": (bound.value.get("label") or "").strip(),
                }
                for bound in value["bands"].bound_blocks
            ],
        }

    def block_value(self, settings: dict[str, Json]) -> dict[str, Any]:
        bands = [
            {"type": "item", "id": band["id"], "value": {"start": band["from"], "label": band["label"]}}
            for band in settings["bands"]
        ]
        return {**settings, "bands": bands}

    def missing_ids(self, value: Mapping[str, Any]) -> Iterator[str]:
        if any(not bound.original_id for bound in value["bands"].bound_blocks):
            yield "bands"

    def part_ids(self, settings: dict[str, Json]) -> Iterator[str]:
        for band in settings["bands"]:
            yield band["id"]

    def translatable(self, settings: dict[str, Json]) -> Iterator[TextSlot]:
        yield from super().translatable(settings)
        for band in settings["bands"]:
            yield TextSlot(band["id"], "label", band)

    def conflicts(self, settings: dict[str, Json]) -> Iterator[tuple[str, str]]:
        wrong = [
            (f"{name}[{index}].{key}".rstrip("."), reason)
            for name, shape in (("terms", TERM_SHAPE), ("bands", BAND_SHAPE))
            for index, one in enumerate(settings[name])
            for key, reason in mismatches(one, shape)
        ]
        yield from wrong
        if wrong:
            return
        sources = [term["question"] for term in settings["terms"]]
        if not sources:
            yield "terms", _("Pick at least one earlier question to work it out from.")
        if len(set(sources)) < len(sources):
            yield "terms", _("The same question is there twice: give it the weight it has in all.")
        if any(Decimal(term["weight"]) <= 0 for term in settings["terms"]):
            yield "terms", _("A weight must be above zero.")
        starts = [Decimal(band["from"]) for band in settings["bands"]]
        if any(later <= earlier for earlier, later in pairwise(starts)):
            yield "bands", _("Each band must begin higher than the one before it.")

    def link_problems(self, question: Question, earlier: Mapping[str, Question]) -> Iterator[tuple[str, str]]:
        for index, term in enumerate(question["settings"]["terms"]):
            if reason := _why_no_source(question, earlier.get(term["question"])):
                yield f"terms[{index}].question", reason

    def linked(self, settings: dict[str, Json], twice: Collection[str], role: str) -> dict[str, Json]:
        terms = [
            {**term, "question": side_id(term["question"], role)} if term["question"] in twice else term
            for term in settings["terms"]
        ]
        return {**settings, "terms": terms}

    def derived(self, question: Question, known: Mapping[str, Question], given: Mapping[str, Json]) -> Json:
        """The value as a normalised number; None while no source has a number.

        A source that has no answer, is not applicable or is not asked is left out, above and below the line.
        """
        settings = question["settings"]
        found = [
            (Fraction(term["weight"]), Fraction(number), known[term["question"]])
            for term in settings["terms"]
            if term["question"] in known and (number := _number(given.get(term["question"]))) is not None
        ]
        if not found:
            return None
        result = rounded(WORKED_OUT[settings["formula"]](found), settings["decimals"])
        return None if decimal_string(result) else result

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        raise TypeError("nobody answers a computed value")

    def text(self, question: Question, value: Json) -> str:
        if self.is_blank(value):
            return ""
        settings = question["settings"]
        number = " ".join(part for part in (localised_number(value), settings["unit"]) if part)
        band = next((band for band in reversed(settings["bands"]) if Decimal(band["from"]) <= Decimal(value)), None)
        return f"{number} ({band['label']})" if band else number

    def condition_words(self, question: Question, value: Json) -> str:
        return " ".join(part for part in (localised_number(value), question["settings"]["unit"]) if part)

    def reaches(self, value: Json, bound: Json) -> bool:
        return not decimal_string(value) and not decimal_string(bound) and Decimal(value) >= Decimal(bound)

    def condition_value(self, question: Question, raw: Json) -> Json:
        written = raw if not decimal_string(raw) else parsed(str(raw))
        if written is None:
            raise ValidationError(_("“%(value)s” is not a number.") % {"value": raw})
        return written

    def context_among(self, question: Question, known: Mapping[str, Question]) -> dict[str, Any]:
        settings = question["settings"]
        terms = [_for_script(term, known[term["question"]]) for term in settings["terms"] if term["question"] in known]
        bands = [{"from": band["from"], "label": band["label"]} for band in settings["bands"]]
        kept = {key: settings[key] for key in ("formula", "decimals", "unit")}
        recipe = {**kept, "terms": terms, "bands": bands, "mark": get_format("DECIMAL_SEPARATOR")}
        names = " ".join(f"q_{term['question'].replace('-', '')}" for term in terms)
        return {"recipe": json.dumps(recipe, ensure_ascii=False), "source_names": names}


Found = Sequence[tuple[Fraction, Fraction, Question]]


def _sum(found: Found) -> Fraction:
    return sum((weight * number for weight, number, _source in found), Fraction(0))


def _average(found: Found) -> Fraction:
    return _sum(found) / sum(weight for weight, _number, _source in found)


def _weighted(found: Found) -> Fraction:
    """Per cent of the highest these answers could have given. Where the lowest is best, points count from the top."""
    reached = possible = Fraction(0)
    for weight, number, source in found:
        lowest, highest, is_turned = _ends(source)
        reached += weight * (lowest + highest - number if is_turned else number)
        possible += weight * highest
    return 100 * reached / possible


WORKED_OUT: dict[str, Callable[[Found], Fraction]] = {"SUM": _sum, "AVERAGE": _average, "WEIGHTED": _weighted}


def _ends(source: Question) -> tuple[Fraction, Fraction, bool]:
    settings = source["settings"]
    is_turned = settings.get("best") == "LOWEST"
    return Fraction(settings["min"] or 0), Fraction(settings["max"] or 0), is_turned


def _number(value: Json) -> str | None:
    if type(value) is int:
        return str(value)
    return value if isinstance(value, str) and not decimal_string(value) else None


def _written(number: Any) -> Json:
    return None if number is None else normalised(Decimal(number))


def _why_no_source(question: Question, source: Question | None) -> str:
    if source is None:
        return _("It can only be worked out from earlier questions: pick one of them.")
    names = {"source": short_label(source), "question": short_label(question)}
    if source["type"] not in SOURCES:
        return _("“%(source)s” has no number to work with.") % names
    if not is_asked_with(source, question):
        return _("“%(source)s” is not asked of everyone who is shown “%(question)s”.") % names
    if question["settings"]["formula"] == "WEIGHTED" and not _has_highest(source):
        return _("“%(source)s” has no highest number above zero to compare with.") % names
    return ""


def _has_highest(source: Question) -> bool:
    return source["type"] != "computed" and Decimal(source["settings"]["max"] or 0) > 0


def _for_script(term: Mapping[str, str], source: Question) -> dict[str, Json]:
    """What the browser needs of a source: as the server counts it."""
    if source["type"] == "computed":
        return {**term, "turn": "", "highest": ""}
    lowest, highest, is_turned = _ends(source)
    turn = str(int(lowest + highest)) if is_turned else ""
    return {**term, "turn": turn, "highest": str(source["settings"]["max"] or "")}
