"""Options that the person puts in order."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from mus_workflow.formbuilder.questions.base import QuestionType, short_label
from mus_workflow.formbuilder.questions.cells import cell_question, hex_of
from mus_workflow.formbuilder.questions.options import ChoiceType
from mus_workflow.formbuilder.shapes import MAX_OPTIONS, Json, Question, Shape, integer, optional


class Ranking(ChoiceType):
    """A finished answer is a list of option ids, the first first. An unfinished one is {option id: place}."""

    type = "ranking"
    label = gettext_lazy("Ranking")
    icon = "list-ol"
    operators: ClassVar[tuple[str, ...]] = ("answered", "not_answered")
    settings_shape: ClassVar[Mapping[str, Shape]] = {
        "options": ChoiceType.settings_shape["options"],
        "places": optional(integer(1, MAX_OPTIONS)),
    }

    def folded_blocks(self) -> list[tuple[str, blocks.Block]]:
        places = blocks.IntegerBlock(
            required=False,
            min_value=1,
            max_value=MAX_OPTIONS,
            label=gettext_lazy("How many are put in order"),
            help_text=gettext_lazy("Such as 3 for the three most important. Empty: all of them."),
        )
        return [("places", places)]

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        return {"options": super().settings({**value, "other": False})["options"], "places": value["places"]}

    def conflicts(self, settings: dict[str, Json]) -> Iterator[tuple[str, str]]:
        yield from super().conflicts(settings)
        if (settings["places"] or 0) > len(settings["options"]):
            yield "places", _("There are fewer options than places.")

    def has_parts(self, question: Question) -> bool:
        return True

    def is_blank(self, value: Any) -> bool:
        return super().is_blank(value) or value == {}

    def fixed_parts(self, question: Question) -> list[str]:
        return [hex_of(option["id"]) for option in question["settings"]["options"]]

    def part_question(self, question: Question, part: str) -> Question:
        labels = {hex_of(option["id"]): option["label"] for option in question["settings"]["options"]}
        points = {"min": 1, "max": _places(question), "min_label": "", "max_label": "", "not_applicable": False}
        return cell_question(question, "scale", labels[part], **points)

    def parts(self, question: Question, value: Json) -> dict[str, Json]:
        return {hex_of(option_id): place for option_id, place in _placed(value).items()}

    def assemble(self, question: Question, parts: Mapping[str, Json]) -> Json:
        options = [option["id"] for option in question["settings"]["options"]]
        placed = {option: place for option in options if (place := parts.get(hex_of(option))) is not None}
        if sorted(placed.values()) == list(range(1, _places(question) + 1)):
            return sorted(placed, key=placed.__getitem__)
        return placed or None

    def lacking(self, question: Question, value: Json) -> list[tuple[str, str]]:
        if self.is_blank(value) or isinstance(value, list):
            return QuestionType.lacking(self, question, value)
        labels = {option["id"]: f"“{option['label']}”" for option in question["settings"]["options"]}
        found: list[tuple[str, str]] = []
        for place in range(1, _places(question) + 1):
            there = [option for option in labels if value.get(option) == place]
            names = {"place": place, "label": short_label(question)}
            if not there:
                found.append(("", _("Nothing is number %(place)s in “%(label)s” yet.") % names))
            elif len(there) > 1:
                names["options"] = get_text_list([labels[option] for option in there], _("and"))
                sentence = _("%(options)s are all number %(place)s in “%(label)s”: give them different places.")
                found.append((hex_of(there[0]), sentence % names))
        return found

    def text(self, question: Question, value: Json) -> str:
        labels = {option["id"]: option["label"] for option in question["settings"]["options"]}
        placed = {option: place for option, place in _placed(value).items() if option in labels}
        return "\n".join(f"{placed[option]}. {labels[option]}" for option in sorted(placed, key=placed.__getitem__))

    def condition_value(self, question: Question, raw: Json) -> Json:
        raise ValidationError(_("A condition can only ask whether this question is answered."))

    def choices(self, question: Question) -> list[tuple[str, str]]:
        # What is chosen is a place for each option; the question as a whole offers nothing to choose.
        return []

    def cells(self, question: Question, cells: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        helps: Sequence[str] = [option["help"] for option in question["settings"]["options"]]
        return {"cells": list(zip(cells.values(), helps, strict=True)), "places": _places(question)}


def _places(question: Question) -> int:
    return int(question["settings"]["places"] or len(question["settings"]["options"]))


def _placed(value: Json) -> dict[str, int]:
    if isinstance(value, list):
        return {option_id: place for place, option_id in enumerate(value, start=1)}
    return dict(value or {})
