"""A form on paper: every question with room to answer by hand, and the numbers to type it in by.

Each type is drawn by what is known of all types: choices are boxes, text is lines, parts are a table. A type that wants
it otherwise has a template `questions/paper/<type>.html`, which is given what `paper/default.html` is given.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.template import TemplateDoesNotExist
from django.template.loader import get_template
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override

from mus_workflow.formbuilder.conditions import in_words
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.scale import is_long
from mus_workflow.formbuilder.schema import questions
from mus_workflow.formbuilder.shapes import Question, Schema

FOLDER = "mus_workflow/questions/paper"
LINES = {"long_text": 8}
MOST_LINES = 14


def paper(schema: Schema) -> SafeString:
    """The sections and questions of a form as its reader meets it, as HTML to print. Nothing in it was answered."""
    numbers, by_id = numbers_of(schema), {question["id"]: question for question in questions(schema)}
    with override(schema["language"]):
        sections = [
            {
                **section,
                "intro": SafeString(section["intro"]),  # cleaned when the form was frozen
                "rule": in_words(section["visible_if"], by_id) if section["visible_if"] else "",
                "boxes": [_box(question, numbers, by_id) for question in section["questions"]],
            }
            for section in schema["sections"]
        ]
        foreign = "" if schema["language"] == get_language() else schema["language"]
        html = get_template(f"{FOLDER}/form.html").render({"sections": sections, "language": foreign})
    return SafeString(html)


def numbers_of(schema: Schema) -> dict[str, str]:
    """{question id: number} of what is asked: the editor's own numbers where they tell all apart, else from 1."""
    asked = [question for question in questions(schema) if registry.get(question["type"]).asks]
    own = [question["number"] for question in asked]
    if all(own) and len(set(own)) == len(own):
        return {question["id"]: question["number"] for question in asked}
    return {question["id"]: str(number) for number, question in enumerate(asked, start=1)}


def with_numbers(schema: Schema, mine: Schema) -> dict[str, Any]:
    """The document with the numbers that stand on one reader's paper; `mine` is the form as that reader meets it."""
    numbers = numbers_of(mine)
    sections = [
        {
            **section,
            "questions": [{**one, "number": numbers.get(one["id"], one["number"])} for one in section["questions"]],
        }
        for section in schema["sections"]
    ]
    return {**schema, "sections": sections}


def _box(question: Question, numbers: Mapping[str, str], by_id: Mapping[str, Question]) -> SafeString:
    question_type = registry.get(question["type"])
    rule = question["visible_if"]
    context = {
        "question": question,
        "settings": question["settings"],
        "number": numbers.get(question["id"], ""),
        "help": SafeString(question["help"]),  # cleaned when the form was frozen
        "rule": in_words(rule, by_id) if rule else "",
        "is_asked": question_type.asks,
        **_room(question),
        "rows": _rows(question),
        "has_own_room": not question_type.asks or "" in question_type.fixed_parts(question),
    }
    return SafeString(_template(question["type"]).render(context))


def _room(question: Question) -> dict[str, Any]:
    """The room to answer in: boxes to tick, or a number of lines."""
    choices = _choices(question)
    return {"choices": choices, "lines": range(0 if choices else _lines(question)), "unit": _unit(question)}


def _choices(question: Question) -> list[str]:
    """What there is a box for, with the words that explain it. A point among many is written, not ticked."""
    question_type = registry.get(question["type"])
    if not question_type.asks or (question["type"] == "scale" and is_long(question["settings"])):
        return []
    found = [(label, question_type.explanation(question, key)) for key, label in question_type.choices(question)]
    return [f"{label}: {words}" if words else label for label, words in found]


def _lines(question: Question) -> int:
    most = question["settings"].get("max_length")
    if question["type"] not in LINES:
        return 1 if not isinstance(most, int) or most <= 120 else 2
    return min(MOST_LINES, max(3, most // 90)) if isinstance(most, int) and most < 1_000 else LINES[question["type"]]


def _unit(question: Question) -> str:
    unit = question["settings"].get("unit", "")
    return unit if isinstance(unit, str) else ""


def _rows(question: Question) -> list[dict[str, Any]]:
    """The controls of a question with several, each with its wording and room."""
    question_type = registry.get(question["type"])
    if not question_type.asks or not question_type.has_parts(question):
        return []
    parts: Sequence[str] = [part for part in question_type.fixed_parts(question) if part]
    asked = [question_type.part_question(question, part) for part in parts]
    return [{"label": one["label"], **_room(one)} for one in asked]


def _template(type_name: str) -> Any:
    try:
        return get_template(f"{FOLDER}/{type_name}.html")
    except TemplateDoesNotExist:
        return get_template(f"{FOLDER}/default.html")
