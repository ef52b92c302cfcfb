"""A draft that goes on under another version of its form: no answer is lost, and none passes for one to other words.

A draft's body that has moved holds, beside the rest (see ``documents.merge``):

    moves        [{"from": form version, "confirm": [question id]}], oldest first: where it has been
    gone         {question id: form version under which it was last asked} of answers to what is no longer asked
    unconfirmed  {question id: {"under": form version it was answered under, "stands": bool}}
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from mus_workflow.formbuilder.fields import Asked
from mus_workflow.formbuilder.impact import Change, Kind, impact
from mus_workflow.formbuilder.parts import split_key
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.schema import questions
from mus_workflow.formbuilder.shapes import Question, Schema

from .answers import worded_sections
from .merge import empty_body, plain_answers

Body = dict[str, Any]
SchemaOf = Callable[[int], Schema]


def moved(body: Mapping[str, Any], *, old: Schema, new: Schema, left: int, confirm: Collection[str]) -> Body:
    """The body under another version of the form. ``old`` and ``new`` are the form as the writer meets it.

    ``left`` is the version it leaves, ``confirm`` the questions whose answers have to be confirmed.
    """
    result = {**empty_body(), **body}
    was, now = Asked(old), Asked(new)
    answered = _answered(result)
    gone = {one for key in answered if key in was and key not in now for one in [split_key(key)[0]]}
    asked = {split_key(key)[0] for key in answered if key in now}
    before = body.get("unconfirmed", {})
    waiting = {one: {"under": _under(before.get(one), left), "stands": False} for one in asked.intersection(confirm)}
    return {
        **result,
        "moves": [*body.get("moves", ()), {"from": left, "confirm": sorted(confirm)}],
        "gone": {**body.get("gone", {}), **dict.fromkeys(sorted(gone), left)},
        "unconfirmed": {**before, **waiting},
    }


def settled(body: Mapping[str, Any], edited: Iterable[str], confirmed: Mapping[str, bool], *, now: Asked) -> Body:
    """The body after a save from a page of today's form: writing an answer anew confirms it, and so does saying so.

    ``edited`` are the keys that were written. An answer that the form would not take any more cannot be confirmed.
    """
    waiting = dict(body.get("unconfirmed", {}))
    for key in edited:
        waiting.pop(split_key(key)[0], None)
    for question_id, stands in confirmed.items():
        if question_id in waiting:
            still = stands and can_stand(question_id, plain_answers(body), now)
            waiting[question_id] = {**waiting[question_id], "stands": still}
    return {**body, "unconfirmed": waiting}


def from_earlier_page(body: Mapping[str, Any], edited: Iterable[str], *, page: int, now: Asked) -> Body:
    """The body after a save from a page that was made when the draft was under an earlier version, ``page``.

    What it asked and today's form does not is kept and told; what was answered to other words waits to be confirmed.
    """
    gone, waiting = dict(body.get("gone", {})), dict(body.get("unconfirmed", {}))
    confirm = _confirm_since(body, page)
    answers = plain_answers(body)
    for key in edited:
        question_id = split_key(key)[0]
        if key not in now:
            gone[question_id] = page
        elif question_id in confirm or not fits(now.at(key), answers[key]):
            waiting[question_id] = {"under": page, "stands": False}
    return {**body, "gone": gone, "unconfirmed": waiting}


def earlier_versions(body: Mapping[str, Any]) -> list[int]:
    """The form versions that the draft has been under, oldest first."""
    return [move["from"] for move in body.get("moves", ())]


def unconfirmed_ids(body: Mapping[str, Any]) -> set[str]:
    """The questions whose answers were given to other words, and wait for their author."""
    return {one for one, entry in body.get("unconfirmed", {}).items() if not entry["stands"]}


def standing_answers(body: Mapping[str, Any]) -> dict[str, Any]:
    """{key: JSON value} of the answers that count: those that wait to be confirmed are no answers yet."""
    waiting = unconfirmed_ids(body)
    answers = plain_answers(body)
    return {key: value for key, value in answers.items() if split_key(key)[0] not in waiting} if waiting else answers


def can_stand(question_id: str, answers: Mapping[str, Any], now: Asked) -> bool:
    """Whether today's form would take the stored answer as it is."""
    mine = [(key, value) for key, value in answers.items() if split_key(key)[0] == question_id and value is not None]
    return all(key in now and fits(now.at(key), value) for key, value in mine)


def fits(question: Question, value: Any) -> bool:
    """Whether a stored value is an answer to the question."""
    question_type = registry.get(question["type"])
    if value is None or isinstance(
        value, dict
    ):  # a page cannot write the latter, such as a file: it is as it was taken
        return True
    raw: Any = question_type.input_text(value)
    if question_type.ticked:
        raw = list(question_type.chosen(value))
    elif question_type.choices(question):
        raw = next(iter(question_type.chosen(value)), None)
    if not question_type.accepts_raw(raw):
        return False
    try:
        question_type.field(question_type.unfinished(question)).clean(raw)
    except ValidationError:
        return False
    return True


def no_longer_asked(
    body: Mapping[str, Any], schema: Schema, schema_of: SchemaOf, language: str
) -> list[dict[str, Any]]:
    """The answers that the form of today does not ask for, in the words they were given under, section by section.

    ``schema_of`` gives an earlier version as the writer met it.
    """
    now = Asked(schema)
    left: dict[int, set[str]] = {}
    for key in _answered(body):
        question_id = split_key(key)[0]
        if key not in now and question_id in body.get("gone", {}):
            left.setdefault(body["gone"][question_id], set()).add(question_id)
    answers = plain_answers(body)
    return [
        section
        for version, ids in left.items()
        for section in worded_sections(unconditional(schema_of(version)), answers, language=language, only=ids)
    ]


def unconditional(schema: Schema) -> Schema:
    """The form without its conditions: what hid an answer then says nothing of whether its words are worth keeping."""
    free = {"visible_if": None, "parent": None}
    sections = [
        {**section, "visible_if": None, "questions": [{**question, **free} for question in section["questions"]]}
        for section in schema["sections"]
    ]
    return {**schema, "sections": sections}


def changes_between(old: Schema, new: Schema) -> list[Change]:
    """The changes that one who fills in the form would notice: of what is asked, not of its order."""
    asked = {question["id"] for schema in (old, new) for question in questions(schema)}
    return [change for change in impact(old, new) if change.id in asked and change.kind is not Kind.ORDER]


def differences_of(question_id: str, old: Schema, new: Schema) -> Iterator[Change]:
    """The changes of one question between two versions."""
    yield from (change for change in impact(old, new) if change.id == question_id)


def _answered(body: Mapping[str, Any]) -> list[str]:
    return [key for key, value in plain_answers(body).items() if value is not None]


def _under(entry: Mapping[str, Any] | None, left: int) -> int:
    """Where an answer that was waiting already was given: the words that its author had before them."""
    return left if entry is None or entry["stands"] else int(entry["under"])


def _confirm_since(body: Mapping[str, Any], page: int) -> set[str]:
    versions = earlier_versions(body)
    since = body.get("moves", [])[versions.index(page) :] if page in versions else ()
    return {question_id for move in since for question_id in move["confirm"]}
