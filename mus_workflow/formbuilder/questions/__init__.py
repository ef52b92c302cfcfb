"""The kinds of question a form can ask. A host adds its own with `registry.register`."""

from mus_workflow.formbuilder.questions import (
    computed,
    date,
    information,
    long_text,
    multiple_choice,
    number,
    prefill,
    scale,
    short_text,
    shown,
    single_choice,
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
    computed.Computed,
    information.Information,
    shown.AgreedItems,
    shown.CarriedItems,
    prefill.Prefill,
):
    registry.register(_question_type)
