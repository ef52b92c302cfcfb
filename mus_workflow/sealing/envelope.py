"""An envelope: sealed bytes that name the key which opens them.

Layout: version (1 byte), key id (16), nonce (12), AES-256-GCM ciphertext with its tag. The first 17 bytes are
authenticated too, so an envelope cannot be passed off as another key's.
"""

from __future__ import annotations

import os
import uuid

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VERSION = b"\x01"
HEAD = 17
NONCE = 12


class EnvelopeError(ValueError):
    """The envelope is damaged, or was sealed by another key."""


def seal_envelope(plain: bytes, *, key: bytes, key_id: uuid.UUID) -> bytes:
    """Seal bytes with a data key of 32 bytes. Each call gives another envelope."""
    head, nonce = VERSION + key_id.bytes, os.urandom(NONCE)
    return head + nonce + AESGCM(key).encrypt(nonce, plain, head)


def key_id_of(envelope: bytes) -> uuid.UUID:
    """The id of the key that opens this envelope. Raises EnvelopeError when it is no envelope."""
    _check(envelope)
    return uuid.UUID(bytes=envelope[1:HEAD])


def open_envelope(envelope: bytes, *, key: bytes) -> bytes:
    """The bytes that were sealed. Raises EnvelopeError when the envelope was altered or the key is another."""
    return Opener(key).open(envelope)


class Opener:
    """Opens many envelopes of one data key: making the key ready takes as long as opening one."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def open(self, envelope: bytes) -> bytes:
        """The bytes that were sealed. Raises EnvelopeError when the envelope was altered or the key is another."""
        _check(envelope)
        try:
            return self._cipher.decrypt(envelope[HEAD : HEAD + NONCE], envelope[HEAD + NONCE :], envelope[:HEAD])
        except InvalidTag:
            raise EnvelopeError("the envelope was altered, or sealed by another key") from None


def _check(envelope: bytes) -> None:
    if len(envelope) < HEAD + NONCE + 16 or envelope[:1] != VERSION:
        raise EnvelopeError("these bytes are not an envelope")
