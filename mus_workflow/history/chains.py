"""The ledger against itself: links, and payloads against what the links committed to."""

from __future__ import annotations

import hmac
import json
import re
import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from mus_workflow.evidence import Finding, commit, verify_chain
from mus_workflow.models import Dialogue, LedgerEntry, Payload, split_payload

from .opening import Gone, Unreadable, Vault

# What the evidence package says; it is plain standard library and knows no translations.
gettext_noop("it does not follow the entry before it")
gettext_noop("it was changed after it was written")
gettext_noop("these bytes are not an envelope")
gettext_noop("the envelope was altered, or sealed by another key")
gettext_noop("its key is gone, and no rule says why")
MISSING = re.compile(r"entry (\d+) is missing")


@dataclass
class Tally:
    """What was looked at: how many dialogues and entries, and by which rules texts had been erased."""

    dialogues: int = 0
    entries: int = 0
    findings: int = 0
    erased: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Entry:
    """A ledger entry and the exact bytes it committed to; None where they are erased or cannot be read."""

    row: LedgerEntry
    payload: bytes | None

    @cached_property
    def value(self) -> Any:
        """The payload as JSON; None where there is none."""
        return None if self.payload is None else json.loads(self.payload)

    def finding(self, problem: str) -> Finding:
        """Something wrong with what this entry speaks of."""
        return Finding(str(self.row.chain), self.row.n, problem)


def entries_of(chains: Collection[uuid.UUID]) -> list[LedgerEntry]:
    """The entries of these chains in order, each with its payload where there is one."""
    return list(LedgerEntry.objects.filter(chain__in=chains).select_related("payload").order_by("chain", "n"))


def other_chains() -> Iterator[list[LedgerEntry]]:
    """The entries of the chains that are no dialogue's, one chain at a time."""
    rows = LedgerEntry.objects.exclude(chain__in=Dialogue.objects.values("pk")).select_related("payload")
    for _chain, entries in groupby(rows.order_by("chain", "n").iterator(chunk_size=500), key=lambda row: row.chain):
        yield list(entries)


def check_links(rows: Iterable[LedgerEntry]) -> Iterator[Finding]:
    """Each entry that was changed, moved or taken out. ``rows`` are whole chains, in order."""
    for _chain, entries in groupby(rows, key=lambda row: row.chain):
        for finding in verify_chain(row.link() for row in entries):
            yield Finding(finding.chain, finding.n, translated(finding.problem))


def open_entries(rows: list[LedgerEntry], tally: Tally) -> Iterator[Entry | Finding]:
    """Each entry with its payload, and a Finding for each payload that is not what its entry committed to."""
    vault = Vault(row.payload.envelope for row in rows if _has_payload(row))
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


def _committed(row: LedgerEntry, vault: Vault) -> bytes | Gone:
    if not _has_payload(row):
        raise Unreadable(_("it is missing"))
    opened = vault.bytes_in(row.payload.envelope)
    if isinstance(opened, Gone):
        return opened
    salt, payload = split_payload(opened)
    if len(salt) != 32 or not hmac.compare_digest(commit(salt, payload), bytes(row.commitment)):
        raise Unreadable(_("it is not what the entry was written for"))
    return payload


def _has_payload(row: LedgerEntry) -> bool:
    try:
        return bool(row.payload)
    except Payload.DoesNotExist:
        return False
