"""One dialogue in a bundle of evidence: its chain, the contents that a grant opens, and its place in the checkpoint."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from mus_workflow.actions.take_out_evidence import Taken
from mus_workflow.history.chains import entries_of
from mus_workflow.history.opening import Gone, Unreadable, Vault
from mus_workflow.history.proofs import Proofs
from mus_workflow.models import LedgerEntry, Payload, split_payload

FORMAT = 1


def dialogue_content(taken: Taken, proofs: Proofs) -> dict[str, Any]:
    """The value of the file (docs/evidence-format.md). A word or a salt is in it only where ``taken`` opens it."""
    rows = entries_of([taken.dialogue_id])
    vault = Vault(envelope for row in rows if (envelope := _envelope(row)))
    return {
        "format": FORMAT,
        "reference": taken.reference,
        "chain": str(taken.dialogue_id),
        "head": proofs.of(taken.dialogue_id),
        "entries": [{**_links(row), **_content(row, taken, vault)} for row in rows],
    }


def _links(row: LedgerEntry) -> dict[str, Any]:
    link = row.link()
    return {
        "header": asdict(link.header),
        "commitment": link.commitment.hex(),
        "previous": link.previous.hex(),
        "hash": link.hash.hex(),
    }


def _content(row: LedgerEntry, taken: Taken, vault: Vault) -> dict[str, Any]:
    """Salt and payload; or why they are missing, and nothing where they should not be."""
    envelope = _envelope(row)
    if envelope is None:
        return {}
    rule = vault.rule_of(envelope)
    if rule:
        return {"missing": "ERASED", "rule": rule}
    if row.event not in taken.opened:
        return {"missing": "OUTSIDE_GRANT" if taken.opened else "NO_GRANT"}
    try:
        opened = vault.bytes_in(envelope)
    except Unreadable:
        return {}
    if isinstance(opened, Gone):
        return {"missing": "ERASED", "rule": opened.rule}
    salt, payload = split_payload(opened)
    return {"salt": salt.hex(), "payload": payload.decode()}


def _envelope(row: LedgerEntry) -> bytes | None:
    try:
        return row.payload.envelope
    except Payload.DoesNotExist:
        return None
