"""A database role for the site on PostgreSQL that can add to the evidence and never change it.

The owner of the tables migrates; the site connects as this role. Then not even code of ours that runs in the site can
take the wall down.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import connections

from .triggers import append_only_models

_RIGHTS = """
SELECT tablename FROM pg_tables
WHERE tablename = ANY(%s) AND schemaname = ANY(current_schemas(false)) AND (
    has_table_privilege(quote_ident(schemaname) || '.' || quote_ident(tablename), 'UPDATE, DELETE, TRUNCATE, TRIGGER')
    OR pg_has_role(tableowner, 'USAGE'))
ORDER BY tablename
"""


def app_role_statements(role: str, using: str) -> Iterator[str]:
    """The SQL that the owner runs once after each migration, so that ``role`` can serve the site. PostgreSQL only."""
    quoted = connections[using].ops.quote_name
    name = quoted(role)
    yield f"GRANT USAGE ON SCHEMA public TO {name};"
    yield f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {name};"
    yield f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {name};"
    for table in _evidence():
        yield f"REVOKE UPDATE, DELETE, TRUNCATE, TRIGGER, REFERENCES ON {quoted(table)} FROM {name};"


def writable_evidence(using: str) -> list[str]:
    """The tables of evidence that the role of this connection may change or whose triggers it may drop.

    Empty on SQLite, which knows no roles.
    """
    connection: Any = connections[using]
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute(_RIGHTS, [_evidence()])
        return [table for (table,) in cursor.fetchall()]


def _evidence() -> list[str]:
    return [model._meta.db_table for model in append_only_models()]
