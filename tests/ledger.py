"""What the database and the ledger say, read without the code under test where that is possible."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.apps import apps
from django.db import connection

from mus_workflow.evidence import commit, verify_chain
from mus_workflow.models import DataKey, Dialogue, LedgerEntry, split_payload
from mus_workflow.models.triggers import lower_wall, raise_wall
from mus_workflow.sealing import key_id_of


def entries(chain: uuid.UUID) -> list[LedgerEntry]:
    """The entries of a chain, first to last."""
    return list(LedgerEntry.objects.filter(chain=chain).order_by("n").select_related("payload"))


def events(chain: uuid.UUID) -> list[str]:
    """What happened in a chain, first to last."""
    return [entry.event for entry in entries(chain)]


def payload_of(entry: LedgerEntry) -> Any:
    """The JSON value that an entry commits to; fails where the commitment is to anything else."""
    envelope = bytes(entry.payload.envelope)
    salt, payload = split_payload(DataKey.objects.get(pk=key_id_of(envelope)).open(envelope))
    assert commit(salt, payload) == bytes(entry.commitment)
    return json.loads(payload)


def assert_chain_holds(chain: uuid.UUID) -> None:
    """Fail where a link, or a payload, is not as it was written."""
    assert list(verify_chain(LedgerEntry.objects.filter(chain=chain).order_by("n").links())) == []
    for entry in entries(chain):
        payload_of(entry)


def everything() -> dict[str, list[Any]]:
    """Every row of the workflow's tables."""
    tables = [model._meta.db_table for model in apps.get_app_config("mus_workflow").get_models()]
    with connection.cursor() as cursor:
        return {table: _rows(cursor, table) for table in tables}


def _rows(cursor: Any, table: str) -> list[Any]:
    cursor.execute(f'SELECT * FROM "{table}"')
    return sorted(repr([bytes(cell) if isinstance(cell, memoryview) else cell for cell in row]) for row in cursor)


def tear_down_the_wall() -> None:
    """Do what the owner of the database could, to see that it is found."""
    connection.check_constraints()  # PostgreSQL alters no table while a foreign key is still to be checked
    lower_wall("default")


def put_the_wall_back() -> None:
    """Hide that it was ever down."""
    connection.check_constraints()
    raise_wall("default")


def people_of(dialogue: Dialogue) -> dict[str, str]:
    """Who takes part now: role -> participant id."""
    return {person.role: str(person.pk) for person in dialogue.participants.present()}
