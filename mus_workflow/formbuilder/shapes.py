"""The shapes that values in a form document may have, each a function that says what is wrong."""

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

Json = Any
# Documents are frozen: what reads them is given mappings, and only what builds them has dicts.
Question = Mapping[str, Any]
Schema = Mapping[str, Any]
Shape = Callable[[Json], str]

MAX_TEXT = 20_000
MAX_LABEL = 1_000
MAX_QUESTIONS = 500
MAX_OPTIONS = 200
MAX_ROWS = 200

# At most 15 digits in all: a browser compares numbers as 64-bit floats, which tell any two of those apart.
DECIMAL = re.compile(r"-?(0|[1-9]\d{0,14})(\.\d*[1-9])?", re.ASCII)
MAX_DIGITS = 15
UUID_PATTERN = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
FORBIDDEN_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def described(shape: Shape, json_schema: Json) -> Shape:
    """The shape, which from now on says in JSON Schema what it lets through (see `json_schema.py`)."""
    vars(shape)["json_schema"] = json_schema
    return shape


def description(shape: Shape) -> Json:
    """What the shape lets through, as JSON Schema; {}, which is anything, for one that does not say."""
    return getattr(shape, "json_schema", {})


def text(limit: int = MAX_LABEL) -> Shape:
    """Words, possibly none, of at most `limit` characters."""

    def check(value: Json) -> str:
        if not isinstance(value, str):
            return _("must be text")
        if len(value) > limit:
            return _("is longer than %(limit)s characters") % {"limit": limit}
        if FORBIDDEN_CHARACTERS.search(value):
            return _("has characters that cannot be shown")
        return ""

    return described(check, {"type": "string", "maxLength": limit})


def words(limit: int = MAX_LABEL) -> Shape:
    """Text that must say something."""
    check = text(limit)
    return described(
        lambda value: check(value) or ("" if value.strip() else _("must not be empty")),
        {"type": "string", "minLength": 1, "maxLength": limit, "pattern": r"\S"},
    )


def boolean(value: Json) -> str:
    return "" if isinstance(value, bool) else _("must be true or false")


def integer(lowest: int, highest: int) -> Shape:
    """A whole number within bounds, both included."""

    def check(value: Json) -> str:
        if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
            return ""
        return _("must be a whole number from %(lowest)s to %(highest)s") % {"lowest": lowest, "highest": highest}

    return described(check, {"type": "integer", "minimum": lowest, "maximum": highest})


def decimal_string(value: Json) -> str:
    if isinstance(value, str) and DECIMAL.fullmatch(value) and value != "-0" and _digits(value) <= MAX_DIGITS:
        return ""
    return _("must be a number written as text, such as “2.5”")


def _digits(value: str) -> int:
    return sum(character.isdigit() for character in value)


def iso_date(value: Json) -> str:
    try:
        written_as_iso = isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        written_as_iso = False
    return "" if written_as_iso else _("must be a date such as “2026-12-24”")


def identifier(value: Json) -> str:
    try:
        canonical = isinstance(value, str) and str(uuid.UUID(value)) == value
    except ValueError:
        canonical = False
    return "" if canonical else _("must be an id (a UUID in lower case)")


def one_of(*allowed: str) -> Shape:
    """One of a few fixed words."""

    def check(value: Json) -> str:
        if isinstance(value, str) and value in allowed:
            return ""
        return _("must be one of %(allowed)s") % {"allowed": ", ".join(allowed)}

    return described(check, {"enum": list(allowed)})


def optional(shape: Shape) -> Shape:
    """The shape, or null."""
    inner = description(shape)
    return described(
        lambda value: "" if value is None else shape(value), {"anyOf": [inner, {"type": "null"}]} if inner else {}
    )


def listing(value: Json) -> str:
    return "" if isinstance(value, list) else _("must be a list")


def listing_of(shape: Shape, limit: int) -> Shape:
    """A list of at most `limit` values of one shape."""

    def check(value: Json) -> str:
        if reason := listing(value):
            return reason
        if len(value) > limit:
            return _("has more than %(limit)s entries") % {"limit": limit}
        return next((reason for one in value if (reason := shape(one))), "")

    return described(check, {"type": "array", "maxItems": limit, "items": description(shape)})


def mapping(value: Json) -> str:
    return "" if isinstance(value, dict) else _("must be an object")


described(boolean, {"type": "boolean"})
described(decimal_string, {"type": "string", "pattern": r"^-?(0|[1-9][0-9]{0,14})(\.[0-9]*[1-9])?$"})
described(iso_date, {"type": "string", "format": "date"})
described(identifier, {"type": "string", "pattern": UUID_PATTERN})
described(listing, {"type": "array"})
described(mapping, {"type": "object"})


def object_schema(shapes: Mapping[str, Shape]) -> Json:
    """An object that has each of these keys, and no other, as JSON Schema."""
    properties = {key: description(shape) for key, shape in shapes.items()}
    return {"type": "object", "required": list(shapes), "additionalProperties": False, "properties": properties}


def mismatches(value: Json, shape: Mapping[str, Shape]) -> Iterator[tuple[str, str]]:
    """(key, reason) for each key that is missing, unknown or wrong; the empty key is the value itself."""
    if reason := mapping(value):
        yield "", reason
        return
    for key in shape:
        if key not in value:
            yield key, _("is missing")
        elif reason := shape[key](value[key]):
            yield key, reason
    for key in value:
        if key not in shape:
            yield str(key), _("is not a known key")
