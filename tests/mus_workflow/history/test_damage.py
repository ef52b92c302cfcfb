"""Damage below what the models can read: values of any type on SQLite, and what the database itself finds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from mus_workflow.history import integrity as module
from mus_workflow.history.chains import Tally
from mus_workflow.history.integrity import check_integrity
from mus_workflow.models import Dialogue, LedgerEntry, Payload
from tests.ledger import tear_down_the_wall
from tests.mus_workflow.history.tampering import entry, verify
from tests.plumbing.databases import copy_file
from tests.plumbing.migrated import migrated_file

pytestmark = pytest.mark.django_db

on_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL keeps no value of another type")
on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has no such check")


def put(table: str, column: str, value: str, key: str, of: Any) -> None:
    tear_down_the_wall()
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE mus_workflow_{table} SET {column} = {value} WHERE {key} = %s", [of])


BAD = {
    "event": "CAST(x'5349ff4e4544' AS TEXT)",
    "object_id": "x'00ff'",
    "actor": "12.5",
    "at_us": "'yesterday'",
    "version": "1.5",
    "commitment": "'text'",
    "previous": "17",
    "hash": "'text'",
    "n": "'three'",
}


@on_sqlite
@pytest.mark.parametrize("column", BAD)
def test_an_entry_of_any_type_is_named_and_stops_nothing(dialogue: Dialogue, column: str) -> None:
    found = entry("SIGNED")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")  # a damaged file keeps none
    put("ledgerentry", column, BAD[column], "seq", found.pk)
    code, text = verify()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
    assert code == 1
    names = (f"{dialogue.reference}, entry {found.n}: ", f"entry {found.n} is missing")
    assert any(name in text for name in names), text


@on_sqlite
def test_a_chain_that_is_no_id_is_named(dialogue: Dialogue) -> None:
    found = entry("SIGNED")
    put("ledgerentry", "chain", "'no id'", "seq", found.pk)
    code, text = verify()
    assert code == 1
    assert f"{dialogue.reference}, entry {found.n + 1}: entry {found.n} is missing" in text
    assert f"no id, entry {found.n}: " in text


@on_sqlite
@pytest.mark.parametrize("value", ["'text'", "x''", "17"])
def test_a_payload_of_any_type_is_named(dialogue: Dialogue, value: str) -> None:
    found = entry("SIGNED")
    put("payload", "envelope", value, "entry_id", found.pk)
    code, text = verify()
    assert code == 1
    assert f"{dialogue.reference}, entry {found.n}: its payload: these bytes are not an envelope" in text


@on_sqlite
def test_a_row_that_cannot_be_read_is_named_by_its_dialogue_and_hides_nothing(dialogue: Dialogue) -> None:
    found = entry("SIGNED")
    put("ledgerentry", "actor", "'999'", "seq", found.pk)
    put("agreementitem", "lineage", "'no id'", "agreement_id", dialogue.agreement.pk.hex)
    code, text = verify()
    assert code == 1
    assert f"{dialogue.reference}, entry {found.n}: it was changed" in text
    assert f"{dialogue.reference}: something of it cannot be read (ValueError)" in text


def integrity(tally: Tally | None = None) -> list[str]:
    return [finding.problem for finding in check_integrity(tally or Tally())]


def test_a_sound_database_says_so(dialogue: Dialogue) -> None:
    assert integrity() == []


@on_sqlite
def test_a_reference_to_a_row_that_is_gone_is_found(dialogue: Dialogue) -> None:
    tear_down_the_wall()
    key = Payload.objects.first().pk
    LedgerEntry.objects.filter(pk=key)._raw_delete("default")
    assert f"row {key} of mus_workflow_payload refers to a row of mus_workflow_ledgerentry that is gone" in integrity()
    Payload.objects.filter(pk=key).delete()


@on_sqlite
def test_a_damaged_page_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    file = tmp_path / "damaged.sqlite3"
    copy_file(migrated_file(Path(request.config.cache.mkdir("migrated"))), file)
    data = bytearray(file.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 4096] = bytes(4096)
    file.write_bytes(data)
    damaged = type(connections["default"])({**connection.settings_dict, "NAME": str(file)}, "damaged")
    monkeypatch.setattr(module, "connections", {"default": damaged})
    found = integrity()
    damaged.close()
    assert any("malformed" in problem or "is damaged" in problem for problem in found)


@on_sqlite
def test_a_row_that_no_constraint_allows_is_found(dialogue: Dialogue) -> None:
    tear_down_the_wall()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA ignore_check_constraints = ON")
        cursor.execute("UPDATE mus_workflow_presentation SET party_count = 1")
        cursor.execute("PRAGMA ignore_check_constraints = OFF")
    assert "the file is damaged: CHECK constraint failed in mus_workflow_presentation" in integrity()


@on_postgresql
def test_a_constraint_that_was_never_checked_is_found(dialogue: Dialogue) -> None:
    connection.check_constraints()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE mus_workflow_agreement ADD CONSTRAINT not_checked CHECK (revision > 0) NOT VALID")
    assert integrity() == ["the constraint mus_workflow_agreement not_checked was never checked against the rows"]


@on_postgresql
def test_what_postgresql_is_not_set_up_to_check_is_told(db: None) -> None:
    tally = Tally()
    integrity(tally)
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'amcheck')")
        installed = cursor.fetchone()[0]
    assert any("amcheck" in what for what in tally.unchecked) != installed
