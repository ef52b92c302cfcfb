"""Migrate once, not once a run: the tests' SQLite database starts as a copy of one that was migrated before.

The copy is kept in pytest's cache under a name that covers every migration of ours, the settings that matter and the
installed packages, so another version of any of them migrates afresh. `migrate` still runs on the copy: it finds no
migration to apply, and puts up permissions and triggers anew.
"""

import fcntl
import hashlib
import importlib.metadata
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from tests.plumbing.databases import ROOT, copy_file, run_python

DECIDES = [
    "mus_workflow/migrations/*.py",
    "mus_pages/migrations/*.py",
]


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, request: pytest.FixtureRequest
) -> Iterator[None]:
    """Fill the database in memory before pytest-django migrates it."""
    name = connection.creation._get_test_db_name() if connection.vendor == "sqlite" else ""
    if "mode=memory" not in name:
        yield
        return
    migrated = migrated_file(Path(request.config.cache.mkdir("migrated")))
    # The database in memory lives as long as somebody is connected to it.
    with closing(sqlite3.connect(name, uri=True)) as memory, closing(sqlite3.connect(migrated)) as file:
        file.backup(memory)
        yield


def migrated_file(folder: Path) -> Path:
    """Return the migrated database of this version; whoever comes first makes it, and removes other versions'."""
    file = folder / f"{fingerprint()}.sqlite3"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not file.exists():
            for old in folder.glob("*.sqlite3*"):
                old.unlink()
            building = file.with_suffix(".sqlite3.building")
            run_python("manage.py", "migrate", "--verbosity", "0", DATABASE_URL=f"sqlite:///{building}")
            copy_file(building, file)
    return file


def fingerprint() -> str:
    """Return a name for all that decides how a migrated database looks."""
    digest = hashlib.sha256()
    for package in sorted(f"{each.name} {each.version}" for each in importlib.metadata.distributions()):
        digest.update(package.encode())
    for file in sorted(file for pattern in DECIDES for file in ROOT.glob(pattern)):
        digest.update(f"{file.relative_to(ROOT)} ".encode() + file.read_bytes())
    digest.update(repr((sorted(settings.INSTALLED_APPS), settings.LANGUAGE_CODE)).encode())
    return digest.hexdigest()[:20]
