"""Envelopes: they open with their key and no other, and never once altered."""

import uuid

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st

from mus_workflow.sealing import EnvelopeError, key_id_of, new_data_key, open_envelope, seal_envelope

KEY = bytes(range(32))
KEY_ID = uuid.UUID("00112233-4455-6677-8899-aabbccddeeff")


@given(st.binary(max_size=2_000))
def test_what_was_sealed_is_what_is_opened(plain: bytes) -> None:
    envelope = seal_envelope(plain, key=KEY, key_id=KEY_ID)
    assert open_envelope(envelope, key=KEY) == plain
    assert key_id_of(envelope) == KEY_ID
    assert len(plain) < 8 or plain not in envelope


def test_the_layout_is_the_one_that_is_documented() -> None:
    envelope = seal_envelope(b"hej", key=KEY, key_id=KEY_ID)
    version, key_id, nonce, rest = envelope[:1], envelope[1:17], envelope[17:29], envelope[29:]
    assert (version, key_id) == (b"\x01", KEY_ID.bytes)
    assert AESGCM(KEY).decrypt(nonce, rest, version + key_id) == b"hej"


def test_the_same_text_gives_another_envelope_each_time() -> None:
    assert len({seal_envelope(b"ja", key=KEY, key_id=KEY_ID) for _time in range(50)}) == 50


@given(st.binary(max_size=40), st.data())
def test_no_altered_bit_goes_unseen(plain: bytes, data: st.DataObject) -> None:
    envelope = bytearray(seal_envelope(plain, key=KEY, key_id=KEY_ID))
    place = data.draw(st.integers(0, len(envelope) - 1))
    envelope[place] ^= 1 << data.draw(st.integers(0, 7))
    with pytest.raises(EnvelopeError):
        open_envelope(bytes(envelope), key=KEY)


@given(st.binary(max_size=40), st.data())
def test_no_cut_goes_unseen(plain: bytes, data: st.DataObject) -> None:
    envelope = seal_envelope(plain, key=KEY, key_id=KEY_ID)
    with pytest.raises(EnvelopeError):
        open_envelope(envelope[: data.draw(st.integers(0, len(envelope) - 1))], key=KEY)


def test_another_key_opens_nothing() -> None:
    with pytest.raises(EnvelopeError, match="altered, or sealed by another key"):
        open_envelope(seal_envelope(b"hej", key=KEY, key_id=KEY_ID), key=new_data_key())


def test_an_envelope_passed_off_as_another_keys_does_not_open() -> None:
    envelope = seal_envelope(b"hej", key=KEY, key_id=KEY_ID)
    with pytest.raises(EnvelopeError):
        open_envelope(envelope[:1] + uuid.uuid4().bytes + envelope[17:], key=KEY)


@pytest.mark.parametrize("plain", [b"", b"\x01", b"I dag var jeg glad for samtalen.", b"{}" * 50])
def test_clear_text_is_no_envelope(plain: bytes) -> None:
    with pytest.raises(EnvelopeError, match="not an envelope"):
        key_id_of(plain)
