"""The end of a certificate: a hash over all its bytes."""

from __future__ import annotations

import hashlib

DIGEST = b"%MUS-SHA256 "


def sealed(pdf: bytes) -> bytes:
    """The PDF with a last line, a comment to whoever shows it, that names the hash of everything before."""
    return pdf + DIGEST + hashlib.sha256(pdf).hexdigest().encode() + b"\n"
