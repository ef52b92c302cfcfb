"""Answers with the words they were given under, in the order of the form."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.utils import translation

from mus_workflow.formbuilder.conditions import visible_ids
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.schema import localised, questions


def worded_sections(
    schema: Mapping[str, Any],
    answers: Mapping[str, Any],
    *,
    language: str,
    only: Collection[str] | None = None,
    writers: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """The given answers as words in this language, section by section; nothing is told of a question without one.

    ``answers`` is {question id: JSON value}; ``only`` limits to these ids; ``writers`` is {question: participant id}.
    Answers whose question is hidden by a condition are left out.
    """
    with translation.override(language):
        return _worded_sections(localised(schema, language), answers, only=only, writers=writers or {})


def _worded_sections(
    worded: Mapping[str, Any],
    answers: Mapping[str, Any],
    *,
    only: Collection[str] | None,
    writers: Mapping[str, str],
) -> list[dict[str, Any]]:
    visible = visible_ids(worded, dict(answers))
    sections = []
    for section in worded["sections"]:
        given = [
            _worded(question, answers[question["id"]], writers.get(question["id"], ""))
            for question in section["questions"]
            if question["id"] in answers
            and question["id"] in visible
            and (only is None or question["id"] in only)
            and not registry.get(question["type"]).is_blank(answers[question["id"]])
        ]
        if given:
            sections.append({"id": section["id"], "heading": section["heading"], "answers": given})
    return sections


def given_ids(schema: Mapping[str, Any], answers: Mapping[str, Any]) -> list[str]:
    """The ids of the questions that have an answer and are not hidden, in the order of the form."""
    visible = visible_ids(schema, dict(answers))
    return [
        question["id"]
        for question in questions(schema)
        if question["id"] in visible
        and question["id"] in answers
        and not registry.get(question["type"]).is_blank(answers[question["id"]])
    ]


def _worded(question: Mapping[str, Any], value: Any, writer: str) -> dict[str, Any]:
    return {
        "id": question["id"],
        "label": question["label"],
        "type": question["type"],
        "value": value,
        "text": registry.get(question["type"]).text(question, value),
        "by": writer,
    }
