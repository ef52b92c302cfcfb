"""What can go wrong below a request, done for real where it can be done without harming the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

import django
import time_machine
from django.core.cache import cache
from django.core.mail.backends.locmem import EmailBackend
from django.db import OperationalError, connection
from django.test import override_settings

from mus_workflow.models.triggers import lower_wall
from tests.plumbing.clock import NOW

CHANGES = ("INSERT", "UPDATE", "DELETE")
OURS = "mus_workflow_"


class Failing:
    """Fails every statement from the first one that changes a table of ours, or only that one."""

    def __init__(self, message: str, *, once: bool) -> None:
        self.message, self.once, self.failed = message, once, False

    def __call__(self, execute: Any, sql: str, *rest: Any) -> Any:
        begins = sql.startswith(CHANGES) and OURS in sql
        if (self.failed and not self.once and "SAVEPOINT" not in sql) or (begins and not self.failed):
            self.failed = True
            raise OperationalError(self.message)
        return execute(sql, *rest)


@contextmanager
def database_gone() -> Iterator[None]:
    """In the middle of the request; nothing can be asked any more."""
    with connection.execute_wrapper(Failing("server closed the connection unexpectedly", once=False)):
        yield


@contextmanager
def database_locked() -> Iterator[None]:
    """Another process held it longer than we wait."""
    with connection.execute_wrapper(Failing("database is locked", once=True)):
        yield


@contextmanager
def disk_full() -> Iterator[None]:
    """No page more can be written."""
    if connection.vendor != "sqlite":
        with connection.execute_wrapper(Failing("could not extend file: No space left on device", once=False)):
            yield
        return
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        cursor.execute(f"PRAGMA max_page_count = {pages}")
        # Free pages would hide that the disk is full: then the statement fails as it would without them.
        try:
            with connection.execute_wrapper(Failing("database or disk is full", once=False)):
                yield
        finally:
            cursor.execute("PRAGMA max_page_count = 1073741823")


@contextmanager
def read_only() -> Iterator[None]:
    """The database lets itself be read and not written."""
    on, off = (
        ("PRAGMA query_only = ON", "PRAGMA query_only = OFF")
        if connection.vendor == "sqlite"
        else ("SET LOCAL transaction_read_only = on", "SELECT 1")
    )
    with connection.cursor() as cursor:
        cursor.execute(on)
        try:
            yield
        finally:
            cursor.execute(off)


class RefusedMail(EmailBackend):
    """Refuses every mail."""

    def send_messages(self, messages: Any) -> int:
        raise ConnectionRefusedError


class HalfSentMail(EmailBackend):
    """Takes the first mail, and is gone for the second."""

    taken = 0

    def send_messages(self, messages: Any) -> int:
        type(self).taken += 1
        if type(self).taken % 2 == 0:
            raise TimeoutError
        return super().send_messages(messages)


def mail_by(backend: type[EmailBackend]) -> Callable[[], AbstractContextManager[Any]]:
    path = f"{backend.__module__}.{backend.__qualname__}"
    # By the old name before Django 6.1, by the new one from there on.
    chosen = {"MAILERS": {"default": {"BACKEND": path}}} if django.VERSION >= (6, 1) else {"EMAIL_BACKEND": path}
    return lambda: override_settings(**chosen)


def cache_down() -> AbstractContextManager[Any]:
    """Nothing can be counted."""
    broken = mock.Mock(side_effect=ConnectionError)
    return mock.patch.multiple(cache._connections[cache._alias], add=broken, get=broken, incr=broken, touch=broken)


def worker_gone() -> AbstractContextManager[Any]:
    """Jobs cannot be handed over."""
    return mock.patch("django_tasks.base.Task.enqueue", side_effect=ConnectionError)


def clock_an_hour_back() -> AbstractContextManager[Any]:
    return time_machine.travel(NOW - timedelta(hours=1), tick=False)


def clock_a_day_on() -> AbstractContextManager[Any]:
    return time_machine.travel(NOW + timedelta(days=1), tick=False)


def master_key_missing() -> AbstractContextManager[Any]:
    return override_settings(MUS={"MASTER_KEYS": {}})


@contextmanager
def wall_down() -> Iterator[None]:
    """Somebody took the triggers away; it is found by the check, and people can go on."""
    connection.check_constraints()
    lower_wall("default")
    yield


FAULTS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "database gone": database_gone,
    "database locked": database_locked,
    "disk full": disk_full,
    "database read-only": read_only,
    "mail refused": mail_by(RefusedMail),
    "mail half sent": mail_by(HalfSentMail),
    "cache down": cache_down,
    "worker gone": worker_gone,
    "clock an hour back": clock_an_hour_back,
    "clock a day on": clock_a_day_on,
    "master key missing": master_key_missing,
    "wall down": wall_down,
}
# Under these the person is not even hindered: what they trouble comes after the commit, or is found by the check.
HARMLESS = {"mail refused", "mail half sent", "worker gone", "clock a day on", "wall down"}
