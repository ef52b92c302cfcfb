"""Documents of earlier formats, read as if they had been frozen today. A frozen document itself is never rewritten."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _

from mus_workflow.formbuilder.shapes import (
    Json,
    Question,
    Schema,
    Shape,
    described,
    listing_of,
    mapping,
    optional,
    text,
)

FORMAT = 2

NEW_IN_FORM = {"layout": "PAGE", "retention": "STANDARD"}
NEW_IN_SECTION = {"number": "", "visible_if": None}
NEW_IN_QUESTION: dict[str, Json] = {
    "number": "",
    "mirrored": "",
    "placeholder": "",
    "example": "",
    "parent": None,
    "required_if": None,
    "countable": False,
}
# What both were asked was written by each in a preparation, and by both together in what they share.
NEW_AUDIENCE = {"BOTH": "AGREED"}
NEW_SETTINGS: dict[str, dict[str, Json]] = {
    "single_choice": {"display": "RADIO", "other": False},
    "multiple_choice": {"other": False},
    "scale": {"labels": []},
}

# What must be so before a document of format 1 can be read as a newer one; `schema.validate` judges the rest.
OLD_QUESTION: dict[str, Shape] = {
    "type": text(),
    "audience": text(),
    "visible_if": optional(mapping),
    "settings": mapping,
}


def known_format(value: Json) -> str:
    """The shape of a format's number."""
    return "" if type(value) is int and 1 <= value <= FORMAT else _("is a format we cannot read")


described(known_format, {"type": "integer", "minimum": 1, "maximum": FORMAT})


def misfits(schema: Json) -> Iterator[tuple[str, str]]:
    """(path, reason) for what keeps a document of an earlier format from being `upgraded`. None for the newest."""
    if schema.get("format") != 1:
        return
    yield from _new(schema, NEW_IN_FORM, "")
    if reason := listing_of(mapping, 1_000)(schema.get("sections")):
        yield "sections", reason
        return
    for index, section in enumerate(schema["sections"]):
        path = f"sections[{index}]"
        yield from _new(section, NEW_IN_SECTION, f"{path}.")
        if reason := listing_of(mapping, 1_000)(section.get("questions")):
            yield f"{path}.questions", reason
            return
        for number, question in enumerate(section["questions"]):
            yield from _misfits_of_question(question, f"{path}.questions[{number}].")


def _misfits_of_question(question: Question, path: str) -> Iterator[tuple[str, str]]:
    yield from _new(question, NEW_IN_QUESTION, path)
    for key, shape in OLD_QUESTION.items():
        if reason := shape(question[key]) if key in question else _("is missing"):
            yield f"{path}{key}", reason
            return
    yield from _new(question["settings"], NEW_SETTINGS.get(question["type"], {}), f"{path}settings.")
    if "options" in question["settings"] and (reason := listing_of(mapping, 1_000)(question["settings"]["options"])):
        yield f"{path}settings.options", reason


def _new(holder: Question, keys: Question, path: str) -> Iterator[tuple[str, str]]:
    yield from ((f"{path}{key}", _("is not a known key")) for key in keys if key in holder)


def upgraded(schema: Schema) -> Schema:
    """The document in the newest format. One that is in it already, or in none we know, comes back as it is."""
    return _from_1(schema) if type(schema) is dict and schema.get("format") == 1 else schema


def _from_1(schema: Schema) -> dict[str, Any]:
    sections = [
        {**section, **NEW_IN_SECTION, "questions": [_question_from_1(question) for question in section["questions"]]}
        for section in schema["sections"]
    ]
    return {**schema, **NEW_IN_FORM, "format": FORMAT, "sections": sections}


def _question_from_1(question: Question) -> dict[str, Any]:
    rule = question["visible_if"]
    settings = {**question["settings"], **NEW_SETTINGS.get(question["type"], {})}
    if "options" in settings:
        settings["options"] = [{**option, "help": ""} for option in settings["options"]]
    return {
        **question,
        **NEW_IN_QUESTION,
        "audience": NEW_AUDIENCE.get(question["audience"], question["audience"]),
        "visible_if": {"match": "ALL", "terms": [rule]} if rule else None,
        "settings": settings,
    }
