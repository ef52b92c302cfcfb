"""Envelopes, data keys, the ring of master keys, and the key that signs checkpoints.

AES-256-GCM and Ed25519 by ``cryptography``; no database here.
"""

from .envelope import EnvelopeError, key_id_of, open_envelope, seal_envelope
from .keyring import KeyRing, MasterKeyError, new_data_key
from .signing import SigningKey, SigningKeyError, is_signed, new_signing_key

__all__ = [
    "EnvelopeError",
    "KeyRing",
    "MasterKeyError",
    "SigningKey",
    "SigningKeyError",
    "is_signed",
    "key_id_of",
    "new_data_key",
    "new_signing_key",
    "open_envelope",
    "seal_envelope",
]
