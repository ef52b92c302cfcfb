"""The wall while tables change: it stands after each migration, also one that rebuilt a table and one that failed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.db import connections, migrations, models
from django.db.migrations.state import ProjectState
from pytest_django import DjangoDbBlocker

from mus_workflow.models.triggers import RaiseWall, guard_plan, missing_triggers
from tests.plumbing.databases import copy_file, run_python
from tests.plumbing.migrated import migrated_file

WIDER = migrations.AlterField("ledgerentry", "event", models.CharField(max_length=30))


@pytest.fixture
def alias(request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A migrated database of its own: SQLite rebuilds tables only outside of a transaction."""
    if connections["default"].vendor != "sqlite":
        request.getfixturevalue("db")
        yield "default"
        return
    file = tmp_path / "migrated.sqlite3"
    copy_file(migrated_file(Path(request.config.cache.mkdir("migrated"))), file)
    connections.settings["wall"] = {**connections.settings["default"], "NAME": str(file)}
    with django_db_blocker.unblock():
        yield "wall"
        connections["wall"].close()
    del connections["wall"], connections.settings["wall"]


def run(alias: str, *operations: Any, guarded: bool = True) -> None:
    migration = migrations.Migration("9999_test", "mus_workflow")
    migration.operations = list(operations)
    if guarded:
        guard_plan([(migration, False)])
    with connections[alias].schema_editor(atomic=True) as editor:
        migration.apply(ProjectState.from_apps(apps), editor)


def fail(*args: Any) -> None:
    raise RuntimeError("this migration fails")


def test_a_rebuilt_table_has_its_triggers_when_the_migration_ends(alias: str) -> None:
    run(alias, WIDER)
    assert missing_triggers(alias) == []


def test_without_the_guard_a_rebuild_takes_the_triggers_along(alias: str) -> None:
    run(alias, WIDER, guarded=False)
    # Why the guard is there: PostgreSQL alters in place.
    assert len(missing_triggers(alias)) == (3 if alias == "wall" else 0)


def test_a_migration_that_fails_leaves_the_wall_standing(alias: str) -> None:
    with pytest.raises(RuntimeError):
        run(alias, WIDER, migrations.RunPython(fail))
    assert missing_triggers(alias) == []


def test_a_migration_that_fails_after_one_that_rebuilt_leaves_the_wall_standing(alias: str) -> None:
    run(alias, WIDER)
    with pytest.raises(RuntimeError):
        run(alias, migrations.RunPython(fail))
    assert missing_triggers(alias) == []


def test_a_trigger_of_the_same_name_that_does_nothing_is_missing(alias: str) -> None:
    table = "mus_workflow_payload"
    with connections[alias].cursor() as cursor:
        if connections[alias].vendor == "sqlite":
            cursor.execute("DROP TRIGGER mus_wall_payload_update")
            cursor.execute(f"CREATE TRIGGER mus_wall_payload_update BEFORE UPDATE ON {table} BEGIN SELECT 1; END")
        else:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION mus_refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
                "'BEGIN RETURN NEW; END'"
            )
    assert "mus_wall_payload_update" in missing_triggers(alias) or "mus_wall_payload_row" in missing_triggers(alias)
    run(alias)
    assert missing_triggers(alias) == []


def test_only_our_migrations_are_guarded_and_only_once() -> None:
    ours, theirs = migrations.Migration("1", "mus_workflow"), migrations.Migration("1", "auth")
    ours.operations, theirs.operations = [WIDER], [WIDER]
    for _again in range(2):
        guard_plan([(ours, False), (theirs, False)])
    assert [type(one) for one in ours.operations] == [migrations.AlterField, RaiseWall]
    assert theirs.operations == [WIDER]


def test_back_to_the_first_migration_and_forth_again_with_the_real_command(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'db.sqlite3'}"
    ask = (
        "from mus_workflow.models.triggers import missing_triggers; print('missing', len(missing_triggers('default')))"
    )
    for target in ("0005", "0006", "0005", ""):
        named = ["mus_workflow", *([target] if target else [])]
        run_python("manage.py", "migrate", "--verbosity", "0", *named, DATABASE_URL=url)
    told = run_python("manage.py", "shell", "--no-imports", "-c", ask, DATABASE_URL=url)
    assert "missing 0" in told
