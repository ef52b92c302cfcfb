"""Something that is known already, to read: about the person, their work, or what was agreed last time."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from mus_workflow.formbuilder.questions.rules_block import OfferedBlock
from mus_workflow.formbuilder.questions.shown import ShownType
from mus_workflow.formbuilder.shapes import Json, identifier, one_of, optional

SOURCES = [
    ("PERSON", gettext_lazy("The employee's name and title")),
    ("EMPLOYMENT", gettext_lazy("The employee's unit, and since when")),
    ("MANAGER", gettext_lazy("The manager")),
    ("LAST_ANSWER", gettext_lazy("An answer in the last agreement")),
    ("LAST_ITEMS", gettext_lazy("The items of the last agreement, and how they went")),
]
LAST_ANSWER = "LAST_ANSWER"


class Prefill(ShownType):
    type = "prefill"
    label = gettext_lazy("Known already")
    icon = "user"
    settings_shape = {"source": one_of(*(source for source, _label in SOURCES)), "question": optional(identifier)}

    def own_blocks(self) -> list[tuple[str, blocks.Block]]:
        answer = OfferedBlock(
            LAST_ANSWER,
            required=False,
            label=gettext_lazy("Which answer"),
            help_text=gettext_lazy("Only for an answer in the last agreement."),
        )
        return [
            ("source", blocks.ChoiceBlock(choices=SOURCES, default="PERSON", label=gettext_lazy("What is shown"))),
            ("question", answer),
        ]

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        picked = (value["question"] or "").strip().lower()
        return {"source": value["source"], "question": picked or None}

    def block_value(self, settings: dict[str, Json]) -> dict[str, Any]:
        return {**settings, "question": settings["question"] or ""}

    def conflicts(self, settings: dict[str, Json]) -> Iterator[tuple[str, str]]:
        if settings["source"] == LAST_ANSWER and settings["question"] is None:
            yield "question", _("Pick which answer in the last agreement.")
        if settings["source"] != LAST_ANSWER and settings["question"] is not None:
            yield "question", _("Only an answer in the last agreement is picked by its question. Leave this empty.")
