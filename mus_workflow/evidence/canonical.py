"""One value, one sequence of bytes.

The subset of the JSON Canonicalization Scheme (RFC 8785) that needs no rule for numbers with a fraction: sorted keys,
no spaces, UTF-8, and only str, int, bool, None, list and dict.
"""

from __future__ import annotations

import json
from typing import Any


class CanonicalError(TypeError):
    """The value has no canonical form. ``path`` says where."""


def canonical_bytes(value: Any) -> bytes:
    """The bytes that are hashed for a value. Raises CanonicalError on floats, dates and other foreign types."""
    if not _is_plain(value):
        _refuse_foreign(value, "$")
    return spelt(value)


def spelt(value: Any) -> bytes:
    """The same for a value that was read from JSON, which has nothing foreign but numbers with a fraction.

    What these give equals no canonical bytes: enough to compare with some, and quicker.
    """
    return _encode(value).encode()


_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def _is_plain(value: Any) -> bool:
    """Whether there is surely nothing foreign in it: the quick answer for nearly everything. False means to look."""
    kind = type(value)
    if kind is str or kind is int or value is None or kind is bool:
        return True
    if kind is dict:
        return all(type(key) is str and _is_plain(inner) for key, inner in value.items())
    return kind is list and all(map(_is_plain, value))


def _refuse_foreign(value: Any, path: str) -> None:
    if isinstance(value, dict):
        for key, inner in value.items():
            if not isinstance(key, str):
                raise CanonicalError(f"{path}: the key {key!r} is not text")
            _refuse_foreign(inner, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for position, inner in enumerate(value):
            _refuse_foreign(inner, f"{path}[{position}]")
    elif value is not None and not isinstance(value, str | int):
        raise CanonicalError(f"{path}: {type(value).__name__} has no canonical form")
