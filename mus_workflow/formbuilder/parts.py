"""Where answers are kept: most questions have one control, some have many, and each control is saved by itself.

The *key* of a control is its question's id, or for one of several `id/part`. A part is made of letters, digits and
underscores, such as a row's id in hexadecimal. Two people who write in different rows of a table never meet.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from mus_workflow.formbuilder.conditions import derived_values
from mus_workflow.formbuilder.linking import narrowed
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.added_rows import PART, kept_rows, split_part
from mus_workflow.formbuilder.schema import questions
from mus_workflow.formbuilder.shapes import Json, Question, Schema

CONTROL = re.compile(r"q_([0-9a-f]{32})(?:__([0-9A-Za-z_]{1,100}))?", re.ASCII)


class UnknownQuestion(KeyError):
    """An answer was posted to a question, or a part of one, that is not this person's to answer."""


def key_of(question_id: str, part: str = "") -> str:
    """The key of a question's control."""
    return f"{question_id}/{part}" if part else question_id


def split_key(key: str) -> tuple[str, str]:
    """(question id, part) of a key; the part is empty where the question has one control."""
    question_id, _slash, part = key.partition("/")
    return question_id, part


def field_name(key: str) -> str:
    """The name, and the HTML id, of the control with this key."""
    question_id, part = split_key(key)
    name = f"q_{question_id.replace('-', '')}"
    return f"{name}__{part}" if part else name


class Asked:
    """The questions that a form, as its reader meets it, asks.

    `key in asked` says whether a control, or a question as a whole, is theirs.
    """

    def __init__(self, schema: Schema) -> None:
        self.questions = {one["id"]: one for one in questions(schema) if registry.get(one["type"]).asks}

    def __contains__(self, key: object) -> bool:
        if key in self.questions:
            return True
        try:
            self.at(str(key))
        except UnknownQuestion:
            return False
        return True

    def at(self, key: str) -> Question:
        """The question that the control with this key puts: the question itself, or one made for its part."""
        question_id, part = split_key(key)
        question = self.questions.get(question_id)
        # One place has one key: an answer under another spelling of it would be shown nowhere.
        if question is None or key != key_of(question_id, part):
            raise UnknownQuestion(key)
        question_type = registry.get(question["type"])
        if not part and not question_type.has_parts(question):
            return question
        try:
            return question_type.part_question(question, part)
        except KeyError as error:
            raise UnknownQuestion(key) from error

    def controls(self, flat: Mapping[str, Json]) -> Iterator[tuple[str, Question]]:
        """(key, question) of every control that the page shows, when these are the answers by key."""
        stored = parts_of(flat)
        for question_id, question in self.questions.items():
            question_type = registry.get(question["type"])
            if not question_type.has_parts(question):
                yield question_id, question
                continue
            shown = dict.fromkeys([*question_type.fixed_parts(question), *stored.get(question_id, {})])
            for part in shown:
                key = key_of(question_id, part)
                try:
                    yield key, self.at(key)
                except UnknownQuestion:
                    continue  # a part of the other side's


def assembled(schema: Schema, flat: Mapping[str, Json]) -> dict[str, Json]:
    """The answers by question id, those in parts put together, and the values that follow from them."""
    stored = parts_of(flat) if any("/" in key for key in flat) else {}
    whole = {key: value for key, value in flat.items() if "/" not in key and key not in stored}
    earlier: dict[str, Question] = {}
    for question in questions(schema) if stored else ():
        earlier[question["id"]] = question
        if question["id"] in stored:
            asked = narrowed(question, earlier, whole)
            whole[question["id"]] = registry.get(question["type"]).assemble(asked, stored[question["id"]])
    return {**whole, **derived_values(schema, whole)}


def flattened(schema: Schema, answers: Mapping[str, Json]) -> dict[str, Json]:
    """The answers by key: what `assembled` puts together, taken apart."""
    flat: dict[str, Json] = {}
    for question in questions(schema):
        if question["id"] in answers and not registry.get(question["type"]).derives:
            parts = registry.get(question["type"]).parts(question, answers[question["id"]])
            flat.update({key_of(question["id"], part): value for part, value in parts.items()})
    return flat


def most_rows(flat: Mapping[str, Json]) -> int:
    """How many rows the longest table has, when these are the answers by key; what was removed is not counted."""
    return max((len(kept_rows(parts)) for parts in parts_of(flat).values()), default=0)


def most_rows_ever(flat: Mapping[str, Json]) -> int:
    """How many rows the longest table has had, those that were removed or emptied too: each still takes up room."""
    tables = parts_of(flat).values()
    return max((len({split_part(part)[0] for part in parts if PART.fullmatch(part)}) for parts in tables), default=0)


def parts_of(flat: Mapping[str, Json]) -> dict[str, dict[str, Any]]:
    """{question id: {part: value}} of the questions that have an answer in a part."""
    found: dict[str, dict[str, Any]] = {}
    for key, value in flat.items():
        question_id, part = split_key(key)
        if part:
            found.setdefault(question_id, {})[part] = value
    for question_id, parts in found.items():
        if question_id in flat:
            parts[""] = flat[question_id]
    return found
