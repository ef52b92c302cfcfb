"""The frozen form document: what it may hold, its digest, and what one reader sees of it."""

import copy
import hashlib
import json
from collections.abc import Iterator
from typing import NamedTuple

from django.utils.translation import gettext as _

from mus_workflow.formbuilder import conditions
from mus_workflow.formbuilder.html import clean_html
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.base import TextSlot
from mus_workflow.formbuilder.shapes import (
    MAX_QUESTIONS,
    MAX_TEXT,
    Json,
    Question,
    Schema,
    Shape,
    boolean,
    identifier,
    listing,
    mapping,
    mismatches,
    one_of,
    optional,
    text,
    words,
)

FORMAT = 1
AUDIENCES = ("EMPLOYEE", "MANAGER", "BOTH")
SHARINGS = ("SHARED", "PRIVATE")
FORM_ID = "title"
HTML_KEYS = ("help", "intro")


def _format(value: Json) -> str:
    return "" if type(value) is int and value == FORMAT else _("is a format we cannot read")


def _html(value: Json) -> str:
    reason = text(MAX_TEXT)(value)
    return reason or ("" if clean_html(value) == value else _("has markup that is not allowed"))


FORM_SHAPE: dict[str, Shape] = {
    "format": _format,
    "language": words(20),
    "title": words(),
    "intro": _html,
    "sections": listing,
    "translations": mapping,
}
SECTION_SHAPE: dict[str, Shape] = {"id": identifier, "heading": text(), "intro": _html, "questions": listing}
QUESTION_SHAPE: dict[str, Shape] = {
    "id": identifier,
    "type": words(40),
    "label": text(),
    "help": _html,
    "required": boolean,
    "audience": one_of(*AUDIENCES),
    "sharing": one_of(*SHARINGS),
    "sensitive": boolean,
    "visible_if": optional(mapping),
    "settings": mapping,
}
CONDITION_SHAPE: dict[str, Shape] = {
    "question": identifier,
    "op": one_of("equals", "not_equals", "answered", "not_answered", "at_least"),
    "value": lambda value: "",
}


