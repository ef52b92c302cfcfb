"""Master keys: the first wraps, each opens its own, and what is wrong is said in plain words."""

import base64

import pytest

from mus_workflow.sealing import KeyRing, MasterKeyError, new_data_key

OLD = base64.b64encode(b"o" * 32).decode()
NEW = base64.b64encode(b"n" * 32).decode()


def test_the_first_key_wraps_and_every_key_opens_what_it_wrapped() -> None:
    data_key = new_data_key()
    name, wrapped = KeyRing({"2025": OLD}).wrap(data_key)
    both = KeyRing({"2026": NEW, "2025": OLD})
    assert name == "2025"
    assert both.unwrap(name, wrapped) == data_key
    assert both.wrap(data_key)[0] == "2026"


def test_a_wrapped_key_is_not_the_key() -> None:
    data_key = new_data_key()
    assert data_key not in KeyRing({"a": OLD}).wrap(data_key)[1]


def test_an_altered_wrapping_does_not_open() -> None:
    ring = KeyRing({"a": OLD})
    name, wrapped = ring.wrap(new_data_key())
    for place in range(len(wrapped)):
        altered = bytearray(wrapped)
        altered[place] ^= 1
        with pytest.raises(MasterKeyError, match="not the one that wrapped"):
            ring.unwrap(name, bytes(altered))


def test_another_key_under_the_same_name_is_told_apart() -> None:
    name, wrapped = KeyRing({"a": OLD}).wrap(new_data_key())
    with pytest.raises(MasterKeyError, match="'a' is not the one that wrapped"):
        KeyRing({"a": NEW}).unwrap(name, wrapped)


def test_a_missing_key_is_named() -> None:
    name, wrapped = KeyRing({"2025": OLD}).wrap(new_data_key())
    with pytest.raises(MasterKeyError, match="'2025' is not in MUS"):
        KeyRing({"2026": NEW}).unwrap(name, wrapped)


@pytest.mark.parametrize(
    ("keys", "reason"),
    [
        ({}, "there is no master key"),
        ({"a": "not base64!"}, "'a' is not base64"),
        ({"a": base64.b64encode(b"short").decode()}, "'a' has 5 bytes, not 32"),
        ({"a": OLD, "b": base64.b64encode(b"x" * 33).decode()}, "'b' has 33 bytes, not 32"),
        ({"a": "æøå"}, "'a' is not base64"),
    ],
)
def test_a_bad_ring_is_refused_in_plain_words(keys: dict[str, str], reason: str) -> None:
    with pytest.raises(MasterKeyError, match=reason):
        KeyRing(keys)


def test_no_reason_shows_a_key() -> None:
    with pytest.raises(MasterKeyError) as refusal:
        KeyRing({"a": "c2VjcmV0"})
    assert "c2VjcmV0" not in str(refusal.value)


def test_data_keys_are_random() -> None:
    assert {len(new_data_key()) for _time in range(9)} == {32}
    assert len({new_data_key() for _time in range(99)}) == 99
