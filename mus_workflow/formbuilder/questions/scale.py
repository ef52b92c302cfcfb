"""A point on a scale, with words at its ends or at any of its points.

A scale of up to 21 points is buttons; a longer one is a number to write, and “not applicable” is then a box beside it,
which is a control of its own: the part `na`.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from mus_workflow.formbuilder.questions.base import QuestionType, TextSlot, short_label
from mus_workflow.formbuilder.questions.choosing import choice_field, frame
from mus_workflow.formbuilder.questions.confirmation import Confirmation
from mus_workflow.formbuilder.shapes import (
    Json,
    Question,
    Shape,
    boolean,
    identifier,
    integer,
    listing,
    mismatches,
    one_of,
    text,
    words,
)

NOT_APPLICABLE = "not_applicable"
BESIDE = "na"
HIGHEST_END = 100
MOST_STEPS = 20
LABEL_SHAPE: Mapping[str, Shape] = {"id": identifier, "point": integer(0, HIGHEST_END), "label": words()}
BEST = [("HIGHEST", gettext_lazy("The highest")), ("LOWEST", gettext_lazy("The lowest"))]


def is_long(settings: Mapping[str, Json]) -> bool:
    """Whether the scale has more points than there can be buttons."""
    return bool(settings["max"] - settings["min"] > MOST_STEPS)


class PointBlock(blocks.StructBlock):
    point = blocks.IntegerBlock(min_value=0, max_value=HIGHEST_END, label=gettext_lazy("Point"))
    label = blocks.CharBlock(max_length=1000, label=gettext_lazy("Words"))

    class Meta:
        label = gettext_lazy("Words at a point")
        icon = "tag"
        label_format = "{point}: {label}"


class WrittenPointField(forms.TypedChoiceField):
    """A point written as a number."""

    question: Question

    def to_python(self, value: Any) -> str:
        """The point without needless zeros."""
        written = "" if value is None else str(value).strip()
        return str(int(written)) if written.isascii() and written.isdecimal() and len(written) <= 3 else written

    def validate(self, value: Any) -> None:
        settings = self.question["settings"]
        if value and not self.valid_value(value):
            raise ValidationError(
                _("“%(label)s” must be a whole number from %(lowest)s to %(highest)s.")
                % {"label": short_label(self.question), "lowest": settings["min"], "highest": settings["max"]}
            )
        super().validate(value)


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
            ("labels", blocks.ListBlock(PointBlock(), default=[], label=gettext_lazy("Words at points in between"))),
        ]

    def folded_blocks(self) -> list[tuple[str, blocks.Block]]:
        return [
            ("best", blocks.ChoiceBlock(choices=BEST, default="HIGHEST", label=gettext_lazy("Best answer"))),
            ("not_applicable", blocks.BooleanBlock(required=False, label=gettext_lazy("Offer “not applicable”"))),
        ]

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        words = {"min_label": (value["min_label"] or "").strip(), "max_label": (value["max_label"] or "").strip()}
        points = {"min": value["min"], "max": value["max"], "best": value["best"]}
        labels = [
            {"id": bound.id, "point": bound.value.get("point"), "label": (bound.value.get("label") or "").strip()}
            for bound in value["labels"].bound_blocks
        ]
        return {**points, **words, "not_applicable": bool(value["not_applicable"]), "labels": labels}

    def block_value(self, settings: dict[str, Json]) -> dict[str, Any]:
        labels = [
            {"type": "item", "id": one["id"], "value": {"point": one["point"], "label": one["label"]}}
            for one in settings["labels"]
        ]
        return {**settings, "labels": labels}

    def missing_ids(self, value: Mapping[str, Any]) -> Iterator[str]:
        if any(not bound.original_id for bound in value["labels"].bound_blocks):
            yield "labels"

    def part_ids(self, settings: dict[str, Json]) -> Iterator[str]:
        for one in settings["labels"]:
            yield one["id"]

    def translatable(self, settings: dict[str, Json]) -> Iterator[TextSlot]:
        yield from super().translatable(settings)
        for one in settings["labels"]:
            yield TextSlot(one["id"], "label", one)

    def conflicts(self, settings: dict[str, Json]) -> Iterator[tuple[str, str]]:
        if settings["max"] <= settings["min"]:
            yield "max", _("The scale must end higher than it starts.")
        wrong = [
            (f"labels[{index}].{key}".rstrip("."), reason)
            for index, one in enumerate(settings["labels"])
            for key, reason in mismatches(one, LABEL_SHAPE)
        ]
        yield from wrong or self._misplaced(settings)

    def _misplaced(self, settings: dict[str, Json]) -> Iterator[tuple[str, str]]:
        points = [one["point"] for one in settings["labels"]]
        ends = {settings["min"]: settings["min_label"], settings["max"]: settings["max_label"]}
        for point in dict.fromkeys(points):
            if not settings["min"] <= point <= settings["max"]:
                yield "labels", _("The scale has no point %(point)s to put words at.") % {"point": point}
            elif points.count(point) > 1 or ends.get(point):
                yield "labels", _("Point %(point)s has words twice.") % {"point": point}

    # “Not applicable” beside a number that is written

    def has_parts(self, question: Question) -> bool:
        return bool(question["settings"]["not_applicable"]) and is_long(question["settings"])

    def fixed_parts(self, question: Question) -> list[str]:
        return ["", BESIDE] if self.has_parts(question) else [""]

    def part_question(self, question: Question, part: str) -> Question:
        if not part:
            return question
        if part != BESIDE or not self.has_parts(question):
            raise KeyError(part)
        label = _("%(question)s: not applicable") % {"question": short_label(question)}
        as_tick = {"type": Confirmation.type, "settings": {"words": _("Not applicable")}, "labelled": True}
        return {**question, **as_tick, "label": label, "required": False}

    def parts(self, question: Question, value: Json) -> dict[str, Json]:
        return {BESIDE: True} if value == NOT_APPLICABLE and self.has_parts(question) else {"": value}

    def assemble(self, question: Question, parts: Mapping[str, Json]) -> Json:
        return NOT_APPLICABLE if parts.get(BESIDE) and self.has_parts(question) else parts.get("")

    def cells(self, question: Question, cells: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        return {"beside": cells.get(BESIDE)}

    def choices(self, question: Question) -> list[tuple[str, str]]:
        settings = question["settings"]
        points = [(str(point), str(point)) for point in range(settings["min"], settings["max"] + 1)]
        return [*points, (NOT_APPLICABLE, _("Not applicable"))] if settings["not_applicable"] else points

    def explanation(self, question: Question, key: str) -> str:
        return _words_at(question["settings"]).get(key, "")

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        field = choice_field(
            WrittenPointField if is_long(question["settings"]) else forms.TypedChoiceField,
            question,
            self.choices(question),
            coerce=lambda key: key if key == NOT_APPLICABLE else int(key),
            empty_value=None,
            widget=forms.RadioSelect,
            **common,
        )
        if isinstance(field, WrittenPointField):
            field.question = question
        return field

    def accepts_raw(self, raw: Json) -> bool:
        return super().accepts_raw(raw) or (isinstance(raw, int) and not isinstance(raw, bool))

    def chosen(self, value: Json) -> Collection[str]:
        return (self.input_text(value),)

    def text(self, question: Question, value: Json) -> str:
        point = dict(self.choices(question)).get(self.input_text(value), "")
        if not point or value == NOT_APPLICABLE:
            return point
        said = next((one["label"] for one in question["settings"]["labels"] if one["point"] == value), "")
        return _("%(point)s (%(low_end)s – %(high_end)s)") % {
            "point": f"{point} = {said}" if said else point,
            "low_end": _end(question, "min"),
            "high_end": _end(question, "max"),
        }

    def context(self, question: Question) -> dict[str, Any]:
        settings = question["settings"]
        said, points = _words_at(settings), settings["max"] - settings["min"] + 1
        alone = is_long(settings) and not settings["not_applicable"]
        return {
            "outside": NOT_APPLICABLE,
            "frame": frame(alone),
            "alone": alone,
            "long": is_long(settings),
            # With words at most points, each point has a line of its own; otherwise they are gathered under the steps.
            "lines": bool(settings["labels"]) and 2 * len(said) > points and not is_long(settings),
            "said": list(said.items()),
        }

    def notes(self, question: Question) -> list[str]:
        return ["range"] if is_long(question["settings"]) else []

    def condition_words(self, question: Question, value: Json) -> str:
        return dict(self.choices(question)).get(self.input_text(value), "")

    def reaches(self, value: Json, bound: Json) -> bool:
        return type(value) is int and type(bound) is int and value >= bound

    def condition_value(self, question: Question, raw: Json) -> Json:
        wanted = str(raw).strip().casefold()
        for key, label in self.choices(question):
            if wanted in {key, label.casefold()}:
                return key if key == NOT_APPLICABLE else int(key)
        raise ValidationError(_("“%(value)s” is not a point on the scale.") % {"value": raw})


def _words_at(settings: Mapping[str, Json]) -> dict[str, str]:
    """{point: words} of the points that have words, from the lowest."""
    ends = {settings["min"]: settings["min_label"], settings["max"]: settings["max_label"]}
    between = {one["point"]: one["label"] for one in settings["labels"]}
    return {str(point): label for point, label in sorted({**ends, **between}.items()) if label}


def _end(question: Question, end: str) -> str:
    point = question["settings"][end]
    label = _words_at(question["settings"]).get(str(point))
    return f"{point} = {label}" if label else str(point)
