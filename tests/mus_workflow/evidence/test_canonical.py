"""Canonical bytes, written a second time here: what an auditor would write from the description."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mus_workflow.evidence import CanonicalError, canonical_bytes

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)
ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def spelt(value: Any) -> str:
    """The same rule, by hand."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return '"' + "".join(ESCAPES.get(c) or (f"\\u{ord(c):04x}" if ord(c) < 32 else c) for c in value) + '"'
    if isinstance(value, list):
        return "[" + ",".join(map(spelt, value)) + "]"
    return "{" + ",".join(f"{spelt(key)}:{spelt(value[key])}" for key in sorted(value)) + "}"


@given(VALUES)
def test_the_bytes_are_those_of_the_description(value: Any) -> None:
    assert canonical_bytes(value) == spelt(value).encode()


@given(VALUES)
def test_they_read_back_as_the_same_value(value: Any) -> None:
    assert json.loads(canonical_bytes(value)) == value


@given(st.dictionaries(TEXT, st.integers(), min_size=2, max_size=6))
def test_the_order_of_keys_does_not_matter(value: dict[str, int]) -> None:
    assert canonical_bytes(dict(reversed(value.items()))) == canonical_bytes(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"b": 1, "a": [True, None, "æ"]}, '{"a":[true,null,"æ"],"b":1}'),
        ("\u2028\x00\x1f/<>&", '"\u2028\\u0000\\u001f/<>&"'),
        ({"": {}, "x": []}, '{"":{},"x":[]}'),
        (-0, "0"),
        (10**30, "1" + "0" * 30),
    ],
)
def test_vectors(value: Any, expected: str) -> None:
    assert canonical_bytes(value) == expected.encode()


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (1.0, r"\$: float"),
        ({"a": [0, float("nan")]}, r"\$.a\[1\]: float"),
        ({"a": {"b": date(2026, 1, 1)}}, r"\$.a.b: date"),
        ({1: "x"}, r"\$: the key 1 is not text"),
        ([b"x"], r"\$\[0\]: bytes"),
        (Decimal(1), "Decimal"),
        ({"a": {1, 2}}, "set"),
    ],
)
def test_what_has_two_spellings_has_none(value: Any, path: str) -> None:
    with pytest.raises(CanonicalError, match=path):
        canonical_bytes(value)
