"""A tick by which the person confirms what the question, or a row of a table, says."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from mus_workflow.formbuilder.questions.ticking import TickType
from mus_workflow.formbuilder.shapes import Json, Question, text


class Confirmation(TickType):
    type = "confirmation"
    label = gettext_lazy("Confirmation")
    icon = "tasks"
    settings_shape = {"words": text()}
    text_settings = ("words",)

    def own_blocks(self) -> list[tuple[str, blocks.Block]]:
        beside = blocks.CharBlock(
            required=False,
            label=gettext_lazy("Words beside the box"),
            help_text=gettext_lazy("Leave it empty for the usual words."),
        )
        return [("words", beside)]

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        return {"words": (value["words"] or "").strip()}

    def tick_words(self, question: Question) -> str:
        return question["settings"].get("words") or _("I confirm")

    def text(self, question: Question, value: Json) -> str:
        if value is not True:
            return ""
        return question["settings"].get("words") or _("Confirmed")
