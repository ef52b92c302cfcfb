"""The texts of a form, one by one, and the form in another language."""

import copy
from collections.abc import Iterator
from typing import Any

from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.base import TextSlot
from mus_workflow.formbuilder.shapes import Json, Schema

FORM_ID = "title"
HTML_KEYS = ("help", "intro")
QUESTION_TEXTS = ("label", "mirrored", "help", "placeholder", "example")


def texts(schema: dict[str, Json]) -> Iterator[TextSlot]:
    """Every text of the form in reading order: whose it is, its name, and the dict in the document that holds it.

    The form's own texts have the id “title”: its title is called `label`, though the document says `title`. The
    editor's numbering is no text: it is the same in every language.
    """
    yield TextSlot(FORM_ID, "label", schema)
    yield TextSlot(FORM_ID, "intro", schema)
    for section in schema["sections"]:
        yield TextSlot(section["id"], "heading", section)
        yield TextSlot(section["id"], "intro", section)
        for question in section["questions"]:
            for key in QUESTION_TEXTS:
                yield TextSlot(question["id"], key, question)
            for slot in registry.get(question["type"]).translatable(question["settings"]):
                yield slot._replace(id=slot.id or question["id"])


def held_key(slot: TextSlot) -> str:
    """The name of the slot's text within its holder."""
    return "title" if slot.id == FORM_ID and slot.key == "label" else slot.key


def localised(schema: Schema, language: str) -> dict[str, Json]:
    """The document with its texts in the language; a text that is not translated stays as written."""
    # A site in “en-us” reads what was translated to “en”.
    translated = schema["translations"].get(language) or schema["translations"].get(language.partition("-")[0])
    if not translated or language == schema["language"]:
        return dict(schema)
    result: dict[str, Any] = copy.deepcopy(dict(schema))
    for slot in texts(result):
        words_in_language = translated.get(slot.id, {}).get(slot.key, "")
        if words_in_language.strip():
            slot.holder[held_key(slot)] = words_in_language
    return {**result, "language": language}
