"""Proof that nothing was altered: canonical bytes, commitments, hash chains. Standard library only."""

from .canonical import CanonicalError, canonical_bytes
from .chain import GENESIS, Finding, Header, Link, commit, link_hash, verify_chain

__all__ = [
    "GENESIS",
    "CanonicalError",
    "Finding",
    "Header",
    "Link",
    "canonical_bytes",
    "commit",
    "link_hash",
    "verify_chain",
]
