"""Options of a choice: known by their ids, so that they can be reworded and moved."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from mus_workflow.formbuilder.questions.base import QuestionType, TextSlot
from mus_workflow.formbuilder.shapes import (
    MAX_OPTIONS,
    Json,
    Question,
    Shape,
    boolean,
    identifier,
    listing,
    mismatches,
    text,
    words,
)

OPTION_SHAPE = {"id": identifier, "label": words(), "help": text()}
OTHER = "other"


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
        options = blocks.ListBlock(
            OptionBlock(), min_num=2, max_num=MAX_OPTIONS, default=[{}, {}], label=gettext_lazy("Options")
        )
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

    def translatable(self, settings: dict[str, Json]) -> Iterator[TextSlot]:
        for option in settings["options"]:
            yield TextSlot(option["id"], "label", option)
            yield TextSlot(option["id"], "help", option)

    def part_ids(self, settings: dict[str, Json]) -> Iterator[str]:
        for option in settings["options"]:
            yield option["id"]

    def choices(self, question: Question) -> list[tuple[str, str]]:
        return [(option["id"], option["label"]) for option in question["settings"]["options"]]

    def condition_value(self, question: Question, raw: Json) -> Json:
        wanted = str(raw).strip().casefold()
        for key, label in self.choices(question):
            if wanted in {key, label.casefold()}:
                return key
        labels = ", ".join(f"“{label}”" for _key, label in self.choices(question))
        raise ValidationError(
            _("There is no option “%(value)s”. The options are %(labels)s.") % {"value": raw, "labels": labels}
        )
