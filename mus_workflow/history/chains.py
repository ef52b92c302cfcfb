"""The ledger against itself: links, and payloads against what the links committed to."""

from __future__ import annotations

import json
import re
import uuid
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from mus_workflow.documents.agreement import document_sha256
from mus_workflow.evidence import Finding, commit, verify_covered
from mus_workflow.models import LedgerEntry, Payload, split_payload

from .ledger_rows import LedgerRow, by_chain
from .opening import Gone, Unreadable, Vault

# What the evidence package says; it is plain standard library and knows no translations.
gettext_noop("it does not follow the entry before it")
gettext_noop("it was changed after it was written")
gettext_noop("these bytes are not an envelope")
gettext_noop("the envelope was altered, or sealed by another key")
gettext_noop("its key is gone, and no rule says why")
# In place of a chain's id, in a finding about the database itself.
DATABASE = "database"
MISSING = re.compile(r"entry (\d+) is missing")


@dataclass
class Tally:
    """What was looked at: how many dialogues and entries, and what rules had erased.

    ``unchecked`` tells in sentences what this run could not look at.
    """

    dialogues: int = 0
    entries: int = 0
    findings: int = 0
    erased: Counter[str] = field(default_factory=Counter)
    readings_erased: int = 0
    unchecked: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Count what another one has counted, too."""
        self.dialogues += other.dialogues
        self.entries += other.entries
        self.findings += other.findings
        self.erased += other.erased
        self.unchecked += other.unchecked


@dataclass(frozen=True)
class Entry:
    """A ledger entry and the exact bytes it committed to; None where they are erased or cannot be read."""

    row: LedgerEntry | LedgerRow
    payload: bytes | None

    @cached_property
    def value(self) -> Any:
        """The payload as JSON; None where there is none."""
        return None if self.payload is None else json.loads(self.payload)

    @cached_property
    def document_sha256(self) -> str:
        """The hash of the document in the payload, as signatures name it."""
        return document_sha256(self.value["document"])

    def finding(self, problem: str) -> Finding:
        """Something wrong with what this entry speaks of."""
        return Finding(str(self.row.chain), self.row.n, problem)


def entries_of(chains: Collection[uuid.UUID]) -> list[LedgerEntry]:
    """The entries of these chains in order, each with its payload where there is one."""
    return list(LedgerEntry.objects.filter(chain__in=chains).select_related("payload").order_by("chain", "n"))


def check_links(rows: list[LedgerRow]) -> Iterator[Finding]:
    """Each entry that was changed, moved or taken out. ``rows`` are whole chains, in order."""
    for chain, entries in by_chain(rows):
        for finding in verify_covered(row.covered(chain) for row in entries):
            yield Finding(finding.chain, finding.n, translated(finding.problem))


def open_entries(
    rows: Sequence[LedgerEntry | LedgerRow], tally: Tally, vault: Vault | None = None
) -> Iterator[Entry | Finding]:
    """Each entry with its payload, and a Finding for each payload that is not what its entry committed to.

    ``vault`` learns the keys of the payloads.
    """
    vault = vault or Vault()
    vault.learn(map(_envelope, rows))
    for row in rows:
        tally.entries += 1
        try:
            payload = _committed(row, vault)
        except Unreadable as problem:
            yield Entry(row, None).finding(_("its payload: %(problem)s") % {"problem": translated(str(problem))})
            payload = None
        if isinstance(payload, Gone):
            tally.erased[payload.rule] += 1
            payload = None
        yield Entry(row, payload)


def translated(problem: str) -> str:
    """A sentence of the evidence or sealing package in the active language."""
    missing = MISSING.fullmatch(problem)
    if missing:
        return _("entry %(number)s is missing") % {"number": missing.group(1)}
    return _(problem)


def _committed(row: LedgerEntry | LedgerRow, vault: Vault) -> bytes | Gone:
    envelope = _envelope(row)
    if envelope is None:
        raise Unreadable(_("it is missing"))
    opened = vault.bytes_in(envelope)
    if isinstance(opened, Gone):
        return opened
    salt, payload = split_payload(opened)
    if len(salt) != 32 or commit(salt, payload) != row.commitment:
        raise Unreadable(_("it is not what the entry was written for"))
    return payload


def _envelope(row: LedgerEntry | LedgerRow) -> bytes | None:
    if isinstance(row, LedgerRow):
        return row.envelope
    try:
        return row.payload.envelope
    except Payload.DoesNotExist:
        return None
