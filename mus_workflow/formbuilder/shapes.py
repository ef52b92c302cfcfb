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
FORBIDDEN_CHARACTERS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


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

    return check


def words(limit: int = MAX_LABEL) -> Shape:
    """Text that must say something."""
    check = text(limit)
    return lambda value: check(value) or ("" if value.strip() else _("must not be empty"))


def boolean(value: Json) -> str:
    return "" if isinstance(value, bool) else _("must be true or false")


def integer(lowest: int, highest: int) -> Shape:
    """A whole number within bounds, both included."""

    def check(value: Json) -> str:
        if isinstance(value, int) and not isinstance(value, bool) and lowest <= value <= highest:
            return ""
        return _("must be a whole number from %(lowest)s to %(highest)s") % {"lowest": lowest, "highest": highest}

    return check


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

    return check


def optional(shape: Shape) -> Shape:
    """The shape, or null."""
    return lambda value: "" if value is None else shape(value)


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

    return check


def mapping(value: Json) -> str:
    return "" if isinstance(value, dict) else _("must be an object")


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
