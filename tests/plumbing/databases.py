"""One database built for the whole run, and cheap copies of it: a file, or `CREATE DATABASE … TEMPLATE`."""

import fcntl
import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[2]


class Template(Protocol):
    """A database that is copied, never served."""

    def copy(self) -> str:
        """Make a copy and return its address."""

    def drop(self, url: str) -> None:
        """Remove a copy."""

    def close(self) -> None:
        """Remove the template."""


class SqliteTemplate:
    """One file for all test processes of a run; whoever comes first builds it."""

    def __init__(self, shared: Path, own: Path) -> None:
        self.file = shared / "template.sqlite3"
        self.own = own
        self.numbers = count()
        with (shared / "template.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self.file.exists():
                building = self.file.with_suffix(".building")
                build(f"sqlite:///{building}")
                copy_file(building, self.file)

    def copy(self) -> str:
        file = self.own / f"copy{next(self.numbers)}.sqlite3"
        copy_file(self.file, file)
        return f"sqlite:///{file}"

    def drop(self, url: str) -> None:
        for file in self.own.glob(f"{Path(urlsplit(url).path).name}*"):
            file.unlink()

    def close(self) -> None:
        """The run's temporary folder goes by itself."""


class PostgresTemplate:
    """One template database for each test process."""

    def __init__(self, server: str, name: str, fill: Callable[[str], None] | None = None) -> None:
        self.server = server
        self.name = name
        self.numbers = count()
        self._drop(name)
        self._create(name, "template0")
        (fill or build)(self._url(name))

    def copy(self) -> str:
        name = f"{self.name}_{next(self.numbers)}"
        self._create(name, self.name)
        return self._url(name)

    def drop(self, url: str) -> None:
        self._drop(urlsplit(url).path.lstrip("/"))

    def close(self) -> None:
        self._drop(self.name)

    def _url(self, name: str) -> str:
        return urlunsplit(urlsplit(self.server)._replace(path=f"/{name}"))

    def _create(self, name: str, template: str) -> None:
        self._execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))

    def _drop(self, name: str) -> None:
        self._execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def _execute(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            connection.execute(statement)


def copy_file(source: Path, target: Path) -> None:
    """Copy a SQLite database with what still stands in its write-ahead log."""
    with closing(sqlite3.connect(source)) as reader, closing(sqlite3.connect(target)) as writer:
        reader.backup(writer)


def build(url: str) -> None:
    """Fill an empty database with the demo organisation, in a process of its own."""
    run_python("-m", "tests.plumbing.build", DATABASE_URL=url)


def run_python(*arguments: str, **environment: str) -> str:
    """Run Python in the repository with the tests' settings; return what it printed, fail with all it said."""
    result = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "musportal.settings.test", **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, f"{arguments} failed:\n{result.stdout}\n{result.stderr}"
    return result.stdout
