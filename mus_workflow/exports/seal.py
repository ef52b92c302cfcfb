"""The end of a certificate: a hash over all its bytes, and a seal by the key that signs checkpoints."""

from __future__ import annotations

import base64
import hashlib
from contextlib import suppress

from mus_workflow.conf import app_settings, checkpoint_name
from mus_workflow.evidence import verifier_key
from mus_workflow.sealing import SigningKey, SigningKeyError


def seal_key() -> str:
    """The public key of the seal, as C2SP writes it; empty where this site has no key."""
    key = _key()
    return verifier_key(checkpoint_name(), key.public_key) if key else ""


def sealed(pdf: bytes) -> bytes:
    """The PDF with last lines that are comments to whoever shows it (docs/evidence-format.md).

    The seal is over a text that names what it is, so it can never pass for the signature of a checkpoint.
    """
    whole = pdf + b"%MUS-SHA256 " + _digest(pdf).encode() + b"\n"
    key = _key()
    if key is None:
        return whole
    signature = key.sign(f"{checkpoint_name()}/mus-seal\nsha256 {_digest(whole)}\n")
    key_id = seal_key().split("+")[1]
    return whole + f"%MUS-SEAL {key_id} {base64.b64encode(signature).decode()}\n".encode()


def _key() -> SigningKey | None:
    with suppress(SigningKeyError):  # a malformed key is named by the system checks
        return SigningKey(app_settings.CHECKPOINT_KEY)
    return None


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
