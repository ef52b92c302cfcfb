"""The wall round the evidence: what is written there once is never changed, by anybody, through this database.

A trigger stops accidents, admin screens, scripts and our own mistakes. It does not stop the owner of the database; what
does is the checkpoint kept outside. No trigger reads another table, so a table rebuild by SQLite cannot trip over one.

The wall stands during migrations too. A rebuild by SQLite takes a table's triggers with it: ``guard_plan`` lets each
migration put them up again before its own transaction ends, so a later one that fails leaves no gap (ADR 0011).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.db import connections, models
from django.db.migrations.operations.base import Operation

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

_REFUSAL = """
BEGIN RAISE EXCEPTION 'mus: % is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END """
_FUNCTION = f"CREATE OR REPLACE FUNCTION mus_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $${_REFUSAL}$$"
_POSTGRESQL = """
SELECT tgname, pg_get_triggerdef(pg_trigger.oid) FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
WHERE NOT tgisinternal AND tgenabled = 'A' AND prosrc = %s
"""


def append_only_models(registry: Any = apps) -> list[type[models.Model]]:
    """The models whose rows are written once; of an earlier state, those that it has."""
    known = {model._meta.object_name for model in registry.get_app_config("mus_workflow").get_models()}
    return [registry.get_model("mus_workflow", name) for name in APPEND_ONLY if name in known]


def raise_wall(using: str, registry: Any = apps) -> None:
    """Put up every trigger that is not there as it should be. Does nothing for tables that do not exist yet."""
    connection = connections[using]
    gaps = set(_gaps(connection, append_only_models(registry)))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and gaps:
            cursor.execute(_FUNCTION)
        for model in append_only_models(registry):
            table = model._meta.db_table
            for name, statements in _triggers(connection.vendor, model).items():
                if name in gaps:
                    cursor.execute(_drop(connection.vendor, name, table))
                    for statement in statements:
                        cursor.execute(statement)


def lower_wall(using: str) -> None:
    """Take down every trigger: for a migration that must rewrite evidence, and nothing else. ``raise_wall`` follows."""
    connection = connections[using]
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for model in append_only_models():
            if (table := model._meta.db_table) in tables:
                for name in _triggers(connection.vendor, model):
                    cursor.execute(_drop(connection.vendor, name, table))


def missing_triggers(using: str) -> list[str]:
    """The names of the triggers that should stand on the tables there are, and do not, or say something else."""
    connection = connections[using]
    if connection.vendor not in ("sqlite", "postgresql"):
        return [f"{connection.vendor} is not supported"]
    return list(_gaps(connection, append_only_models()))


class RaiseWall(Operation):
    """The last step of a migration: the wall as it belongs to the state that the migration has reached."""

    reversible = True
    reduces_to_sql = False

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Changes no model."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """Put up what is missing, in the migration's own transaction."""
        raise_wall(schema_editor.connection.alias, to_state.apps)

    database_backwards = database_forwards

    def describe(self) -> str:
        """For ``migrate --plan``."""
        return "Put up the wall round the evidence"


def guard_plan(plan: Iterable[tuple[Any, bool]]) -> None:
    """Let each of our migrations that is about to run end with the wall up, whichever way it runs."""
    for migration, backwards in plan:
        if migration.app_label != "mus_workflow" or any(isinstance(one, RaiseWall) for one in migration.operations):
            continue
        place = 0 if backwards else len(migration.operations)
        migration.operations = [*migration.operations[:place], RaiseWall(), *migration.operations[place:]]


def _gaps(connection: Any, guarded: Iterable[type[models.Model]]) -> Iterator[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL, [_REFUSAL])
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        standing = dict(cursor.fetchall())
    tables = set(connection.introspection.table_names())
    for model in guarded:
        if model._meta.db_table not in tables:
            continue
        for name, (statement, *_always) in _triggers(connection.vendor, model).items():
            if _bare(standing.get(name, "")) != _bare(statement):
                yield name


def _bare(statement: str) -> str:
    # PostgreSQL tells a definition without needless quotes, with the schema, and with the verbs in an order of its own.
    plain = re.sub(r"(ON|FUNCTION) \w+\.", r"\1 ", statement.replace('"', ""))
    return plain.replace("UPDATE OR DELETE", "DELETE OR UPDATE")


def _drop(vendor: str, name: str, table: str) -> str:
    return f'DROP TRIGGER IF EXISTS "{name}"' + (f' ON "{table}"' if vendor == "postgresql" else "")


def _triggers(vendor: str, model: type[models.Model]) -> dict[str, list[str]]:
    """{name: statements} of one table's triggers; the first statement is the trigger's definition."""
    # PostgreSQL cuts names at 63 characters.
    table, wall = model._meta.db_table, f"mus_wall_{model._meta.db_table.removeprefix('mus_workflow_')}"
    if vendor == "postgresql":
        act = "EXECUTE FUNCTION mus_refuse_change()"
        defined = {
            f"{wall}_row": f'BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW {act}',
            f"{wall}_truncate": f'BEFORE TRUNCATE ON "{table}" FOR EACH STATEMENT {act}',
        }
        # ALWAYS: it fires for a replica role too.
        return {
            name: [f'CREATE TRIGGER "{name}" {what}', f'ALTER TABLE "{table}" ENABLE ALWAYS TRIGGER "{name}"']
            for name, what in defined.items()
        }
    refuse = f"BEGIN SELECT RAISE(ABORT, 'mus: {table} is append-only'); END"
    defined = {
        f"{wall}_update": f'BEFORE UPDATE ON "{table}" {refuse}',
        f"{wall}_delete": f'BEFORE DELETE ON "{table}" {refuse}',
        # INSERT OR REPLACE deletes the old row without firing a delete trigger.
        f"{wall}_replace": f'BEFORE INSERT ON "{table}" WHEN EXISTS ({_same_row(model)}) {refuse}',
    }
    return {name: [f'CREATE TRIGGER "{name}" {what}'] for name, what in defined.items()}


def _same_row(model: type[models.Model]) -> str:
    unique: list[tuple[Any, ...]] = [(field,) for field in model._meta.concrete_fields if field.unique]
    unique += [
        tuple(model._meta.get_field(name) for name in constraint.fields)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and constraint.condition is None
    ]
    same = " OR ".join(
        "(" + " AND ".join(f'"{field.column}" = NEW."{field.column}"' for field in fields) + ")" for fields in unique
    )
    return f'SELECT 1 FROM "{model._meta.db_table}" WHERE {same}'
