"""Envelopes, data keys and the ring of master keys. AES-256-GCM by ``cryptography``; no database here."""

from .envelope import EnvelopeError, key_id_of, open_envelope, seal_envelope
from .keyring import KeyRing, MasterKeyError, new_data_key

__all__ = [
    "EnvelopeError",
    "KeyRing",
    "MasterKeyError",
    "key_id_of",
    "new_data_key",
    "open_envelope",
    "seal_envelope",
]
