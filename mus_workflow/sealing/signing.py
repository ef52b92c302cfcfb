"""Ed25519 keys that sign checkpoints: the private one stays in the environment, the public one goes to the auditor."""

from __future__ import annotations

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY_BYTES = 32


class SigningKeyError(ValueError):
    """The key is missing or malformed."""


class SigningKey:
    """A private key that signs."""

    def __init__(self, text: str) -> None:
        """Take base64 of 32 bytes. Raises SigningKeyError in plain words."""
        self._key = Ed25519PrivateKey.from_private_bytes(_decode(text))
        self.public_key = self._key.public_key().public_bytes_raw()

    def sign(self, text: str) -> bytes:
        """The 64-byte signature of a text."""
        return self._key.sign(text.encode())


def new_signing_key() -> str:
    """A fresh private key, as ``SigningKey`` takes it."""
    return base64.b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def is_signed(text: str, *, signature: bytes, public_key: bytes) -> bool:
    """Whether the signature is the one of this text by this public key of 32 bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True


def _decode(text: str) -> bytes:
    if not text:
        raise SigningKeyError("there is no key for checkpoints")
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise SigningKeyError("the key for checkpoints is not base64") from None
    if len(key) != KEY_BYTES:
        raise SigningKeyError(f"the key for checkpoints has {len(key)} bytes, not {KEY_BYTES}")
    return key
