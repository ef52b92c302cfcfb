"""The kinds of question a form can ask. A host adds its own with `registry.register`."""

from mus_workflow.formbuilder.questions import (
    competence_wheel,
    date,
    double_scale,
    information,
    long_text,
    matrix,
    multiple_choice,
    number,
    ranking,
    scale,
    short_text,
    single_choice,
    table,
    yes_no,
)
from mus_workflow.formbuilder.questions.base import QuestionType
from mus_workflow.formbuilder.questions.registry import registry

__all__ = ["QuestionType", "registry"]

for _question_type in (
    short_text.ShortText,
    long_text.LongText,
    single_choice.SingleChoice,
    multiple_choice.MultipleChoice,
    yes_no.YesNo,
    scale.Scale,
    number.Number,
    date.Date,
    ranking.Ranking,
    matrix.Matrix,
    double_scale.DoubleScale,
    competence_wheel.CompetenceWheel,
    table.Table,
    information.Information,
):
    registry.register(_question_type)
