"""Reading several tables as they were at one moment, while others write."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, router, transaction

from mus_workflow.models import LedgerEntry


@contextmanager
def one_moment() -> Iterator[None]:
    """Let all queries in the block see the same state, so that a save in between is not taken for tampering.

    Nobody who writes waits for it. Within a transaction of the caller's it is the caller's that decides.
    """
    alias = router.db_for_read(LedgerEntry)
    connection = connections[alias]
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "sqlite":
        # Not Django's own transaction: that may be set up to begin as a writer.
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic(using=alias), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
