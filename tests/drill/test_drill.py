"""On real files: what was erased opens with no key and stands in none, and a restore does not bring it back."""

from __future__ import annotations

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.matrix.canaries import CANARIES
from tests.plumbing.databases import PostgresTemplate, copy_file, run_python
from tests.plumbing.migrated import migrated_file

POSTGRES = os.environ.get("DATABASE_URL", "").startswith("postgres")


def step(url: str, *arguments: str) -> Any:
    return json.loads(run_python("-m", "tests.drill.run", *arguments, DATABASE_URL=url))


def assert_written(seen: dict[str, Any], people: int) -> None:
    # A place is kept in clear, so that the delegate can arrange; the steps say it too, sealed.
    assert set(seen["words"]) == set(CANARIES)
    assert len(seen["wrapped"]) > 15 + 8 * people
    assert seen["findings"] == []


def assert_erased(seen: dict[str, Any]) -> None:
    assert seen["words"] == []
    assert seen["gone"] > 50
    assert seen["findings"] == []


def files_of(database: Path) -> dict[str, bytes]:
    """What lies on the disk: the database, its write-ahead log, and the index of that."""
    return {file.name: file.read_bytes() for file in database.parent.glob(f"{database.name}*")}


def found_in(files: dict[str, bytes], texts: list[bytes]) -> set[tuple[str, bytes]]:
    return {(name, text) for name, content in files.items() for text in texts if text in content}


def in_clear(files: dict[str, bytes]) -> set[str]:
    """The canaries in any file, in any spelling a file might use."""
    spelt = {canary: [canary.encode(), canary.encode("utf-16-le"), canary.upper().encode()] for canary in CANARIES}
    return {canary for canary, texts in spelt.items() if found_in(files, texts)}


@pytest.mark.skipif(POSTGRES, reason="The files are SQLite's.")
@pytest.mark.parametrize("people", [0, pytest.param(120, marks=pytest.mark.prove)])
def test_what_was_erased_is_in_no_file_of_sqlite_and_no_restore_brings_it_back(
    tmp_path: Path, request: pytest.FixtureRequest, people: int
) -> None:
    database, backup, journal = tmp_path / "site.db", tmp_path / "backup" / "copy.db", tmp_path / "journal"
    copy_file(migrated_file(Path(request.config.cache.mkdir("migrated"))), database)
    url = f"sqlite:///{database}"
    written = step(url, "build", str(people))
    assert_written(written, people)
    keys = [bytes.fromhex(text) for text in written["wrapped"]]
    assert in_clear(files_of(database)) == {"kanaristed"}
    assert len(found_in(files_of(database), keys)) == len(keys)
    backup.parent.mkdir()
    copy_file(database, backup)
    # Somebody is connected all the while, so the write-ahead log stays.
    with closing(sqlite3.connect(database)) as reader:
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        assert_erased(step(url, "run", str(journal)))
        assert f"{database.name}-wal" in files_of(database)
        assert in_clear(files_of(database)) == set()
        assert found_in(files_of(database), keys) == set()
    assert in_clear({"journal": journal.read_bytes()}) == set()
    assert_taken_again(f"sqlite:///{backup}", journal, keys=len(keys))


def assert_taken_again(url: str, journal: Path, *, keys: int) -> None:
    """A backup from before still has the keys; the journal takes them again."""
    replayed = step(url, "replay", str(journal))
    assert replayed["replayed"] >= keys
    assert_erased(replayed)
    assert replayed["again"] == 0


@pytest.mark.skipif(not POSTGRES, reason="The files are PostgreSQL's.")
@pytest.mark.prove  # migrating the database alone takes longer than all of it on SQLite
@pytest.mark.parametrize("people", [120])
def test_what_was_erased_is_in_no_file_of_postgresql_and_no_restore_brings_it_back(tmp_path: Path, people: int) -> None:
    journal, written = tmp_path / "journal", {}
    server, name = os.environ["DATABASE_URL"], f"mus_drill_{os.getpid()}"
    before = PostgresTemplate(server, name, lambda url: written.update(step(url, "build", str(people))))
    site, backup = before.copy(), before.copy()
    try:
        assert_written(written, people)
        held = step(site, "key_file")
        assert all(key in held for key in written["wrapped"])
        assert_erased(step(site, "run", str(journal)))
        held = step(site, "key_file")
        assert not any(key in held for key in written["wrapped"])
        assert_taken_again(backup, journal, keys=len(written["wrapped"]))
    finally:
        before.drop(site)
        before.drop(backup)
        before.close()
