"""The database's own checks: pages, indexes and references that are damaged below what rows can tell."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.apps import apps
from django.db import DatabaseError, connections, router
from django.utils.translation import gettext as _

from mus_workflow.evidence import Finding
from mus_workflow.models import LedgerEntry

from .chains import DATABASE, Tally

MOST = 20  # of each kind; a broken disk breaks much

_UNVALIDATED = """
SELECT conrelid::regclass::text || ' ' || conname FROM pg_constraint
WHERE NOT convalidated AND conrelid::regclass::text LIKE 'mus\\_workflow\\_%' ORDER BY 1
"""
_INVALID = """
SELECT indexrelid::regclass::text FROM pg_index
WHERE NOT indisvalid AND indrelid::regclass::text LIKE 'mus\\_workflow\\_%' ORDER BY 1
"""
_INDEXES = """
SELECT i.indexrelid::regclass::text FROM pg_index i
JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_am a ON a.oid = c.relam
WHERE a.amname = 'btree' AND i.indrelid::regclass::text LIKE 'mus\\_workflow\\_%' ORDER BY 1
"""


def check_integrity(tally: Tally) -> Iterator[Finding]:
    """What the database finds wrong with itself. What it cannot check is told in ``tally.unchecked``."""
    connection = connections[router.db_for_read(LedgerEntry)]
    problems = {"sqlite": _sqlite, "postgresql": _postgresql}[connection.vendor](connection, tally)
    try:
        yield from (Finding(DATABASE, None, problem) for problem in problems)
    except DatabaseError as error:
        yield Finding(DATABASE, None, _("it cannot check itself: %(said)s") % {"said": error})


def _sqlite(connection: Any, tally: Tally) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA integrity_check({MOST})")
        for (said,) in cursor.fetchall():
            if said != "ok":
                yield _("the file is damaged: %(said)s") % {"said": said}
        for model in apps.get_app_config("mus_workflow").get_models():
            table = model._meta.db_table
            cursor.execute(f"PRAGMA foreign_key_check({table})")
            for _table, row, parent, _constraint in islice(cursor.fetchall(), MOST):
                names = {"table": table, "row": row, "parent": parent}
                yield _("row %(row)s of %(table)s refers to a row of %(parent)s that is gone") % names


def _postgresql(connection: Any, tally: Tally) -> Iterator[str]:
    with connection.cursor() as cursor:
        for name in _names(cursor, _UNVALIDATED):
            yield _("the constraint %(name)s was never checked against the rows") % {"name": name}
        for name in _names(cursor, _INVALID):
            yield _("the index %(name)s is not valid") % {"name": name}
        cursor.execute("SHOW data_checksums")
        if cursor.fetchone()[0] != "on":
            tally.unchecked.append(_("Bytes that a disk has changed: the database keeps no checksums of its pages."))
        cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'amcheck')")
        if not cursor.fetchone()[0]:
            tally.unchecked.append(_("The database's indexes: its extension amcheck is not installed."))
            return
    yield from _indexes(connection, tally)


def _indexes(connection: Any, tally: Tally) -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT has_function_privilege('bt_index_check(regclass)', 'EXECUTE')")
        if not cursor.fetchone()[0]:
            tally.unchecked.append(_("The database's indexes: this role may not use the extension amcheck."))
            return
        for name in _names(cursor, _INDEXES):
            try:
                cursor.execute("SELECT bt_index_check(%s::regclass)", [name])
            except DatabaseError as error:
                yield _("the index %(name)s is damaged: %(said)s") % {"name": name, "said": str(error).strip()}


def _names(cursor: Any, query: str) -> list[str]:
    cursor.execute(query)
    return [name for (name,) in cursor.fetchall()]
