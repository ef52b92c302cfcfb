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
    _refuse_foreign(value, "$")
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


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
