"""Signing: the vector of RFC 8032, and what is wrong with a key said in plain words."""

import base64

import pytest

from mus_workflow.sealing import SigningKey, SigningKeyError, is_signed, new_signing_key

# RFC 8032, section 7.1, test 2: the message is one byte, which is the letter r.
PRIVATE = base64.b64encode(bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")).decode()
PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
SIGNATURE = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def test_the_vector_of_rfc_8032() -> None:
    key = SigningKey(PRIVATE)
    assert key.public_key.hex() == PUBLIC
    assert key.sign("r").hex() == SIGNATURE
    assert is_signed("r", signature=bytes.fromhex(SIGNATURE), public_key=bytes.fromhex(PUBLIC))


def test_another_text_signature_or_key_is_not_signed() -> None:
    key, signature = SigningKey(PRIVATE), bytes.fromhex(SIGNATURE)
    assert not is_signed("s", signature=signature, public_key=key.public_key)
    assert not is_signed("r", signature=signature[:-1] + b"\x01", public_key=key.public_key)
    assert not is_signed("r", signature=b"", public_key=key.public_key)
    assert not is_signed("r", signature=signature, public_key=SigningKey(new_signing_key()).public_key)
    assert not is_signed("r", signature=signature, public_key=b"short")


@pytest.mark.parametrize(
    ("key", "reason"),
    [
        ("", "there is no key"),
        ("not base64!", "is not base64"),
        ("æøå", "is not base64"),
        (base64.b64encode(b"short").decode(), "has 5 bytes, not 32"),
    ],
)
def test_a_bad_key_is_refused_in_plain_words_without_showing_it(key: str, reason: str) -> None:
    with pytest.raises(SigningKeyError, match=reason) as refusal:
        SigningKey(key)
    assert not key or key not in str(refusal.value)


def test_new_keys_are_random() -> None:
    assert len({new_signing_key() for _time in range(20)}) == 20
