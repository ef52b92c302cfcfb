"""A whole sentence that the person agrees to, with a box to tick."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from mus_workflow.formbuilder.questions.base import short_label
from mus_workflow.formbuilder.questions.question_block import QuestionBlock
from mus_workflow.formbuilder.questions.ticking import TickType
from mus_workflow.formbuilder.shapes import Json, Question


class Consent(TickType):
    type = "consent"
    label = gettext_lazy("Consent to a sentence")
    icon = "circle-check"

    def block(self) -> blocks.StructBlock:
        called = gettext_lazy("The sentence that the person agrees to")
        return QuestionBlock(called=called, label=self.label, icon=self.icon, group=self.group)

    def tick_words(self, question: Question) -> str:
        return question["label"]

    def lacking(self, question: Question, value: Json) -> list[tuple[str, str]]:
        told = _("“%(label)s” must be ticked before you can go on.")
        return [] if value is True else [("", told % {"label": short_label(question)})]

    def text(self, question: Question, value: Json) -> str:
        return _("Yes") if value is True else ""
