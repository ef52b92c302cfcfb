"""Answers with the words they were given under, in the order of the form."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils import translation

from mus_workflow.formbuilder import completeness
from mus_workflow.formbuilder.conditions import derived_among, visible_ids
from mus_workflow.formbuilder.parts import assembled
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.wording import localised


def worded_sections(
    schema: Mapping[str, Any],
    answers: Mapping[str, Any],
    *,
    language: str,
    only: Collection[str] | None = None,
    writers: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """The given answers as words in this language, section by section; nothing is told of a question without one.

    ``answers`` are JSON values by key; ``only`` limits to these ids; ``writers`` is {question id: participant id}.
    Answers whose question is hidden by a condition are left out. Where only some are told, a computed value follows
    from those alone: it gives nothing away of the others.
    """
    with translation.override(language):
        whole = assembled(schema, answers)
        return _worded_sections(localised(schema, language), whole, only=only, writers=writers or {})


def _worded_sections(
    worded: Mapping[str, Any],
    answers: Mapping[str, Any],
    *,
    only: Collection[str] | None,
    writers: Mapping[str, str],
) -> list[dict[str, Any]]:
    visible = visible_ids(worded, answers)
    if only is not None:
        answers = {key: value for key, value in answers.items() if key in only}
        answers |= derived_among(worded, visible, answers)
    sections = []
    for section in worded["sections"]:
        given = [
            _worded(question, answers[question["id"]], writers.get(question["id"], ""))
            for question in section["questions"]
            if question["id"] in answers
            and question["id"] in visible
            and not registry.get(question["type"]).is_blank(answers[question["id"]])
        ]
        if given:
            sections.append({"id": section["id"], "heading": section["heading"], "answers": given})
    return sections


def given_ids(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> list[str]:
    """The ids of the questions that have an answer and are not hidden, in the order of the form."""
    return completeness.given_ids(schema, assembled(schema, answers))


def answer_ids(document: Mapping[str, Any]) -> set[str]:
    """The ids of the questions whose answers a document holds."""
    return {answer["id"] for section in document["sections"] for answer in section["answers"]}


def writers_of(body: Mapping[str, Any]) -> dict[str, str]:
    """{question id: participant id} of who last wrote in each answer of a draft's body."""
    last: dict[str, tuple[int, str]] = {}
    for key, entry in body.get("answers", {}).items():
        question_id = key.partition("/")[0]
        last[question_id] = max(last.get(question_id, (-1, "")), (entry["version"], entry["by"]))
    return {question_id: by for question_id, (_version, by) in last.items()}


def _worded(question: Mapping[str, Any], value: Any, writer: str) -> dict[str, Any]:
    question_type = registry.get(question["type"])
    worded = {
        "id": question["id"],
        "label": question["label"],
        "type": question["type"],
        "value": value,
        "text": question_type.text(question, value),
        "by": writer,
    }
    table = question_type.table(question, value)
    return worded if table is None else {**worded, "table": table}
