"""The exchange document as JSON Schema, from the same shapes that check it. `form.schema.json` is this, written down.

It says less than `schema.validate`: what must agree across a form (ids, rules, translations) JSON Schema cannot say.
"""

from typing import Any

from mus_workflow.formbuilder import conditions, schema
from mus_workflow.formbuilder.exchange import ENVELOPE_SHAPE, KIND
from mus_workflow.formbuilder.formats import FORMAT
from mus_workflow.formbuilder.questions import QuestionType, registry
from mus_workflow.formbuilder.shapes import MAX_QUESTIONS, UUID_PATTERN, Json, object_schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"
RULE = {"$ref": "#/$defs/rule"}
RULE_OR_NULL = {"anyOf": [RULE, {"type": "null"}]}


def json_schema() -> dict[str, Json]:
    """JSON Schema (2020-12) of the newest format, with the settings of every question type that is registered."""
    envelope = object_schema(ENVELOPE_SHAPE)
    _describe(envelope, kind={"const": KIND}, format={"const": FORMAT}, form={"$ref": "#/$defs/form"})
    return {
        "$schema": DIALECT,
        "title": "A form for staff development dialogues (MUS)",
        "description": "Described in docs/form-format.md.",
        **envelope,
        "$defs": _definitions(),
    }


def _definitions() -> dict[str, Json]:
    form = object_schema(schema.FORM_SHAPE)
    sections = {"type": "array", "items": {"$ref": "#/$defs/section"}}
    _describe(form, sections=sections, translations={"$ref": "#/$defs/translations"})
    section = object_schema(schema.SECTION_SHAPE)
    questions = {"type": "array", "maxItems": MAX_QUESTIONS, "items": {"$ref": "#/$defs/question"}}
    _describe(section, visible_if=RULE_OR_NULL, questions=questions)
    question = object_schema(schema.QUESTION_SHAPE)
    types = {"enum": [question_type.type for question_type in registry]}
    _describe(question, type=types, visible_if=RULE_OR_NULL, required_if=RULE_OR_NULL)
    return {
        "form": form,
        "section": section,
        "question": {**question, "allOf": [_settings_of(question_type) for question_type in registry]},
        **_rules(),
        "translations": _translations(),
    }


def _describe(whole: dict[str, Json], **properties: Json) -> None:
    whole["properties"].update(properties)


def _settings_of(question_type: QuestionType) -> dict[str, Json]:
    return {
        "if": {"properties": {"type": {"const": question_type.type}}},
        "then": {"properties": {"settings": question_type.settings_schema()}},
    }


def _rules() -> dict[str, Any]:
    rule = object_schema(schema.GROUP_SHAPE)
    terms = {"type": "array", "minItems": 1, "maxItems": schema.MAX_TERMS, "items": {"$ref": "#/$defs/term"}}
    _describe(rule, terms=terms)
    fact = object_schema(schema.FACT_SHAPE)
    _describe(fact, fact={"enum": list(conditions.FACTS)}, value={"type": ["string", "boolean"]})
    term = {"oneOf": [{"$ref": "#/$defs/answer"}, {"$ref": "#/$defs/fact"}, RULE]}
    return {"rule": rule, "term": term, "answer": object_schema(schema.ANSWER_SHAPE), "fact": fact}


def _translations() -> dict[str, Json]:
    by_key = {"type": "object", "additionalProperties": {"type": "string"}}
    by_id = {"type": "object", "patternProperties": {UUID_PATTERN: by_key}, "properties": {"title": by_key}}
    return {"type": "object", "additionalProperties": {**by_id, "additionalProperties": False}}
