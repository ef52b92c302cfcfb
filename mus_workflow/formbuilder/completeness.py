"""What a form still wants before it is done."""

from collections.abc import Mapping
from typing import NamedTuple

from mus_workflow.formbuilder.conditions import required_ids, visible_ids
from mus_workflow.formbuilder.linking import narrowed
from mus_workflow.formbuilder.parts import key_of
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.schema import questions
from mus_workflow.formbuilder.shapes import Json, Question, Schema


class Missing(NamedTuple):
    """One thing that is missing: the key of the control, its question, and a sentence."""

    key: str
    question: Question
    sentence: str


def missing(schema: Schema, answers: Mapping[str, Json]) -> list[Missing]:
    """What must be answered, or is answered in part, in the order of the form. `answers` are by question id."""
    required, given = required_ids(schema, answers), set(given_ids(schema, answers))
    by_id = {question["id"]: question for question in questions(schema)}
    return [
        Missing(key_of(question["id"], part), question, sentence)
        for question in questions(schema)
        if question["id"] in required or question["id"] in given
        for part, sentence in registry.get(question["type"]).lacking(
            narrowed(question, by_id, answers), answers.get(question["id"])
        )
    ]


def given_ids(schema: Schema, answers: Mapping[str, Json]) -> list[str]:
    """The ids of the questions that have an answer and are not hidden, in the order of the form."""
    visible = visible_ids(schema, answers)
    return [
        question["id"]
        for question in questions(schema)
        if question["id"] in visible
        and question["id"] in answers
        and registry.get(question["type"]).asks
        and not registry.get(question["type"]).is_blank(answers[question["id"]])
    ]


class Progress(NamedTuple):
    """How many of a section's questions are asked now, and how many of those have an answer."""

    section: str
    answered: int
    asked: int


def progress(schema: Schema, answers: Mapping[str, Json]) -> list[Progress]:
    """How far each section is that asks something now, in the order of the form. `answers` are by question id."""
    visible, given = visible_ids(schema, answers), set(given_ids(schema, answers))
    found = []
    for section in schema["sections"]:
        asked = [
            question["id"]
            for question in section["questions"]
            if question["id"] in visible and registry.get(question["type"]).asks
        ]
        if asked:
            found.append(Progress(section["id"], sum(one in given for one in asked), len(asked)))
    return found
