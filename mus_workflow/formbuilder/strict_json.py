"""JSON from strangers: read whole or refused, with the place named."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from mus_workflow.formbuilder.schema import SchemaError
from mus_workflow.formbuilder.shapes import FORBIDDEN_CHARACTERS, MAX_DIGITS, Json, text

MAX_BYTES = 5_000_000
MAX_DEPTH = 40


@dataclass(frozen=True)
class _Unfit:
    """Stands where something stood that a form document cannot hold."""

    reason: str
    key: str = ""


def read_json(written: str | bytes) -> Json:
    """What the JSON says. SchemaError names path and reason: too much, no JSON, floats, a key twice, too deep.

    The numbers that come out are whole, and every string can be shown and encoded.
    """
    parsed = _parsed(_decoded(written))
    for path, reason in _misfits(parsed):
        raise SchemaError(path, reason)
    return parsed


def _decoded(written: str | bytes) -> str:
    size = len(written) if isinstance(written, bytes) else len(written.encode(errors="replace"))
    if size > MAX_BYTES:
        raise SchemaError("", _("The file is larger than %(most)s MB.") % {"most": MAX_BYTES // 1_000_000})
    if isinstance(written, str):
        return written.removeprefix("\ufeff")
    try:
        return written.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SchemaError("", _("The file is not text in UTF-8, so it is not an exported form.")) from None


def _parsed(written: str) -> Json:
    try:
        return json.loads(
            written,
            parse_float=lambda literal: _Unfit(_("must not have decimals")),
            parse_constant=lambda literal: _Unfit(_("is not a number that JSON knows")),
            parse_int=_integer,
            object_pairs_hook=_object,
        )
    except json.JSONDecodeError as error:
        place = {"line": error.lineno, "column": error.colno}
        raise SchemaError("", _("The file is not JSON: line %(line)s, column %(column)s.") % place) from None
    except RecursionError:
        raise SchemaError("", _("The file is nested too deep to be a form.")) from None


def _integer(literal: str) -> Json:
    return int(literal) if len(literal) <= MAX_DIGITS else _Unfit(_("is too large a number"))


def _object(pairs: list[tuple[str, Json]]) -> Json:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    ((twice, _count),) = Counter(key for key, _value in pairs).most_common(1)
    return _Unfit(_("is written twice"), twice)


def _misfits(parsed: Json) -> Iterator[tuple[str, str]]:
    """(path, reason) in the order of the document. No recursion: what it walks may be nested beyond any sense."""
    fit = text(MAX_BYTES)
    waiting: list[tuple[str, Json, int]] = [("", parsed, 0)]
    while waiting:
        path, value, depth = waiting.pop()
        if isinstance(value, _Unfit):
            shown = "" if FORBIDDEN_CHARACTERS.search(value.key) else value.key
            yield joined(path, shown), value.reason
        elif isinstance(value, str) and (reason := fit(value)):
            yield path, reason
        elif isinstance(value, (dict, list)):
            if depth == MAX_DEPTH:
                yield path, _("is nested too deep")
                continue
            waiting.extend((where, inner, depth + 1) for where, inner in reversed(list(_inner(path, value))))


def _inner(path: str, value: dict[str, Any] | list[Any]) -> Iterator[tuple[str, Json]]:
    if isinstance(value, list):
        yield from ((f"{path}[{index}]", inner) for index, inner in enumerate(value))
        return
    for key, inner in value.items():
        if FORBIDDEN_CHARACTERS.search(key):
            yield path, _Unfit(_("has a key that cannot be shown"))
        else:
            yield joined(path, key), inner


def joined(*parts: str) -> str:
    """A path from its parts, the empty ones left out."""
    return ".".join(part for part in parts if part)
