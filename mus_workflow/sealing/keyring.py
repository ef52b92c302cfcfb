"""Master keys: they wrap data keys and never touch text.

A data key is wrapped with AES key wrap with padding (RFC 5649), which needs no nonce and refuses altered bytes.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import os
from collections.abc import Mapping

from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap_with_padding, aes_key_wrap_with_padding

KEY_BYTES = 32


class MasterKeyError(ValueError):
    """A master key is missing, malformed, or not the one that wrapped this data key."""


def new_data_key() -> bytes:
    """32 random bytes."""
    return os.urandom(KEY_BYTES)


class KeyRing:
    """The master keys by name; the first wraps, each opens what it wrapped."""

    def __init__(self, keys: Mapping[str, str]) -> None:
        """Take name -> base64 of 32 bytes. Raises MasterKeyError in plain words."""
        if not keys:
            raise MasterKeyError("there is no master key")
        self._keys = {name: _decode(name, text) for name, text in keys.items()}
        self.current = next(iter(self._keys))
        self._proven: set[str] = set()

    @property
    def names(self) -> list[str]:
        """The names of the master keys, the one that wraps first."""
        return list(self._keys)

    def is_proven(self, name: str) -> bool:
        """Whether the master key of this name has opened a data key in this process, and so is the right one."""
        return name in self._proven

    def names_of(self, text: str) -> list[str]:
        """The names under which this ring holds the key that is written so. Raises MasterKeyError for no key."""
        key = _decode("copy", text)
        return [name for name, one in self._keys.items() if hmac.compare_digest(one, key)]

    def wrap(self, data_key: bytes) -> tuple[str, bytes]:
        """The name of the master key used, and the wrapped data key."""
        return self.current, aes_key_wrap_with_padding(self._keys[self.current], data_key)

    def unwrap(self, name: str, wrapped: bytes) -> bytes:
        """The data key. Raises MasterKeyError when its master key is not on the ring, or is another one."""
        if name not in self._keys:
            raise MasterKeyError(f"the master key {name!r} is not in MUS['MASTER_KEYS']")
        try:
            data_key = aes_key_unwrap_with_padding(self._keys[name], wrapped)
        except InvalidUnwrap:
            raise MasterKeyError(f"the master key {name!r} is not the one that wrapped this data key") from None
        self._proven.add(name)
        return data_key


def _decode(name: str, text: str) -> bytes:
    try:
        key = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise MasterKeyError(f"the master key {name!r} is not base64") from None
    if len(key) != KEY_BYTES:
        raise MasterKeyError(f"the master key {name!r} has {len(key)} bytes, not {KEY_BYTES}")
    return key
