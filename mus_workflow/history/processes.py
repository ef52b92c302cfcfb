"""Work on many batches in several processes, where the database and the system allow it."""

from __future__ import annotations

import gc
import logging
import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain
from typing import TypeVar

from django.db import connections, router

from mus_workflow.models import LedgerEntry

logger = logging.getLogger("mus_workflow.verification")

Batch = TypeVar("Batch")
Result = TypeVar("Result")
AHEAD = 3  # batches that wait for each process
# 10 MB for each connection to SQLite, whose 2 MB cannot hold the upper levels of a large file's trees.
LARGER_CACHE = "PRAGMA cache_size = -10240"


def in_processes(
    work: Callable[[Batch], Result], batches: Iterable[Batch], processes: int, *, long: Sequence[Batch] = ()
) -> Iterator[Result]:
    """The result for each batch, in order. ``work`` is a function of a module, and opens a connection of its own.

    ``long``: further batches, each of which takes long by itself; they are begun first, and their results come last.
    One process, this one, where the system cannot fork, or only this process can see the data.
    """
    if processes < 2 or not _can_fork():
        _make_ready()
        yield from map(work, chain(batches, long))
        return
    # A connection must not be shared with a process that was forked.
    connections.close_all()
    # What is there by now stays: the collector need not walk through it, and so leaves it shared between the processes.
    gc.freeze()
    waiting: deque[tuple[Batch, Future[Result] | None]] = deque()
    try:
        with ProcessPoolExecutor(processes, multiprocessing.get_context("fork"), _begin) as pool:
            pool.submit(int).result()  # the processes are forked now, before the batches open a connection here
            begun = [(batch, _submitted(pool, work, batch)) for batch in long]
            for batch in batches:
                waiting.append((batch, _submitted(pool, work, batch)))
                if len(waiting) > AHEAD * processes:
                    yield _result(work, *waiting.popleft())
            for left in (*waiting, *begun):
                yield _result(work, *left)
    finally:
        gc.unfreeze()


def _submitted(pool: Executor, work: Callable[[Batch], Result], batch: Batch) -> Future[Result] | None:
    try:
        return pool.submit(work, batch)
    except BrokenProcessPool:
        return None


def _result(work: Callable[[Batch], Result], batch: Batch, future: Future[Result] | None) -> Result:
    """What a process has found; where the system has killed one, this process does the work."""
    try:
        return work(batch) if future is None else future.result()
    except BrokenProcessPool:
        logger.warning("a process of a long check was killed; the rest is done in one")
        return work(batch)


def _begin() -> None:
    # What was open when this process was forked belongs to the other one: it is let go of, and not closed.
    for connection in connections.all(initialized_only=True):
        connection.connection = None
    _make_ready()


def _make_ready() -> None:
    connection = connections[router.db_for_read(LedgerEntry)]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute(LARGER_CACHE)


def _can_fork() -> bool:
    connection = connections[router.db_for_read(LedgerEntry)]
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        return False
    return not connection.in_atomic_block and "fork" in multiprocessing.get_all_start_methods()