class SchemaError(ValueError):
    """The document is not a form. `path` says where, `reason` why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path = path
        self.reason = reason


class FormKey(NamedTuple):
    """What one reader's view of a form version depends on. The role may be None: everybody's questions."""

    digest: str
    role: str | None
    language: str


def digest(schema: Schema) -> str:
    """SHA-256, in hexadecimal, of the document's canonical JSON."""
    canonical = json.dumps(schema, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def questions(schema: Schema) -> Iterator[Question]:
    """Every question in order, texts without a question included."""
    for section in schema["sections"]:
        yield from section["questions"]


def validate(schema: Json) -> None:
    """Raise SchemaError, naming path and reason, unless the document is a form we can show for ever."""
    _require(schema, FORM_SHAPE, "")
    for index, section in enumerate(schema["sections"]):
        _require(section, SECTION_SHAPE, f"sections[{index}]")
        for number, question in enumerate(section["questions"]):
            _validate_question(question, f"sections[{index}].questions[{number}]")
    _validate_ids(schema)
    _validate_conditions(schema)
    _validate_translations(schema)


def _require(value: Json, shape: dict[str, Shape], path: str) -> None:
    for key, reason in mismatches(value, shape):
        raise SchemaError(_join(path, key), reason)


def _join(path: str, key: str) -> str:
    return ".".join(part for part in (path, key) if part)


def _validate_question(question: Json, path: str) -> None:
    _require(question, QUESTION_SHAPE, path)
    if question["type"] not in registry:
        raise SchemaError(_join(path, "type"), _("is a question type we do not know"))
    question_type = registry.get(question["type"])
    for key, reason in question_type.problems(question["settings"]):
        raise SchemaError(_join(path, f"settings.{key}".rstrip(".")), reason)
    if question_type.asks and not question["label"].strip():
        raise SchemaError(_join(path, "label"), _("must not be empty"))
    if question["required"] and not question_type.asks:
        raise SchemaError(_join(path, "required"), _("nobody can answer this"))


def _validate_ids(schema: Schema) -> None:
    seen: set[str] = set()
    for path, part_id in part_ids(schema):
        if part_id in seen:
            raise SchemaError(path, _("is used twice"))
        seen.add(part_id)
    if sum(1 for _question in questions(schema)) > MAX_QUESTIONS:
        raise SchemaError("sections", _("have more than %(most)s questions") % {"most": MAX_QUESTIONS})


def part_ids(schema: Schema) -> Iterator[tuple[str, str]]:
    """(path, id) of every section, question and part of a question."""
    for index, section in enumerate(schema["sections"]):
        yield f"sections[{index}].id", section["id"]
        for number, question in enumerate(section["questions"]):
            path = f"sections[{index}].questions[{number}]"
            yield f"{path}.id", question["id"]
            for part_id in registry.get(question["type"]).part_ids(question["settings"]):
                yield f"{path}.settings", part_id


def _validate_conditions(schema: Schema) -> None:
    earlier: dict[str, Question] = {}
    for index, section in enumerate(schema["sections"]):
        for number, question in enumerate(section["questions"]):
            rule = question["visible_if"]
            if rule is not None:
                _validate_condition(question, earlier, f"sections[{index}].questions[{number}].visible_if")
            earlier[question["id"]] = question


def _validate_condition(question: Question, earlier: dict[str, Question], path: str) -> None:
    rule = question["visible_if"]
    _require(rule, CONDITION_SHAPE, path)
    if rule["question"] not in earlier:
        raise SchemaError(_join(path, "question"), _("is not an earlier question"))
    for key, reason in conditions.conflicts(rule, question, earlier[rule["question"]]):
        raise SchemaError(_join(path, key), reason)


def _validate_translations(schema: dict[str, Json]) -> None:
    known = {(slot.id, slot.key) for slot in texts(schema)}
    for language, by_id in schema["translations"].items():
        path = f"translations.{language}"
        if reason := words(20)(language) or mapping(by_id):
            raise SchemaError(path, reason)
        for part_id, by_key in by_id.items():
            if reason := mapping(by_key):
                raise SchemaError(f"{path}.{part_id}", reason)
            for key, value in by_key.items():
                if (part_id, key) not in known:
                    raise SchemaError(f"{path}.{part_id}.{key}", _("translates no text of the form"))
                if reason := (_html if key in HTML_KEYS else text())(value):
                    raise SchemaError(f"{path}.{part_id}.{key}", reason)


def texts(schema: dict[str, Json]) -> Iterator[TextSlot]:
    """Every text of the form in reading order: whose it is, its name, and the dict in the document that holds it.

    The form's own texts have the id “title”: its title is called `label`, though the document says `title`.
    """
    yield TextSlot(FORM_ID, "label", schema)
    yield TextSlot(FORM_ID, "intro", schema)
    for section in schema["sections"]:
        yield TextSlot(section["id"], "heading", section)
        yield TextSlot(section["id"], "intro", section)
        for question in section["questions"]:
            yield TextSlot(question["id"], "label", question)
            yield TextSlot(question["id"], "help", question)
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
    result = copy.deepcopy(dict(schema))
    for slot in texts(result):
        words_in_language = translated.get(slot.id, {}).get(slot.key, "")
        if words_in_language.strip():
            slot.holder[held_key(slot)] = words_in_language
    return {**result, "language": language}


def for_audience(schema: Schema, role: str) -> dict[str, Json]:
    """The document with only the questions asked of the role. A section that asks it nothing is absent too."""
    sections = [
        {
            **section,
            "questions": [question for question in section["questions"] if question["audience"] in ("BOTH", role)],
        }
        for section in schema["sections"]
    ]
    kept = [
        mine
        for mine, whole in zip(sections, schema["sections"], strict=True)
        if mine["questions"] or not whole["questions"]
    ]
    return {**schema, "sections": kept}


def projected(schema: Schema, key: FormKey) -> dict[str, Json]:
    """The document as one reader sees it."""
    in_language = localised(schema, key.language)
    return in_language if key.role is None else for_audience(in_language, key.role)
