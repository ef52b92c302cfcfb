"""A large history for `mus_verify`: one dialogue in which everything has happened, walked once and then copied.

A copy has ids, keys and salts of its own, so that nothing in the database tells it from one that was walked. The rows
are written set by set, without the actions: a million entries take minutes, not days.
"""

from __future__ import annotations

import json
import os
import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from typing import Any

from django.db import connection, connections, models, transaction

from mus_workflow.actions.share_preparation import share_preparation, withdraw_preparation
from mus_workflow.documents.agreement import document_sha256
from mus_workflow.evidence import GENESIS, Header, canonical_bytes, commit, link_hash
from mus_workflow.models import (
    Agreement,
    AgreementItem,
    DataKey,
    Dialogue,
    DialogueForm,
    DialogueLock,
    Draft,
    Event,
    FollowUp,
    Grant,
    LedgerEntry,
    Participant,
    Payload,
    Preparation,
    Presentation,
    Recall,
    SharedPreparation,
    Signature,
    split_payload,
)
from mus_workflow.models.data_key import key_ring
from mus_workflow.models.sealed_field import SealedField
from mus_workflow.models.triggers import lower_wall, raise_wall
from mus_workflow.sealing import key_id_of, new_data_key, seal_envelope
from mus_workflow.stages import Stage
from tests.builders import make_cast, make_dialogue, prepare_and_share, qid
from tests.mus_workflow.history.tampering import walk_on
from tests.plumbing.clock import NOW

COPIES_AT_ONCE = 250
# In an order in which each row's keys are there before it.
COPIED: tuple[type[models.Model], ...] = (
    Dialogue,
    DialogueLock,
    DialogueForm,
    Participant,
    DataKey,
    Draft,
    Preparation,
    SharedPreparation,
    SharedPreparation.history.model,
    Agreement,
    Agreement.history.model,
    AgreementItem,
    AgreementItem.history.model,
    Presentation,
    Recall,
    LedgerEntry,
    Payload,
    Signature,
    FollowUp,
    Grant,
)
STANDS_FOR = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}")


def walked() -> Dialogue:
    """The dialogue that is copied."""
    cast = make_cast()
    dialogue = make_dialogue(cast, Stage.PREPARING)
    prepare_and_share(dialogue, cast)
    withdraw_preparation(dialogue_id=dialogue.pk, by=cast.employee, at=NOW)
    share_preparation(dialogue_id=dialogue.pk, chosen=[qid("year")], by=cast.employee, at=NOW)
    return walk_on(dialogue, cast)


