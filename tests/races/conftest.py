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


Stage = Callable[[int], str]


def build(url: str, signers: int) -> None:
    run_python("-m", "tests.races.run", "build", DATABASE_URL=url, SIGNERS=str(signers))


@pytest.fixture(scope="session")
def stage(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Stage]:
    """Give the address of a fresh copy of a stage on which so many agreements wait for signatures."""
    server = os.environ.get("DATABASE_URL", "")
    if server.startswith("postgres"):
        yield from _on_postgresql(server)
    else:
        migrated = migrated_file(Path(request.config.cache.mkdir("migrated")))
        yield _on_sqlite(tmp_path_factory.mktemp("races"), migrated)


def _on_sqlite(folder: Path, migrated: Path) -> Stage:
    def copy(signers: int) -> str:
        built = folder / f"built{signers}.sqlite3"
        if not built.exists():
            copy_file(migrated, built)
            build(f"sqlite:///{built}", signers)
        file = folder / f"race{len(list(folder.iterdir()))}.sqlite3"
        copy_file(built, file)
        return f"sqlite:///{file}"

    return copy


def _on_postgresql(server: str) -> Iterator[Stage]:
    templates: dict[int, PostgresTemplate] = {}
    copies: list[tuple[PostgresTemplate, str]] = []

    def copy(signers: int) -> str:
        if signers not in templates:
            name = f"mus_races_{os.getpid()}_{signers}"
            templates[signers] = PostgresTemplate(server, name, lambda url: build(url, signers))
        copies.append((templates[signers], templates[signers].copy()))
        return copies[-1][1]

    yield copy
    for template, url in copies:
        template.drop(url)
    for template in templates.values():
        template.close()


@pytest.fixture
def race(stage: Stage) -> Race:
    """Run a race in processes of its own, on a database of its own; return what was seen."""

    def run(name: str, *, signers: int = 4, **environment: str) -> dict[str, Any]:
        return json.loads(run_python("-m", "tests.races.run", name, DATABASE_URL=stage(signers), **environment))

    return run
