"""Proof that nothing was altered: canonical bytes, commitments, hash chains, checkpoints. Standard library only."""

from .canonical import CanonicalError, canonical_bytes
from .chain import GENESIS, Finding, Header, Link, commit, link_hash, verify_chain
from .merkle import EMPTY_ROOT, head_leaf, inclusion_path, is_included, leaf_hash, merkle_root
from .note import (
    CheckpointText,
    NoteError,
    SignedNote,
    is_name,
    parse_checkpoint,
    parse_note,
    parse_verifier_key,
    signed_note,
    text_hash,
    verifier_key,
)

__all__ = [
    "EMPTY_ROOT",
    "GENESIS",
    "CanonicalError",
    "CheckpointText",
    "Finding",
    "Header",
    "Link",
    "NoteError",
    "SignedNote",
    "canonical_bytes",
    "commit",
    "head_leaf",
    "inclusion_path",
    "is_included",
    "is_name",
    "leaf_hash",
    "link_hash",
    "merkle_root",
    "parse_checkpoint",
    "parse_note",
    "parse_verifier_key",
    "signed_note",
    "text_hash",
    "verifier_key",
    "verify_chain",
]
