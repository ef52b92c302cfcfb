"""A point on a scale, with words at its ends."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from mus_workflow.formbuilder.questions.base import QuestionType
from mus_workflow.formbuilder.questions.choosing import choice_field
from mus_workflow.formbuilder.shapes import Json, Question, boolean, integer, listing, one_of, text

NOT_APPLICABLE = "not_applicable"
HIGHEST_END = 100
MOST_STEPS = 20
BEST = [("HIGHEST", gettext_lazy("The highest")), ("LOWEST", gettext_lazy("The lowest"))]


class Scale(QuestionType):
    type = "scale"
    label = gettext_lazy("Scale")
    icon = "order"
    group = gettext_lazy("Choice")
    operators = ("answered", "not_answered", "equals", "not_equals", "at_least")
    settings_shape = {
        "min": integer(0, HIGHEST_END),
        "max": integer(0, HIGHEST_END),
        "min_label": text(),
        "max_label": text(),
        "best": one_of("HIGHEST", "LOWEST"),
        "not_applicable": boolean,
        "labels": listing,
    }
    text_settings = ("min_label", "max_label")

    def own_blocks(self) -> list[tuple[str, blocks.Block]]:
        bounds = {"min_value": 0, "max_value": HIGHEST_END}
        return [
            ("min", blocks.IntegerBlock(default=1, label=gettext_lazy("From"), **bounds)),
            ("min_label", blocks.CharBlock(required=False, label=gettext_lazy("Words at the low end"))),
            ("max", blocks.IntegerBlock(default=5, label=gettext_lazy("To"), **bounds)),
            ("max_label", blocks.CharBlock(required=False, label=gettext_lazy("Words at the high end"))),
        ]

    def folded_blocks(self) -> list[tuple[str, blocks.Block]]:
        return [
            ("best", blocks.ChoiceBlock(choices=BEST, default="HIGHEST", label=gettext_lazy("Best answer"))),
            ("not_applicable", blocks.BooleanBlock(required=False, label=gettext_lazy("Offer “not applicable”"))),
        ]

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        words = {"min_label": (value["min_label"] or "").strip(), "max_label": (value["max_label"] or "").strip()}
        points = {"min": value["min"], "max": value["max"], "best": value["best"]}
        return {**points, **words, "not_applicable": bool(value["not_applicable"]), "labels": []}

    def conflicts(self, settings: dict[str, Json]) -> Iterator[tuple[str, str]]:
        if settings["max"] <= settings["min"]:
            yield "max", _("The scale must end higher than it starts.")
        elif settings["max"] - settings["min"] > MOST_STEPS:
            yield "max", _("The scale has too many points: at most %(most)s fit.") % {"most": MOST_STEPS + 1}

    def choices(self, question: Question) -> list[tuple[str, str]]:
        settings = question["settings"]
        points = [(str(point), str(point)) for point in range(settings["min"], settings["max"] + 1)]
        return [*points, (NOT_APPLICABLE, _("Not applicable"))] if settings["not_applicable"] else points

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        return choice_field(
            forms.TypedChoiceField,
            question,
            self.choices(question),
            coerce=lambda key: key if key == NOT_APPLICABLE else int(key),
            empty_value=None,
            widget=forms.RadioSelect,
            **common,
        )

    def accepts_raw(self, raw: Json) -> bool:
        return super().accepts_raw(raw) or (isinstance(raw, int) and not isinstance(raw, bool))

    def chosen(self, value: Json) -> Collection[str]:
        return (self.input_text(value),)

    def text(self, question: Question, value: Json) -> str:
        words = dict(self.choices(question)).get(self.input_text(value), "")
        if not words or value == NOT_APPLICABLE:
            return words
        return _("%(point)s (%(low_end)s – %(high_end)s)") % {
            "point": words,
            "low_end": _end(question, "min"),
            "high_end": _end(question, "max"),
        }

    def context(self, question: Question) -> dict[str, Any]:
        settings = question["settings"]
        return {"lowest": str(settings["min"]), "highest": str(settings["max"]), "outside": NOT_APPLICABLE}

    def condition_words(self, question: Question, value: Json) -> str:
        return dict(self.choices(question)).get(self.input_text(value), "")

    def reaches(self, value: Json, bound: Json) -> bool:
        return type(value) is int and type(bound) is int and value >= bound

    def specimens(self, question: Question, compared: Collection[Json]) -> list[Json] | None:
        return [self.condition_value(question, key) for key, _label in self.choices(question)]

    def condition_value(self, question: Question, raw: Json) -> Json:
        wanted = str(raw).strip().casefold()
        for key, label in self.choices(question):
            if wanted in {key, label.casefold()}:
                return key if key == NOT_APPLICABLE else int(key)
        raise ValidationError(_("“%(value)s” is not a point on the scale.") % {"value": raw})


def _end(question: Question, end: str) -> str:
    settings = question["settings"]
    label = settings[f"{end}_label"]
    return f"{settings[end]} = {label}" if label else str(settings[end])
