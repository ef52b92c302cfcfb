"""The frozen form document: what it may hold, and its digest. `docs/form-format.md` describes it for others."""

import hashlib
import json
from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from mus_workflow.formbuilder import conditions
from mus_workflow.formbuilder.formats import FORMAT
from mus_workflow.formbuilder.html import clean_html
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.shapes import (
    MAX_LABEL,
    MAX_QUESTIONS,
    MAX_TEXT,
    Json,
    Question,
    Schema,
    Shape,
    boolean,
    described,
    identifier,
    listing,
    listing_of,
    mapping,
    mismatches,
    one_of,
    optional,
    text,
    words,
)
from mus_workflow.formbuilder.wording import HTML_KEYS, texts

AUDIENCES = ("EMPLOYEE", "MANAGER", "BOTH", "AGREED")
SHARINGS = ("SHARED", "PRIVATE", "ALWAYS")
LAYOUTS = ("PAGE", "SECTIONS", "QUESTIONS")
RETENTIONS = ("STANDARD", "UNTIL_SIGNED", "WITH_AGREEMENT")
MAX_TERMS = 20
MAX_NUMBER = 20


def _format(value: Json) -> str:
    return "" if type(value) is int and value == FORMAT else _("is a format we cannot read")


def _html(value: Json) -> str:
    reason = text(MAX_TEXT)(value)
    return reason or ("" if clean_html(value) == value else _("has markup that is not allowed"))


described(_format, {"const": FORMAT})
described(_html, {"type": "string", "maxLength": MAX_TEXT, "contentMediaType": "text/html"})


FORM_SHAPE: dict[str, Shape] = {
    "format": _format,
    "language": words(20),
    "title": words(),
    "intro": _html,
    "layout": one_of(*LAYOUTS),
    "retention": one_of(*RETENTIONS),
    "sections": listing,
    "translations": mapping,
}
SECTION_SHAPE: dict[str, Shape] = {
    "id": identifier,
    "number": text(MAX_NUMBER),
    "heading": text(),
    "intro": _html,
    "visible_if": optional(mapping),
    "questions": listing,
}
QUESTION_SHAPE: dict[str, Shape] = {
    "id": identifier,
    "type": words(40),
    "number": text(MAX_NUMBER),
    "label": text(),
    "mirrored": text(),
    "help": _html,
    "placeholder": text(MAX_LABEL),
    "example": text(MAX_LABEL),
    "parent": optional(identifier),
    "required": boolean,
    "required_if": optional(mapping),
    "audience": one_of(*AUDIENCES),
    "sharing": one_of(*SHARINGS),
    "sensitive": boolean,
    "countable": boolean,
    "visible_if": optional(mapping),
    "settings": mapping,
}
GROUP_SHAPE: dict[str, Shape] = {"match": one_of(*conditions.MATCHES), "terms": listing_of(mapping, MAX_TERMS)}
ANSWER_SHAPE: dict[str, Shape] = {
    "question": identifier,
    "op": one_of("equals", "not_equals", "contains", "answered", "not_answered", "at_least"),
    "value": lambda value: "",
}
FACT_SHAPE: dict[str, Shape] = {
    "fact": one_of(*conditions.FACTS),
    "op": one_of(*conditions.FACT_OPS),
    "value": lambda value: boolean(value) if isinstance(value, bool) else words(100)(value),
}


class SchemaError(ValueError):
    """The document is not a form. `path` says where, `reason` why."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path = path
        self.reason = reason


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
    _validate_parents(schema)
    _validate_links(schema)
    _validate_rules(schema)
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
    if not question_type.asks and (question["required"] or question["required_if"] is not None):
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


def _validate_parents(schema: Schema) -> None:
    for index, section in enumerate(schema["sections"]):
        above: set[str] = set()
        for number, question in enumerate(section["questions"]):
            if question["parent"] is None:
                above = {question["id"]}
            elif question["parent"] not in above:
                path = f"sections[{index}].questions[{number}].parent"
                raise SchemaError(path, _("is not the question above in the same section"))


def _validate_links(schema: Schema) -> None:
    """What one question's settings say of earlier questions."""
    earlier: dict[str, Question] = {}
    for index, section in enumerate(schema["sections"]):
        for number, question in enumerate(section["questions"]):
            path = f"sections[{index}].questions[{number}].settings"
            for key, reason in registry.get(question["type"]).link_problems(question, earlier):
                raise SchemaError(_join(path, key), reason)
            earlier[question["id"]] = question


def _validate_rules(schema: Schema) -> None:
    earlier: dict[str, Question] = {}
    for index, section in enumerate(schema["sections"]):
        path = f"sections[{index}]"
        if section["visible_if"] is not None:
            for question in section["questions"] or [{"audience": "BOTH", "label": section["heading"]}]:
                _validate_rule(section["visible_if"], question, earlier, _join(path, "visible_if"))
        for number, question in enumerate(section["questions"]):
            for key in ("visible_if", "required_if"):
                if question[key] is not None:
                    _validate_rule(question[key], question, earlier, f"{path}.questions[{number}].{key}")
            earlier[question["id"]] = question


def _validate_rule(rule: Json, question: Question, earlier: Mapping[str, Question], path: str, depth: int = 1) -> None:
    _require(rule, GROUP_SHAPE, path)
    if not rule["terms"]:
        raise SchemaError(_join(path, "terms"), _("must not be empty"))
    for number, term in enumerate(rule["terms"]):
        here = f"{path}.terms[{number}]"
        if "terms" in term:
            if depth == conditions.DEPTH:
                raise SchemaError(here, _("is nested too deep"))
            if term.get("match") == rule["match"] != "NONE":
                raise SchemaError(here, _("says the same as the group it stands in: write its terms there"))
            _validate_rule(term, question, earlier, here, depth + 1)
        elif "fact" in term:
            _require(term, FACT_SHAPE, here)
        else:
            _validate_term(term, question, earlier, here)


def _validate_term(term: Json, question: Question, earlier: Mapping[str, Question], path: str) -> None:
    _require(term, ANSWER_SHAPE, path)
    if term["question"] not in earlier:
        raise SchemaError(_join(path, "question"), _("is not an earlier question"))
    for key, reason in conditions.conflicts(term, question, earlier[term["question"]]):
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
