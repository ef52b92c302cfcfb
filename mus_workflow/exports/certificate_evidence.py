"""The evidence in a certificate, for programs: the entries concerned, as in a bundle (docs/evidence-format.md)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any

from mus_workflow.conf import app_settings
from mus_workflow.evidence import NoteError, parse_note, parse_verifier_key
from mus_workflow.history.opening import Vault
from mus_workflow.history.proofs import place_of
from mus_workflow.models import ChainHead, Checkpoint, LedgerEntry, split_payload

from .seal import seal_key

FORMAT = 1


@dataclass(frozen=True)
class Evidence:
    """The bytes that are embedded, and what the certificate says of them in words."""

    content: bytes = field(repr=False)
    checkpoint: Checkpoint | None
    key: str


def evidence_of(presented: LedgerEntry, signed: Sequence[LedgerEntry], *, document: dict[str, Any]) -> Evidence:
    """The chain from the presentation to the last signature, or on to what the first checkpoint after it covers.

    Of other entries among them only the headers are told.
    """
    concerned = {presented.n, *(entry.n for entry in signed)}
    head = _first_head(presented, max(concerned))
    last = head.n if head else max(concerned)
    rows = LedgerEntry.objects.filter(chain=presented.chain, n__gte=presented.n, n__lte=last)
    entries = list(rows.select_related("payload").order_by("n"))
    vault = Vault(entry.payload.envelope for entry in entries if entry.n in concerned)
    told = {
        "format": FORMAT,
        "kind": "certificate",
        "reference": document["reference"],
        "revision": document["revision"],
        "chain": str(presented.chain),
        "key": seal_key(),
        "checkpoint": _note(head.checkpoint) if head else None,
        "head": place_of(head) if head else None,
        "entries": [_entry(row, vault, is_open=row.n in concerned) for row in entries],
    }
    content = json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1).encode()
    return Evidence(content, head.checkpoint if head else None, seal_key())


def _entry(row: LedgerEntry, vault: Vault, *, is_open: bool) -> dict[str, Any]:
    link = row.link()
    links = {
        "header": asdict(link.header),
        "commitment": link.commitment.hex(),
        "previous": link.previous.hex(),
        "hash": link.hash.hex(),
    }
    if not is_open:
        return {**links, "missing": "NOT_CONCERNED"}
    salt, payload = split_payload(vault.bytes_in(row.payload.envelope))
    return {**links, "salt": salt.hex(), "payload": payload.decode()}


def _first_head(presented: LedgerEntry, last: int) -> ChainHead | None:
    """The chain's end in the first checkpoint that covers entry ``last``."""
    heads = ChainHead.objects.filter(chain=presented.chain, n__gte=last).select_related("checkpoint")
    return heads.order_by("checkpoint__number").first()


def _note(checkpoint: Checkpoint) -> dict[str, Any]:
    """The note, and the public key under it, of those that this site signs with or has signed with."""
    note = parse_note(checkpoint.note)
    for key in filter(None, [seal_key(), *app_settings.CHECKPOINT_OLD_KEYS]):
        with suppress(NoteError):
            if note.by(*parse_verifier_key(key)):
                return {"note": checkpoint.note, "key": key}
    return {"note": checkpoint.note, "key": ""}
