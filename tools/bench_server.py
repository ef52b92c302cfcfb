"""The served portal that is measured: two sync workers, as in PERFORMANCE, on SQLite or PostgreSQL."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

WORKERS = ["--workers", "2", "--worker-class", "sync", "--no-control-socket", "--log-level", "error"]
POSTGRES_NAME = "mus_bench"


@contextmanager
def served(database_url: str, **environment: str) -> Iterator[int]:
    """Serve a prepared database; give the port."""
    with socket.create_server(("127.0.0.1", 0), backlog=256) as listener:
        bind = ["--bind", f"fd://{listener.fileno()}"]
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "musportal.wsgi", *bind, *WORKERS],
            env=_environment(database_url, **environment),
            pass_fds=[listener.fileno()],
        )
        try:
            yield listener.getsockname()[1]
        finally:
            server.terminate()
            server.wait(timeout=30)


def prepare(database_url: str) -> dict[str, Any]:
    """Fill an empty database; return how to ask for what is in it."""
    return json.loads(run("-m", "benchmarks.prepare", database_url=database_url))


def run(*arguments: str, database_url: str, **environment: str) -> str:
    """Run Python with the benchmarks' settings on a database; return what it printed."""
    command = [sys.executable, *arguments]
    settings = _environment(database_url, **environment)
    return subprocess.run(command, env=settings, check=True, stdout=subprocess.PIPE, text=True).stdout


@contextmanager
def sqlite(folder: Path) -> Iterator[str]:
    """The address of an empty SQLite database."""
    yield f"sqlite:///{folder / 'bench.sqlite3'}"


@contextmanager
def postgres(server: str) -> Iterator[str]:
    """The address of an empty PostgreSQL database, removed afterwards."""
    drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(POSTGRES_NAME))
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(drop)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(POSTGRES_NAME)))
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{POSTGRES_NAME}"))
    finally:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(drop)


def _environment(database_url: str, **more: str) -> dict[str, str]:
    settings = {"DJANGO_SETTINGS_MODULE": "benchmarks.settings", "DATABASE_URL": database_url}
    return {**os.environ, **settings, **more}
