"""The ledger: what happened, in an order nobody can change afterwards."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

from django.db import models

from mus_workflow.evidence import GENESIS, Header, Link, commit, link_hash
from mus_workflow.evidence.chain import SALT_BYTES

from .data_key import DataKey
from .kept_query import KeptInsert, KeptQuery, Slot
from .sealed_field import SealedField

# How far an entry's time may lie before the one it follows: clocks of two servers differ a little.
CLOCK_SLACK_US = 5_000_000


class Event(models.TextChoices):
    """What an entry says happened."""

    CREATED = "CREATED"
    STAGE_CHANGED = "STAGE_CHANGED"
    MEETING_SET = "MEETING_SET"
    NOT_HELD_BECAUSE = "NOT_HELD_BECAUSE"
    ROLE_CHANGED = "ROLE_CHANGED"
    FORM_BOUND = "FORM_BOUND"
    FORM_MOVED = "FORM_MOVED"
    PREPARATION_SHARED = "PREPARATION_SHARED"
    PREPARATION_WITHDRAWN = "PREPARATION_WITHDRAWN"
    REVISION_SAVED = "REVISION_SAVED"
    PRESENTED = "PRESENTED"
    TAKEN_BACK = "TAKEN_BACK"
    AMENDMENT_BEGUN = "AMENDMENT_BEGUN"
    AMENDMENT_DROPPED = "AMENDMENT_DROPPED"
    SIGNED = "SIGNED"
    DECLINED = "DECLINED"
    ITEM_SET = "ITEM_SET"
    PROGRESS_RECORDED = "PROGRESS_RECORDED"
    OUTCOME_RECORDED = "OUTCOME_RECORDED"
    FOLLOWED_UP = "FOLLOWED_UP"
    RELATION_CHANGED = "RELATION_CHANGED"
    GRANT_REQUESTED = "GRANT_REQUESTED"
    GRANT_APPROVED = "GRANT_APPROVED"
    GRANT_REFUSED = "GRANT_REFUSED"
    GRANT_ENDED = "GRANT_ENDED"
    OPENED = "OPENED"
    EXPORTED = "EXPORTED"
    ERASED = "ERASED"
    HOLD_PLACED = "HOLD_PLACED"
    HOLD_LIFTED = "HOLD_LIFTED"
    RULE_CHANGED = "RULE_CHANGED"


class ClockWentBack(Exception):
    """The entry would lie before the one it follows."""


class LedgerEntryQuerySet(models.QuerySet["LedgerEntry"]):
    """The ledger by chain."""

    def append(self, *, header: Header, payload: bytes, key: DataKey) -> LedgerEntry:
        """Write the next entry of a chain and its sealed payload. The caller holds the chain's lock.

        ``header.n`` is ignored: the entry takes the next number. Raises ClockWentBack.
        """
        chain = uuid.UUID(header.chain)
        last = LAST.first(chain=chain)
        n, previous, last_us = last or (0, GENESIS, 0)
        if header.at_us < last_us - CLOCK_SLACK_US:
            raise ClockWentBack(f"the time of this event lies before the last one of {chain}")
        header = Header(**{**header.__dict__, "n": n + 1})
        salt = os.urandom(SALT_BYTES)
        commitment = commit(salt, payload)
        previous = bytes(previous)
        fields = {name: value for name, value in header.__dict__.items() if name != "chain"}
        entry = self.model(
            **fields,
            chain=chain,
            commitment=commitment,
            previous=previous,
            hash=link_hash(header, commitment, previous),
        )
        NEXT.run(entry)
        SEALED.run(Payload(entry=entry, envelope=key.seal(salt + payload)))
        return entry

    def links(self) -> Iterator[Link]:
        """The entries as the evidence package reads them, in the order of this query."""
        for entry in self.iterator(chunk_size=2000):
            yield entry.link()


class LedgerEntry(models.Model):
    """One event. Append-only, without content: ids, times and hashes. One chain per dialogue."""

    seq = models.BigAutoField(primary_key=True)
    chain = models.UUIDField()
    n = models.PositiveIntegerField()
    version = models.PositiveSmallIntegerField(default=1)
    event = models.CharField(max_length=24, choices=Event.choices)
    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=64)
    history_id = models.CharField(max_length=20, blank=True)
    actor = models.CharField(max_length=64)
    real_actor = models.CharField(max_length=64, blank=True)
    auth_method = models.CharField(max_length=20, blank=True)
    at_us = models.BigIntegerField(help_text="Microseconds since 1970, UTC.")
    commitment = models.BinaryField()
    previous = models.BinaryField()
    hash = models.BinaryField()

    objects = LedgerEntryQuerySet.as_manager()

    class Meta:
        ordering = ["chain", "n"]
        constraints = [models.UniqueConstraint(fields=["chain", "n"], name="mus_ledger_entry_once")]

    def __str__(self) -> str:
        return f"{str(self.chain)[:8]} entry {self.n}"

    @property
    def at(self) -> datetime:
        """When it happened, UTC."""
        return datetime.fromtimestamp(self.at_us / 1_000_000, tz=UTC)

    def link(self) -> Link:
        """The entry as the evidence package reads it."""
        header = Header(
            chain=str(self.chain),
            n=self.n,
            event=self.event,
            object_type=self.object_type,
            object_id=self.object_id,
            history_id=self.history_id,
            actor=self.actor,
            real_actor=self.real_actor,
            auth_method=self.auth_method,
            at_us=self.at_us,
            version=self.version,
        )
        return Link(
            header=header, commitment=bytes(self.commitment), previous=bytes(self.previous), hash=bytes(self.hash)
        )


class Payload(models.Model):
    """The salt and the exact bytes that an entry's commitment covers, sealed."""

    entry = models.OneToOneField(LedgerEntry, models.PROTECT, primary_key=True, related_name="payload")
    envelope = SealedField()

    def __str__(self) -> str:
        return f"payload of {self.entry_id}"


def split_payload(opened: bytes) -> tuple[bytes, bytes]:
    """The salt and the payload of an opened envelope."""
    return opened[:SALT_BYTES], opened[SALT_BYTES:]


def _last() -> models.QuerySet[LedgerEntry, tuple[int, bytes, int]]:
    chain = LedgerEntry.objects.filter(chain=Slot("chain", models.UUIDField()))
    return chain.order_by("-n").values_list("n", "hash", "at_us")[:1]


LAST = KeptQuery(_last)
NEXT = KeptInsert(lambda: LedgerEntry)
SEALED = KeptInsert(lambda: Payload)
