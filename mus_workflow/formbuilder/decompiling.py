"""From the frozen document back to the editor's blocks: the way in for a form that comes from elsewhere."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from mus_workflow.formbuilder.conditions import Rule
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.schema import QUESTION_SHAPE, SECTION_SHAPE, SchemaError
from mus_workflow.formbuilder.shapes import Json, Question, Schema

# What stands in the document and is no block of the same name in the editor.
NO_BLOCK = ("id", "type", "parent", "settings", "questions", "visible_if", "required_if")


def blocks_of(schema: Schema) -> list[dict[str, Any]]:
    """The StreamField's JSON from which the editor gets this form, every id kept.

    SchemaError names what the editor has no blocks for. To know that nothing else was lost on the way, compile the
    blocks and look for a `first_difference`.
    """
    return [_section(section, f"sections[{index}]") for index, section in enumerate(schema["sections"])]


def _section(section: Mapping[str, Json], path: str) -> dict[str, Any]:
    value = {key: section[key] for key in SECTION_SHAPE if key not in NO_BLOCK}
    if section["visible_if"] is not None:
        value |= _rules(section["visible_if"], None, path)
    questions = [_question(one, f"{path}.questions[{number}]") for number, one in enumerate(section["questions"])]
    return {"type": "section", "id": section["id"], "value": {**value, "questions": questions}}


def _question(question: Question, path: str) -> dict[str, Any]:
    question_type = registry.get(question["type"])
    value = {key: question[key] for key in QUESTION_SHAPE if key not in NO_BLOCK}
    own = question_type.block_value(dict(question["settings"]))
    rules = _rules(question["visible_if"], question["required_if"], path)
    nested = question["parent"] is not None
    return {"type": question_type.type, "id": question["id"], "value": {**value, "nested": nested, **rules, **own}}


def _rules(visible_if: Rule | None, required_if: Rule | None, path: str) -> dict[str, Any]:
    """The blocks of both rules. So far the editor can say one thing: when a question is shown, by one answer."""
    if required_if is not None:
        raise SchemaError(f"{path}.required_if", _("is a rule that the editor cannot show yet"))
    if visible_if is None:
        return {}
    terms = visible_if["terms"]
    if len(terms) > 1 or visible_if["match"] == "NONE" or "question" not in terms[0]:
        raise SchemaError(f"{path}.visible_if", _("is a rule that the editor cannot show yet"))
    (term,) = terms
    return {"condition": {"question": term["question"], "op": term["op"], "value": _in_a_line(term["value"])}}


def _in_a_line(value: Json) -> str:
    """The value of a condition as it stands in the editor's text control."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


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
