"""The evidence in a certificate, for programs: the entries concerned, as in a bundle (docs/evidence-format.md)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from mus_workflow.history.opening import Vault
from mus_workflow.models import LedgerEntry, split_payload

FORMAT = 1


@dataclass(frozen=True)
class Evidence:
    """The bytes that are embedded, and what the certificate says of them in words."""

    content: bytes = field(repr=False)
    checkpoint: dict[str, Any] | None = None
    key: str = ""


def evidence_of(
    presented: LedgerEntry, signed: Sequence[LedgerEntry], *, document: dict[str, Any], at: datetime
) -> Evidence:
    """The chain from the presentation to the last signature. Of other entries between them only headers are told."""
    concerned = {presented.n, *(entry.n for entry in signed)}
    rows = LedgerEntry.objects.filter(chain=presented.chain, n__gte=presented.n, n__lte=max(concerned))
    entries = list(rows.select_related("payload").order_by("n"))
    vault = Vault(entry.payload.envelope for entry in entries)
    told = {
        "format": FORMAT,
        "kind": "certificate",
        "reference": document["reference"],
        "revision": document["revision"],
        "chain": str(presented.chain),
        "head": None,
        "entries": [_entry(row, vault, is_open=row.n in concerned) for row in entries],
    }
    return Evidence(json.dumps(told, ensure_ascii=False, sort_keys=True, indent=1).encode())


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
