"""A wheel of competences: what one can now, and what the work will need."""

from collections.abc import Mapping
from typing import ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from mus_workflow.formbuilder.questions.double_scale import DoubleScale
from mus_workflow.formbuilder.questions.points import POINTS_SHAPE
from mus_workflow.formbuilder.questions.rows import RowsType
from mus_workflow.formbuilder.shapes import Question, Shape, boolean


class CompetenceWheel(DoubleScale):
    """Its two scales always mean the same, so that wheels can be compared over the years: “a” is now, “b” is needed."""

    type = "competence_wheel"
    label = gettext_lazy("Competence wheel")
    icon = "radio-full"
    settings_shape: ClassVar[Mapping[str, Shape]] = {**RowsType.settings_shape, **POINTS_SHAPE, "every_row": boolean}
    text_settings: ClassVar[tuple[str, ...]] = ("min_label", "max_label")

    def heading_blocks(self) -> list[tuple[str, blocks.Block]]:
        return []

    def headings(self, question: Question) -> tuple[str, str]:
        return _("Now"), _("Needed")
