"""The ledger as it lies in the database, for checking: rows without the models' conversions.

What was tampered with may be of any type, where SQLite keeps the table. Here it is read all the same, so that it can be
named; and a million rows are read in the time that the models need for a quarter of them.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, NamedTuple

from django.db import OperationalError, connections, models, router

from mus_workflow.evidence import Covered, header_bytes
from mus_workflow.models import Dialogue, LedgerEntry

COLUMNS = (
    "seq",
    "chain",
    "n",
    "event",
    "object_type",
    "object_id",
    "history_id",
    "actor",
    "real_actor",
    "auth_method",
    "at_us",
    "version",
    "commitment",
    "previous",
    "hash",
    "payload__envelope",
)


class LedgerRow(NamedTuple):
    """An entry and the envelope of its payload (None: it has none). ``chain`` is text where it is no UUID."""

    seq: int
    chain: uuid.UUID
    n: int
    event: str
    object_type: str
    object_id: str
    history_id: str
    actor: str
    real_actor: str
    auth_method: str
    at_us: int
    version: int
    commitment: bytes
    previous: bytes
    hash: bytes
    envelope: bytes | None

    @property
    def at(self) -> datetime:
        """When it happened, UTC."""
        return datetime.fromtimestamp(self.at_us / 1_000_000, tz=UTC)

    def covered(self, chain: str) -> Covered:
        """What the hash of the entry covers; ``chain`` is the text of its id, which many rows share."""
        try:
            header = header_bytes(chain, *self[2:12])
        except (TypeError, ValueError):
            header = b""
        n = self.n if isinstance(self.n, int) else 0
        return Covered(chain, n, header, self.commitment, self.previous, self.hash)


def rows_of(chains: Collection[uuid.UUID]) -> list[LedgerRow]:
    """The entries of these chains, in order."""
    entries = LedgerEntry.objects.filter(chain__in=chains)
    connection = connections[router.db_for_read(LedgerEntry)]
    try:
        with connection.cursor() as cursor:
            return list(_rows(cursor, entries))
    except OperationalError:
        # A byte that is no UTF-8, in a column of text.
        with _lenient(connection), connection.cursor() as cursor:
            return list(_rows(cursor, entries))


def other_rows() -> Iterator[list[LedgerRow]]:
    """The entries of the chains that are no dialogue's, one chain at a time."""
    entries = LedgerEntry.objects.exclude(chain__in=Dialogue.objects.values("pk"))
    connection = connections[router.db_for_read(LedgerEntry)]
    with _lenient(connection), connection.chunked_cursor() as cursor:
        for _chain, rows in groupby(_rows(cursor, entries), key=lambda row: row.chain):
            yield list(rows)


def by_chain(rows: list[LedgerRow]) -> Iterator[tuple[str, list[LedgerRow]]]:
    """The text of each chain's id, and its rows."""
    for chain, each in groupby(rows, key=lambda row: row.chain):
        yield str(chain), list(each)


def _rows(cursor: Any, entries: models.QuerySet[LedgerEntry]) -> Iterator[LedgerRow]:
    query = entries.order_by("chain", "n").values_list(*COLUMNS).query
    cursor.execute(*query.get_compiler(router.db_for_read(LedgerEntry)).as_sql())
    stored, chain = None, None
    while chunk := cursor.fetchmany(2000):
        for row in chunk:
            if row[1] != stored:
                stored, chain = row[1], _chain(row[1])
            yield LedgerRow(row[0], chain, *row[2:12], *map(_bytes, row[12:]))


@contextmanager
def _lenient(connection: Any) -> Iterator[None]:
    """Read text that is none as text with marks, on SQLite; PostgreSQL stores no such text."""
    if connection.vendor != "sqlite":
        yield
        return
    connection.ensure_connection()
    connection.connection.text_factory = _text
    try:
        yield
    finally:
        connection.connection.text_factory = str


def _text(data: bytes) -> str:
    return data.decode(errors="surrogateescape")


def _chain(value: Any) -> Any:
    if isinstance(value, uuid.UUID):
        return value
    try:
        return uuid.UUID(value)
    except (AttributeError, TypeError, ValueError):
        return str(value)


def _bytes(value: Any) -> bytes | None:
    if value is None or type(value) is bytes:
        return value
    return bytes(value) if isinstance(value, memoryview) else str(value).encode(errors="replace")
