"""The site's own role on PostgreSQL: a whole dialogue works with it, and evidence is out of its reach."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from mus_workflow.checks import check_wall
from mus_workflow.models.app_role import writable_evidence
from mus_workflow.models.triggers import append_only_models
from mus_workflow.stages import Stage
from tests.builders import Cast
from tests.mus_workflow.history.tampering import verify, walk_on

ROLE = "mus_site_test"
only_postgresql = pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL has roles")
pytestmark = pytest.mark.django_db


@pytest.fixture
def site_role(cast: Cast) -> Iterator[None]:
    """From here on the connection is the site's role: no owner, no superuser."""
    # PostgreSQL grants nothing on a table while a foreign key of this transaction is still to be checked.
    connection.check_constraints()
    out = StringIO()
    call_command("mus_app_role", ROLE, stdout=out)
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE} NOLOGIN")
        cursor.execute(out.getvalue())
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@only_postgresql
def test_a_whole_dialogue_works_with_the_sites_role(site_role: None, cast: Cast, dialogue_at: Any) -> None:
    dialogue = walk_on(dialogue_at(Stage.PREPARING), cast)
    code, told = verify("--dialogue", dialogue.reference)
    assert code == 0, told


@only_postgresql
@pytest.mark.parametrize(
    "attack",
    [
        'UPDATE "{table}" SET "{column}" = "{column}"',
        'DELETE FROM "{table}"',
        'TRUNCATE "{table}" CASCADE',
        'DROP TRIGGER "{trigger}" ON "{table}"',
        'ALTER TABLE "{table}" DISABLE TRIGGER ALL',
        "SET LOCAL session_replication_role = replica",
        "CREATE OR REPLACE FUNCTION mus_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    ],
)
def test_the_sites_role_cannot_even_try(site_role: None, attack: str) -> None:
    for model in append_only_models():
        table = model._meta.db_table
        trigger = f"mus_wall_{table.removeprefix('mus_workflow_')}_row"
        statement = attack.format(table=table, column=model._meta.pk.column, trigger=trigger)
        # Refused by right, before any trigger is asked.
        with pytest.raises(ProgrammingError, match=r"permission denied|must be owner"), transaction.atomic():
            connection.cursor().execute(statement)


@only_postgresql
def test_the_owner_is_warned_of_and_the_sites_role_is_not(site_role: None) -> None:
    assert writable_evidence("default") == []
    assert [message.id for message in check_wall(None, ["default"])] == []
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    assert [message.id for message in check_wall(None, ["default"])] == ["mus.W006"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL has roles")
def test_sqlite_is_told_plainly_that_it_has_no_roles() -> None:
    with pytest.raises(CommandError, match="Only PostgreSQL has roles"):
        call_command("mus_app_role", ROLE)
    assert writable_evidence("default") == []
