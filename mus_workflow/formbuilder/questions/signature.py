"""Where people sign on paper. On the screen it says where they sign instead."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from mus_workflow.formbuilder.questions.base import QuestionType
from mus_workflow.formbuilder.questions.question_block import QuestionBlock
from mus_workflow.formbuilder.shapes import Json, Question, one_of

SIGNERS = [
    ("BOTH", gettext_lazy("Employee and manager")),
    ("EMPLOYEE", gettext_lazy("The employee")),
    ("MANAGER", gettext_lazy("The manager")),
]


class Signature(QuestionType):
    type = "signature"
    label = gettext_lazy("Signatures")
    icon = "edit"
    group = gettext_lazy("Text")
    operators = ()
    asks = False
    settings_shape = {"signers": one_of("BOTH", "EMPLOYEE", "MANAGER")}

    def block(self) -> blocks.StructBlock:
        return QuestionBlock(
            self.own_blocks(), asks=False, wordless=True, label=self.label, icon=self.icon, group=self.group
        )

    def own_blocks(self) -> list[tuple[str, blocks.Block]]:
        return [("signers", blocks.ChoiceBlock(choices=SIGNERS, default="BOTH", label=gettext_lazy("Signed by")))]

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        return {"signers": value["signers"]}

    def make_field(self, question: Question, **common: Any) -> forms.Field:
        raise TypeError("nobody signs in a form")

    def text(self, question: Question, value: Json) -> str:
        return ""

    def context(self, question: Question) -> dict[str, Any]:
        signers = question["settings"]["signers"]
        names = {"EMPLOYEE": _("Employee"), "MANAGER": _("Manager")}
        sentences = {
            "BOTH": _("Employee and manager sign on the signing page, when the text is finished."),
            "EMPLOYEE": _("The employee signs on the signing page, when the text is finished."),
            "MANAGER": _("The manager signs on the signing page, when the text is finished."),
        }
        return {
            "sentence": sentences[signers],
            "signers": [name for side, name in names.items() if signers in ("BOTH", side)],
        }
