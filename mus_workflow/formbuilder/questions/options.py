"""Options of a choice: known by their ids, so that they can be reworded and moved.

Where a choice offers “other”, its text is a control of its own: the part `other`. An answer that has such a text is
{"chosen": what is chosen, "other": text}; one without is what is chosen alone.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from mus_workflow.formbuilder.questions.base import QuestionType, TextSlot, short_label
from mus_workflow.formbuilder.questions.short_text import ShortText
from mus_workflow.formbuilder.shapes import (
    MAX_OPTIONS,
    Json,
    Question,
    Shape,
    boolean,
    identifier,
    listing,
    mismatches,
    object_schema,
    text,
    words,
)

OPTION_SHAPE = {"id": identifier, "label": words(), "help": text()}
OTHER = "other"  # the key of the option, and the part of its text
MOST_OTHER = 250


class OptionBlock(blocks.StructBlock):
    label = blocks.CharBlock(max_length=1000, label=gettext_lazy("Option"))
    help = blocks.CharBlock(required=False, max_length=1000, label=gettext_lazy("Explanation"))

    class Meta:
        label = gettext_lazy("Option")
        icon = "radio-empty"
        label_format = "{label}"


class ChoiceType(QuestionType):
    """A question whose answers are picked among options the editor writes."""

    group = gettext_lazy("Choice")
    operators: ClassVar[tuple[str, ...]] = ("answered", "not_answered", "equals", "not_equals")
    settings_shape: ClassVar[Mapping[str, Shape]] = {"options": listing, "other": boolean}

    def own_blocks(self) -> list[tuple[str, blocks.Block]]:
        option = OptionBlock()
        empty = [option.get_default(), option.get_default()]
        options = blocks.ListBlock(option, min_num=2, max_num=MAX_OPTIONS, default=empty, label=gettext_lazy("Options"))
        return [("options", options)]

    def folded_blocks(self) -> list[tuple[str, blocks.Block]]:
        return [
            ("other", blocks.BooleanBlock(required=False, label=gettext_lazy("Offer “other”, with a line to write on")))
        ]

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        options = [
            {
                "id": bound.id,
                "label": (bound.value.get("label") or "").strip(),
                "help": (bound.value.get("help") or "").strip(),
            }
            for bound in value["options"].bound_blocks
        ]
        return {"options": options, "other": bool(value["other"])}

    def block_value(self, settings: dict[str, Json]) -> dict[str, Any]:
        options = [
            {"type": "item", "id": option["id"], "value": {"label": option["label"], "help": option["help"]}}
            for option in settings["options"]
        ]
        return {**settings, "options": options}

    def missing_ids(self, value: Mapping[str, Any]) -> Iterator[str]:
        if any(not bound.original_id for bound in value["options"].bound_blocks):
            yield "options"

    def conflicts(self, settings: dict[str, Json]) -> Iterator[tuple[str, str]]:
        options = settings["options"]
        wrong = [
            (f"options[{index}].{key}".rstrip("."), reason)
            for index, option in enumerate(options)
            for key, reason in mismatches(option, OPTION_SHAPE)
        ]
        yield from wrong
        if wrong:
            return
        if not 2 <= len(options) <= MAX_OPTIONS:
            yield "options", _("A choice needs from 2 to %(most)s options.") % {"most": MAX_OPTIONS}
        labels = [option["label"].casefold() for option in options]
        repeated = next((option["label"] for option in options if labels.count(option["label"].casefold()) > 1), None)
        if repeated is not None:
            yield "options", _("Two options are called “%(label)s”.") % {"label": repeated}

    def settings_schema(self) -> Json:
        schema = super().settings_schema()
        options = {"type": "array", "minItems": 2, "maxItems": MAX_OPTIONS, "items": object_schema(OPTION_SHAPE)}
        return {**schema, "properties": {**schema["properties"], "options": options}}

    # What “other” stands for

    def has_parts(self, question: Question) -> bool:
        return bool(question["settings"]["other"])

    def fixed_parts(self, question: Question) -> list[str]:
        return ["", OTHER] if self.has_parts(question) else [""]

    def part_question(self, question: Question, part: str) -> Question:
        if not part:
            return question
        if part != OTHER or not self.has_parts(question):
            raise KeyError(part)
        label = _("%(question)s: other") % {"question": short_label(question)}
        as_line = {"type": ShortText.type, "settings": {"max_length": MOST_OTHER}, "placeholder": "", "example": ""}
        return {**question, **as_line, "label": label, "required": False, "labelled": True}

    def parts(self, question: Question, value: Json) -> dict[str, Json]:
        return {"": value["chosen"], OTHER: value["other"]} if isinstance(value, dict) else {"": value}

    def assemble(self, question: Question, parts: Mapping[str, Json]) -> Json:
        # The text stays where it was typed when another option is chosen, and is then no part of the answer.
        chosen, written = parts.get(""), parts.get(OTHER)
        return {"chosen": chosen, "other": written} if OTHER in self.chosen(chosen) and written else chosen

    def lacking(self, question: Question, value: Json) -> list[tuple[str, str]]:
        if self.is_blank(value) or OTHER not in self.chosen(value) or isinstance(value, dict):
            return super().lacking(question, value)
        return [(OTHER, _("Write what “other” stands for in “%(label)s”.") % {"label": short_label(question)})]

    def cells(self, question: Question, cells: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        return {"other": cells.get(OTHER)}

    def text(self, question: Question, value: Json) -> str:
        chosen = self.chosen(value)
        labels = {key: label for key, label in self.choices(question) if key in chosen}
        if isinstance(value, dict) and OTHER in labels:
            labels[OTHER] = _("Other: %(text)s") % {"text": value["other"]}
        return ", ".join(labels.values())

    def equals(self, answer: Json, wanted: Json) -> bool:
        return wanted in self.chosen(answer)

    def contains(self, answer: Json, wanted: Json) -> bool:
        return self.equals(answer, wanted)

    def translatable(self, settings: dict[str, Json]) -> Iterator[TextSlot]:
        for option in settings["options"]:
            yield TextSlot(option["id"], "label", option)
            yield TextSlot(option["id"], "help", option)

    def part_ids(self, settings: dict[str, Json]) -> Iterator[str]:
        for option in settings["options"]:
            yield option["id"]

    def choices(self, question: Question) -> list[tuple[str, str]]:
        options = [(option["id"], option["label"]) for option in question["settings"]["options"]]
        return [*options, (OTHER, _("Other"))] if self.has_parts(question) else options

    def explanation(self, question: Question, key: str) -> str:
        return next((option["help"] for option in question["settings"]["options"] if option["id"] == key), "")

    def condition_value(self, question: Question, raw: Json) -> Json:
        wanted = str(raw).strip().casefold()
        for key, label in self.choices(question):
            if wanted in {key, label.casefold()}:
                return key
        labels = ", ".join(f"“{label}”" for _key, label in self.choices(question))
        raise ValidationError(
            _("There is no option “%(value)s”. The options are %(labels)s.") % {"value": raw, "labels": labels}
        )
