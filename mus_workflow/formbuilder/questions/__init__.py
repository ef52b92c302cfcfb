"""The kinds of question a form can ask. A host adds its own with `registry.register`."""

from mus_workflow.formbuilder.questions import (
    confirmation,
    consent,
    date,
    date_range,
    email,
    file,
    information,
    long_text,
    multiple_choice,
    number,
    phone,
    scale,
    short_text,
    signature,
    single_choice,
    time,
    url,
    yes_no,
)
from mus_workflow.formbuilder.questions.base import QuestionType
from mus_workflow.formbuilder.questions.registry import registry

__all__ = ["QuestionType", "registry"]

for _question_type in (
    short_text.ShortText,
    long_text.LongText,
    email.Email,
    phone.Phone,
    url.Url,
    single_choice.SingleChoice,
    multiple_choice.MultipleChoice,
    yes_no.YesNo,
    consent.Consent,
    confirmation.Confirmation,
    scale.Scale,
    number.Number,
    date.Date,
    file.FileQuestion,
    date_range.DateRange,
    time.Time,
    information.Information,
    signature.Signature,
):
    registry.register(_question_type)
