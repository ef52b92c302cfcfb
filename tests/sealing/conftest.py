"""A portal whose every file is in one folder, and what can be broken in its database."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from psycopg import sql

from tests.plumbing.databases import Template, copy_file
from tests.plumbing.mail import MailServer
from tests.plumbing.portal import Portal, serve
from tests.sealing.scanner import Scanner


@dataclass(frozen=True)
class Sealed:
    """A served portal, its folder, its scanner, and how a table is taken away from it for a while."""

    portal: Portal
    folder: Path
    scanner: Scanner
    without: Callable[[str], AbstractContextManager[None]]
    dump: Callable[[], None]


@pytest.fixture
def sealed(template: Template, mail_server: MailServer, tmp_path: Path) -> Iterator[Sealed]:
    """Serve a copy of the demo from a folder that is scanned all the while."""
    folder = tmp_path / "site"
    for name in ("tmp", "cache", "media", "checkpoints"):
        (folder / name).mkdir(parents=True)
    copied = template.copy()
    url = copied if copied.startswith("postgres") else moved(copied, folder)
    mail_server.messages.clear()
    with serve(url, mail_server.port, **environment_of(folder)) as portal:
        server = Path(f"/proc/{portal.process.pid}/task/{portal.process.pid}/children")
        scanner = Scanner(folder, [portal.process.pid, *map(int, server.read_text().split())])
        yield Sealed(portal, folder, scanner, *tools(url, scanner))
    template.drop(copied)


def environment_of(folder: Path) -> dict[str, str]:
    """Let a portal, and its commands, keep everything in this folder."""
    return {
        "DJANGO_SETTINGS_MODULE": "tests.sealing.settings",
        "SEALING_FOLDER": str(folder),
        "TMPDIR": str(folder / "tmp"),
        "SQLITE_TMPDIR": str(folder / "tmp"),
    }


def moved(url: str, folder: Path) -> str:
    copy_file(Path(urlsplit(url).path), folder / "portal.sqlite3")
    return f"sqlite:///{folder / 'portal.sqlite3'}"


def tools(url: str, scanner: Scanner) -> tuple[Callable[[str], AbstractContextManager[None]], Callable[[], None]]:
    """How this database loses a table, and how its rows are laid before the scanner where its files are elsewhere."""
    if not url.startswith("postgres"):
        file = urlsplit(url).path
        return lambda table: gone(lambda statement: in_sqlite(file, statement), table), lambda: None
    return lambda table: gone(lambda statement: in_postgres(url, statement), table), lambda: dumped(url, scanner)


@contextmanager
def gone(run: Callable[[str], None], table: str) -> Iterator[None]:
    run(f'ALTER TABLE "{table}" RENAME TO "{table}_away"')
    try:
        yield
    finally:
        run(f'ALTER TABLE "{table}_away" RENAME TO "{table}"')


def in_sqlite(file: str, statement: str) -> None:
    with closing(sqlite3.connect(file, timeout=20)) as connection:
        connection.execute("PRAGMA legacy_alter_table=ON")
        connection.execute(statement)


def in_postgres(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def dumped(url: str, scanner: Scanner) -> None:
    """Lay every row of every table before the scanner, in the bytes that the database keeps."""
    with psycopg.connect(url) as connection:
        tables = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        for (table,) in tables:
            statement = sql.SQL("COPY {} TO STDOUT (FORMAT binary)").format(sql.Identifier(table))
            with connection.cursor().copy(statement) as copy:
                scanner.note(table, b"".join(bytes(part) for part in copy))
