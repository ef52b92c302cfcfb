"""Documents of earlier formats, read as if they had been frozen today. A frozen document itself is never rewritten."""

from typing import Any

from mus_workflow.formbuilder.shapes import Json, Question, Schema

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
