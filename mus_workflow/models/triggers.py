"""The wall round the evidence: what is written there once is never changed, by anybody, through this database.

A trigger stops accidents, admin screens, scripts and our own mistakes. It does not stop the owner of the database; what
does is the checkpoint kept outside. No trigger reads another table, so a table rebuild by SQLite cannot trip over one;
``pre_migrate`` takes the wall down and ``post_migrate`` puts it up again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connections, models

APPEND_ONLY = (
    "LedgerEntry",
    "Payload",
    "Presentation",
    "Recall",
    "Signature",
    "FollowUp",
    "FormVersion",
    "FormMove",
    "ConceptVersion",
    "Checkpoint",
    "ChainHead",
    "Delivery",
    "Verification",
    "ErasureRun",
    "KeyBackupCheck",
    "HistoricalAgreement",
    "HistoricalAgreementItem",
    "HistoricalSharedPreparation",
)

_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION mus_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'mus: % is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def append_only_models() -> list[type[models.Model]]:
    """The models whose rows are written once."""
    return [apps.get_model("mus_workflow", name) for name in APPEND_ONLY]


def raise_wall(using: str) -> None:
    """Put up every trigger that is not there. Idempotent; does nothing for tables that do not exist yet."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_FUNCTION)
        for model in append_only_models():
            if model._meta.db_table in tables:
                for statement in _statements(connection.vendor, model):
                    cursor.execute(statement)


def lower_wall(using: str) -> None:
    """Take down every trigger, for a migration. ``raise_wall`` follows."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for model in append_only_models():
            table = model._meta.db_table
            if table not in tables:
                continue
            for name in _names(connection.vendor, table):
                on = f' ON "{table}"' if connection.vendor == "postgresql" else ""
                cursor.execute(f'DROP TRIGGER IF EXISTS "{name}"{on}')


def missing_triggers(using: str) -> list[str]:
    """The names of the triggers that should stand and do not."""
    connection = connections[using]
    if connection.vendor not in ("sqlite", "postgresql"):
        return [f"{connection.vendor} is not supported"]
    query = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if connection.vendor == "sqlite"
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'A'"
    )
    with connection.cursor() as cursor:
        cursor.execute(query)
        standing = {row[0] for row in cursor.fetchall()}
    expected = [name for model in append_only_models() for name in _names(connection.vendor, model._meta.db_table)]
    return [name for name in expected if name not in standing]


def _names(vendor: str, table: str) -> list[str]:
    verbs = ("row", "truncate") if vendor == "postgresql" else ("update", "delete", "replace")
    # PostgreSQL cuts names at 63 characters.
    return [f"mus_wall_{table.removeprefix('mus_workflow_')}_{verb}" for verb in verbs]


def _statements(vendor: str, model: type[models.Model]) -> Iterator[str]:
    table = model._meta.db_table
    if vendor == "postgresql":
        row, truncate = _names(vendor, table)
        yield f'DROP TRIGGER IF EXISTS "{row}" ON "{table}"'
        yield f'DROP TRIGGER IF EXISTS "{truncate}" ON "{table}"'
        yield (
            f'CREATE TRIGGER "{row}" BEFORE UPDATE OR DELETE ON "{table}" '
            "FOR EACH ROW EXECUTE FUNCTION mus_refuse_change()"
        )
        yield (
            f'CREATE TRIGGER "{truncate}" BEFORE TRUNCATE ON "{table}" '
            "FOR EACH STATEMENT EXECUTE FUNCTION mus_refuse_change()"
        )
        # Fires for a replica role too.
        yield f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{row}"'
        yield f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{truncate}"'
    elif vendor == "sqlite":
        update, delete, replace = _names(vendor, table)
        refuse = f"BEGIN SELECT RAISE(ABORT, 'mus: {table} is append-only'); END"
        yield f'CREATE TRIGGER IF NOT EXISTS "{update}" BEFORE UPDATE ON "{table}" {refuse}'
        yield f'CREATE TRIGGER IF NOT EXISTS "{delete}" BEFORE DELETE ON "{table}" {refuse}'
        # INSERT OR REPLACE deletes the old row without firing a delete trigger.
        yield (
            f'CREATE TRIGGER IF NOT EXISTS "{replace}" BEFORE INSERT ON "{table}" '
            f'WHEN EXISTS (SELECT 1 FROM "{table}" WHERE {_same_row(model)}) {refuse}'
        )


def _same_row(model: type[models.Model]) -> str:
    unique: list[tuple[Any, ...]] = [(field,) for field in model._meta.concrete_fields if field.unique]
    unique += [
        tuple(model._meta.get_field(name) for name in constraint.fields)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and constraint.condition is None
    ]
    return " OR ".join(
        "(" + " AND ".join(f'"{field.column}" = NEW."{field.column}"' for field in fields) + ")" for fields in unique
    )
