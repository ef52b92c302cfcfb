"""Write what is told of the question types that there are, to programs and to people: `make form-schema`."""

import re
from pathlib import Path
from typing import Any

from django.utils import translation

from mus_workflow.formbuilder.exchange import as_text
from mus_workflow.formbuilder.json_schema import json_schema
from mus_workflow.formbuilder.questions import QuestionType, registry

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "mus_workflow" / "formbuilder" / "form.schema.json"
PAGE = ROOT / "docs" / "form-format.md"
TYPES = re.compile(r"(?<=<!-- types: written by `make form-schema` -->\n).*?(?=<!-- end of types -->)", re.S)
WORDS = {"boolean": "`true` or `false`", "null": "`null`", "object": "an object"}


def write() -> None:
    """Write both, within a running Django: types are known only there."""
    FILE.write_text(as_text(json_schema()), encoding="utf-8")
    PAGE.write_text(TYPES.sub(lambda _match: table(), PAGE.read_text(encoding="utf-8")), encoding="utf-8")


def table() -> str:
    """The types and their settings, as a table of the page."""
    with translation.override("en"):
        rows = [f"| `{one.type}` | {one.label} | {settings(one)} |\n" for one in registry]
    return "\n| Type | Is | Settings |\n|---|---|---|\n" + "".join(rows) + "\n"


def settings(question_type: QuestionType) -> str:
    described = question_type.settings_schema()["properties"]
    return "; ".join(f"`{key}`: {in_words(schema)}" for key, schema in described.items()) or "none"


def in_words(schema: dict[str, Any]) -> str:
    """A JSON Schema in a few words."""
    if "enum" in schema:
        return " or ".join(f"`{one}`" for one in schema["enum"])
    if "anyOf" in schema:
        return " or ".join(in_words(one) for one in schema["anyOf"])
    kind = schema.get("type")
    if kind == "integer":
        return f"a whole number from {schema['minimum']:,} to {schema['maximum']:,}"
    if kind == "string":
        return text_in_words(schema)
    if kind == "array":
        inner = schema.get("items", {}).get("properties")
        return "a list" + (f" of objects with {', '.join(f'`{key}`' for key in inner)}" if inner else "")
    return WORDS.get(kind, "any value")


def text_in_words(schema: dict[str, Any]) -> str:
    if schema.get("format") == "date":
        return "a date as text"
    if "maxLength" in schema:
        return f"text of at most {schema['maxLength']:,} characters"
    return "an id" if "0-9a-f" in schema.get("pattern", "") else "a number as text"
