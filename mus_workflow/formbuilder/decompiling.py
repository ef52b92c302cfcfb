"""From the frozen document back to the editor's blocks: the way in for a form that comes from elsewhere."""

from collections.abc import Mapping
from typing import Any

from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.rule_blocks import rule_blocks
from mus_workflow.formbuilder.schema import QUESTION_SHAPE, SECTION_SHAPE
from mus_workflow.formbuilder.shapes import Json, Question, Schema

# What stands in the document and is no block of the same name in the editor.
NO_BLOCK = ("id", "type", "parent", "settings", "questions", "visible_if", "required_if")


def blocks_of(schema: Schema) -> list[dict[str, Any]]:
    """The StreamField's JSON from which the editor gets this form, every id kept.

    To know that nothing was lost on the way, compile the blocks and look for a `first_difference`.
    """
    return [_section(section) for section in schema["sections"]]


def _section(section: Mapping[str, Json]) -> dict[str, Any]:
    value = {key: section[key] for key in SECTION_SHAPE if key not in NO_BLOCK}
    rules = rule_blocks(section["visible_if"], None)
    questions = [_question(one) for one in section["questions"]]
    return {"type": "section", "id": section["id"], "value": {**value, **rules, "questions": questions}}


def _question(question: Question) -> dict[str, Any]:
    question_type = registry.get(question["type"])
    value = {key: question[key] for key in QUESTION_SHAPE if key not in NO_BLOCK}
    own = question_type.block_value(dict(question["settings"]))
    rules = rule_blocks(question["visible_if"], question["required_if"])
    nested = question["parent"] is not None
    return {"type": question_type.type, "id": question["id"], "value": {**value, "nested": nested, **rules, **own}}


def first_difference(one: Json, other: Json, path: str = "") -> str | None:
    """The path of the first value that the two documents do not share; None when they are the same."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        places = [(f"{path}.{key}".lstrip("."), one.get(key), other.get(key)) for key in {**one, **other}]
        if one.keys() != other.keys():
            return next(f"{path}.{key}".lstrip(".") for key in {**one, **other} if (key in one) != (key in other))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        pairs = enumerate(zip(one, other, strict=True))
        places = [(f"{path}[{index}]", left, right) for index, (left, right) in pairs]
    else:
        return None if type(one) is type(other) and one == other else path
    found = (first_difference(left, right, where) for where, left, right in places)
    return next((where for where in found if where is not None), None)
