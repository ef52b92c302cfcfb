"""One dialogue in a bundle of evidence: its chain, what a grant opens of it, and its place in the checkpoint."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from mus_workflow.actions.take_out_evidence import Taken
from mus_workflow.history.chains import entries_of
from mus_workflow.history.opening import Gone, LockedAway, Unreadable, Vault
from mus_workflow.history.proofs import Proofs
from mus_workflow.models import Erased, Event, LedgerEntry, Payload, Presentation, split_payload
from mus_workflow.policies.verdict import Refused

from .certificate import certificate_of
from .pdf import NoPdf

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


def certificate_content(taken: Taken, at: datetime) -> bytes | None:
    """The certificate of the agreement in force, as PDF.

    None without a grant, where nothing is in force, and where none can be made: erased, not as it was written, or no
    library for PDF. The bundle says so itself, or can do without.
    """
    if Event.SIGNED.value not in taken.opened:
        return None
    in_force = Presentation.objects.filter(agreement__dialogue=taken.dialogue_id).in_force()
    presentation = in_force.select_related("agreement__dialogue").first()
    if presentation is None:
        return None
    try:
        return certificate_of(presentation, at=at).pdf()
    except (Erased, NoPdf, Refused):
        return None


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
    except LockedAway:
        raise  # not the bundle's to tell: without the master key there is none
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
