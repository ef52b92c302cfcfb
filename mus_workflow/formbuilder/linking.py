"""Rows that one question takes from another: in the frozen form only the link stands, and reading it fills them in."""

from collections.abc import Iterator, Mapping
from typing import Any

from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.shapes import Json, Question, Schema


def with_rows(schema: Schema) -> Schema:
    """The document with the rows of every question that takes them from an earlier one. The same if none does."""
    if not any(_source_id(question) for section in schema["sections"] for question in section["questions"]):
        return schema
    earlier: dict[str, Question] = {}
    sections = []
    for section in schema["sections"]:
        questions = []
        for question in section["questions"]:
            questions.append(_with_rows(question, earlier))
            earlier[question["id"]] = questions[-1]
        sections.append({**section, "questions": questions})
    return {**schema, "sections": sections}


def _with_rows(question: Question, earlier: Mapping[str, Question]) -> Question:
    source = earlier.get(_source_id(question))
    rows = registry.get(source["type"]).rows_of(source) if source else None
    # Where the source is not among the reader's questions, the rows have been filled in before.
    return question if rows is None else {**question, "settings": {**question["settings"], "rows": rows}}


def _source_id(question: Question) -> str:
    return str(question["settings"].get("rows_from") or "")


def chosen_rows(question: Question, earlier: Mapping[str, Question], answers: Mapping[str, Json]) -> set[str] | None:
    """The ids of the rows that the answer to another question leaves in; None where all of them stay.

    `earlier` are questions by id, `answers` whole answers by question id.
    """
    source = earlier.get(_source_id(question))
    if source is None:
        return None
    chosen = registry.get(source["type"]).rows_chosen(source, answers.get(source["id"]))
    return None if chosen is None else set(chosen)


def narrowed(question: Question, earlier: Mapping[str, Question], answers: Mapping[str, Json]) -> Question:
    """The question with only the rows that the answer to another question leaves in."""
    chosen = chosen_rows(question, earlier, answers)
    if chosen is None:
        return question
    rows = [row for row in question["settings"]["rows"] if row["id"] in chosen]
    return {**question, "settings": {**question["settings"], "rows": rows}}


def with_hidden_rows(question: Question, chosen: set[str] | None) -> Question:
    """The question with `hidden` in the rows that are not chosen: on the page they wait for being chosen."""
    if chosen is None:
        return question
    rows: list[dict[str, Any]] = [{**row, "hidden": row["id"] not in chosen} for row in question["settings"]["rows"]]
    return {**question, "settings": {**question["settings"], "rows": rows}}


def unlinked(question: Question) -> Question:
    """The question with its rows as its own: all of them are shown."""
    return {**question, "settings": {**question["settings"], "rows_from": None}} if _source_id(question) else question


def narrowing(schema: Schema) -> Iterator[Question]:
    """The questions whose rows depend on the answer to another."""
    for section in schema["sections"]:
        yield from (question for question in section["questions"] if _source_id(question))