class Source:
    """The one dialogue in the database, opened."""

    def __init__(self, dialogue: Dialogue, entries: int) -> None:
        self.rows = {model: _rows_of(model, dialogue) for model in COPIED}
        self.ids = {row.pk for rows in self.rows.values() for row in rows if isinstance(row.pk, uuid.UUID)}
        keys = {row.pk: row for row in self.rows[DataKey]}
        self.opened = {envelope: keys[key_id_of(envelope)].open(envelope) for envelope in self._envelopes()}
        self.ring = key_ring()
        self.copies = max(0, entries // len(self.rows[LedgerEntry]) - 1)

    def _envelopes(self) -> Iterator[bytes]:
        for model, rows in self.rows.items():
            sealed = [field.attname for field in model._meta.concrete_fields if isinstance(field, SealedField)]
            yield from filter(None, (getattr(row, name) for row in rows for name in sealed))


class Copy:
    """One copy: the source with other ids, keys, salts and hashes. ``number`` is 1 or more, another for each copy."""

    def __init__(self, source: Source, number: int) -> None:
        self.source, self.number, self.mask = source, number, uuid.uuid4().int
        self.keys = {row.pk: new_data_key() for row in source.rows[DataKey]}
        # What stands for what in texts: ids, and the hashes of documents as soon as these are made.
        self.texts = {str(key): str(self.id_of(key)) for key in source.ids}
        self.resealed: dict[bytes, bytes] = {}

    def rows(self) -> dict[type[models.Model], list[list[Any]]]:
        """The values of all rows, by model. The ledger comes first: from it follows which document was signed."""
        made = dict(zip((LedgerEntry, Payload), self._ledger(), strict=True))
        for model, rows in self.source.rows.items():
            if model not in made:
                made[model] = [[self._value(row, field) for field in _columns(model)] for row in rows]
        return made

    def id_of(self, key: uuid.UUID) -> uuid.UUID:
        """The copy's id for one of the source's; what is not the source's own stays."""
        return uuid.UUID(int=key.int ^ self.mask) if key in self.source.ids else key

    def number_of(self, key: int) -> int:
        """The copy's number for one that the database gave.

        What stands next to each other in one dialogue lies as far apart as it does where all go on at the same time.
        """
        return key * (self.source.copies + 1) + self.number

    def _ledger(self) -> tuple[list[list[Any]], list[list[Any]]]:
        entries, payloads, previous = [], [], GENESIS
        for row, sealed in zip(self.source.rows[LedgerEntry], self.source.rows[Payload], strict=True):
            value = json.loads(self._words(split_payload(self.source.opened[sealed.envelope])[1]))
            self._note_document(row, value)
            salt, payload = os.urandom(32), canonical_bytes(value)
            said = {**row.link().header.__dict__, "chain": str(self.id_of(row.chain))}
            said["object_id"] = self.texts.get(row.object_id, row.object_id)
            if row.history_id:
                said["history_id"] = str(self.number_of(int(row.history_id)))
            hashes = {"commitment": commit(salt, payload), "previous": previous}
            previous = link_hash(Header(**said), hashes["commitment"], previous)
            seq = self.number_of(row.seq)
            said |= {"seq": seq, "chain": self.id_of(row.chain), "hash": previous, **hashes}
            entries.append([said[field.attname] for field in _columns(LedgerEntry)])
            payloads.append([seq, self._sealed(salt + payload, key_id_of(sealed.envelope))])
        return entries, payloads

    def _note_document(self, row: LedgerEntry, value: Any) -> None:
        for presented in self.source.rows[Presentation]:
            document = value.get("document") or {}
            if row.event == Event.PRESENTED and presented.revision == document.get("revision"):
                self.texts[presented.document_sha256] = document_sha256(document)

    def _value(self, row: Any, field: models.Field) -> Any:
        value = getattr(row, field.attname)
        if value is None:
            return None
        if isinstance(field, SealedField):
            return self._resealed(value)
        if isinstance(value, uuid.UUID):
            return self.id_of(value)
        if isinstance(row, DataKey) and field.attname == "wrapped":
            return self.source.ring.wrap(self.keys[row.pk])[1]
        if field.attname == "reference":
            return f"MUS-{self.number:09}"
        if isinstance(row, Dialogue) and field.attname == "created_at":
            return value + timedelta(seconds=self.number)
        if isinstance(value, int) and (field.primary_key or field.attname == "ledger_entry_id"):
            return self.number_of(value)
        if isinstance(value, list):
            return [self.texts.get(each, each) for each in value]
        return self.texts.get(value, value) if isinstance(value, str) else value

    def _resealed(self, envelope: bytes) -> bytes:
        """The copy's envelope. A row and its last history row hold the same one."""
        if envelope not in self.resealed:
            self.resealed[envelope] = self._sealed(self._words(self.source.opened[envelope]), key_id_of(envelope))
        return self.resealed[envelope]

    def _sealed(self, plain: bytes, key: uuid.UUID) -> bytes:
        return seal_envelope(plain, key=self.keys[key], key_id=self.id_of(key))

    def _words(self, opened: bytes) -> bytes:
        return STANDS_FOR.sub(lambda found: self.texts.get(found[0].decode(), found[0].decode()).encode(), opened)


def fill(entries: int) -> None:
    """Fill an empty, migrated database until its ledger has about this many entries."""
    dialogue = walked()
    source = Source(dialogue, entries)
    connection.check_constraints()
    lower_wall("default")
    numbers = iter(range(1, source.copies + 1))
    while batch := list(islice(numbers, COPIES_AT_ONCE)):
        made = [Copy(source, number).rows() for number in batch]
        with transaction.atomic():
            for model in COPIED:
                _insert(model, [row for rows in made for row in rows[model]])
    raise_wall("default")


def _insert(model: type[models.Model], rows: list[list[Any]]) -> None:
    columns, here = _columns(model), connections["default"]  # the connection itself, not what looks it up
    names = ", ".join(f'"{field.column}"' for field in columns)
    marks = ", ".join(["%s"] * len(columns))
    values = [[field.get_db_prep_save(value, here) for field, value in zip(columns, row, strict=True)] for row in rows]
    with here.cursor() as cursor:
        cursor.executemany(f'INSERT INTO "{model._meta.db_table}" ({names}) VALUES ({marks})', values)


def _columns(model: type[models.Model]) -> list[models.Field]:
    return list(model._meta.concrete_fields)


def _rows_of(model: type[models.Model], dialogue: Dialogue) -> list[Any]:
    rows = model._base_manager.order_by("pk")
    if model is LedgerEntry:
        return list(rows.filter(chain=dialogue.pk))
    if model is Payload:
        return list(rows.filter(entry__chain=dialogue.pk))
    return list(rows.filter(dialogue=dialogue) if model is DataKey else rows)
