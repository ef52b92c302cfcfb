"""A database for each race: a copy of one that was built once."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.plumbing.databases import PostgresTemplate, copy_file, run_python
from tests.plumbing.migrated import migrated_file

Race = Callable[..., dict[str, Any]]


def build(url: str) -> None:
    run_python("-m", "tests.races.run", "build", DATABASE_URL=url)


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Callable[[], str]]:
    """Give the address of a fresh copy of the stage."""
    server = os.environ.get("DATABASE_URL", "")
    if server.startswith("postgres"):
        template = PostgresTemplate(server, f"mus_races_{os.getpid()}", build)
        copies: list[str] = []
        yield lambda: copies.append(template.copy()) or copies[-1]
        for url in copies:
            template.drop(url)
        template.close()
        return
    folder = tmp_path_factory.mktemp("races")
    built = folder / "built.sqlite3"
    copy_file(migrated_file(Path(request.config.cache.mkdir("migrated"))), built)
    build(f"sqlite:///{built}")

    def copy() -> str:
        file = folder / f"race{len(list(folder.iterdir()))}.sqlite3"
        copy_file(built, file)
        return f"sqlite:///{file}"

    yield copy


@pytest.fixture
def race(ground: Callable[[], str]) -> Race:
    """Run a race in processes of its own, on a database of its own; return what was seen."""

    def run(name: str, **environment: str) -> dict[str, Any]:
        return json.loads(run_python("-m", "tests.races.run", name, DATABASE_URL=ground(), **environment))

    return run
