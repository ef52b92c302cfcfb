"""From what a browser sends to answers that can be kept, control by control."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mus_workflow.formbuilder.parts import CONTROL, Asked, UnknownQuestion, field_name, key_of
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.base import short_label
from mus_workflow.formbuilder.shapes import Json, Question, Schema

__all__ = ["Asked", "UnknownQuestion", "field_name", "partial_clean", "posted_answers"]


def posted_answers(schema: Schema, data: Any) -> dict[str, Json]:
    """What a whole form's POST says, by key, for `partial_clean`. What was not posted is left out."""
    asked = Asked(schema)
    by_hex = {question_id.replace("-", ""): question_id for question_id in asked.questions}
    answers: dict[str, Json] = {}
    for name in data:
        match = CONTROL.fullmatch(name)
        question_id = by_hex.get(match[1]) if match else None
        if match is None or question_id is None:
            continue
        key = key_of(question_id, match[2] or "")
        try:
            question = asked.at(key)
        except UnknownQuestion:
            continue
        answers[key] = registry.get(question["type"]).posted(data, name)
    return answers


def partial_clean(schema: Schema, posted: Mapping[str, Json]) -> tuple[dict[str, Json], dict[str, list[str]]]:
    """Check answers as they are typed: (values to save, errors in sentences), both by key.

    Nothing is required, and a cleared answer is None. UnknownQuestion for a key that is not this person's.
    """
    asked = Asked(schema)
    values: dict[str, Json] = {}
    errors: dict[str, list[str]] = {}
    for key, raw in posted.items():
        question = asked.at(key)
        try:
            values[key] = _clean_one(question, raw)
        except ValidationError as error:
            errors[key] = error.messages
    return values, errors


def _clean_one(question: Question, raw: Json) -> Json:
    question_type = registry.get(question["type"])
    if not question_type.accepts_raw(raw):
        refusal = _("The answer to “%(label)s” did not arrive as expected. Load the page again.")
        raise ValidationError(refusal % {"label": short_label(question)})
    return question_type.to_json(question_type.field(question_type.unfinished(question)).clean(raw))
