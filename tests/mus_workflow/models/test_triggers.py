"""The wall: no row of evidence is changed, removed or replaced, by whatever way; and it is noticed where it is down."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from mus_workflow.actions.record_progress import record_follow_up
from mus_workflow.actions.save_draft import save_follow_up_draft
from mus_workflow.actions.write_revision import present_agreement, take_back_agreement
from mus_workflow.checks import check_triggers, check_wall
from mus_workflow.models import Checkpoint, ErasureRun, FormMove, KeyBackupCheck, Verification
from mus_workflow.models.triggers import APPEND_ONLY, append_only_models, lower_wall, missing_triggers, raise_wall
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, qid, sign_by_both, typed
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def evidence(module_cast: Cast) -> None:
    """A row in every table behind the wall."""
    dialogue = make_dialogue(module_cast, Stage.SIGN_OFF)
    take_back_agreement(dialogue_id=dialogue.pk, by=module_cast.employee, at=NOW)
    present_agreement(dialogue_id=dialogue.pk, by=module_cast.employee, at=NOW)
    sign_by_both(dialogue, module_cast)
    given = {"dialogue_id": dialogue.pk, "by": module_cast.manager, "at": NOW}
    save_follow_up_draft(**given, typed=typed({"how": "Godt"}), allowed=[qid("how")])
    record_follow_up(**given)
    version = dialogue.forms.first().form_version
    FormMove.objects.create(from_version=version, to_version=version, decided_at=NOW)
    outside_the_dialogue()


def outside_the_dialogue() -> None:
    """What is written once about the whole of the evidence."""
    sizes = {"chains": 1, "entries": 1, "root": bytes(32), "readings": 0, "readings_root": bytes(32)}
    checkpoint = Checkpoint.objects.create(number=1, made_at=NOW, readings_until=NOW, note="note", **sizes)
    checkpoint.heads.create(chain=uuid.uuid4(), n=1, hash=bytes(32))
    checkpoint.deliveries.create(sink="file", tried_at=NOW)
    Verification.objects.create(started_at=NOW, ended_at=NOW, dialogues=1, entries=1, found=0)
    ErasureRun.objects.create(ran_at=NOW, keys=0, readings=0)
    KeyBackupCheck.objects.create(master_key="2026", checked_at=NOW, opened=1)


@pytest.fixture(scope="module", params=APPEND_ONLY)
def model(request: pytest.FixtureRequest) -> type[models.Model]:
    return next(each for each in append_only_models() if each.__name__ == request.param)


def sql(statement: str, table: str, *parameters: Any) -> Callable[[], Any]:
    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement.format(table=table), parameters)

    return run


def ways(model: type[models.Model]) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Every way that Django and SQL have to change a row that is there."""
    table, rows = model._meta.db_table, model._base_manager
    row = rows.first()
    field = next(each for each in model._meta.concrete_fields if not each.primary_key)
    value = {field.name: getattr(row, field.name)}
    yield "save", row.save
    yield "delete", row.delete
    yield "raw delete", lambda: rows.all()._raw_delete(using="default")
    yield "update", lambda: rows.filter(pk=row.pk).update(**value)
    yield "bulk_update", lambda: rows.bulk_update([row], [field.name])
    yield "queryset delete", lambda: rows.filter(pk=row.pk).delete()
    yield "update_or_create", lambda: rows.update_or_create(pk=row.pk, defaults=value)
    yield "upsert", lambda: upsert(model, row, field)
    yield "UPDATE", sql(f'UPDATE "{{table}}" SET "{field.column}" = "{field.column}"', table)
    yield "DELETE", sql('DELETE FROM "{table}"', table)
    if connection.vendor == "sqlite":
        yield "INSERT OR REPLACE", sql('INSERT OR REPLACE INTO "{table}" SELECT * FROM "{table}"', table)
        yield "UPDATE OR REPLACE", sql(f'UPDATE OR REPLACE "{{table}}" SET "{field.column}" = "{field.column}"', table)
    else:
        yield "TRUNCATE", sql('TRUNCATE "{table}" CASCADE', table)
        yield "replica", replica(table, field.column)


def upsert(model: type[models.Model], row: models.Model, field: models.Field[Any, Any]) -> None:
    model._base_manager.bulk_create(
        [row], update_conflicts=True, unique_fields=[model._meta.pk.name], update_fields=[field.name]
    )


def replica(table: str, column: str) -> Callable[[], None]:
    """What a replication role does: ordinary triggers do not fire for it."""

    def run() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute(f'UPDATE "{table}" SET "{column}" = "{column}"')

    return run


@pytest.fixture(autouse=True)
def nothing_pending() -> None:
    """PostgreSQL alters no table while a foreign key of this transaction is still to be checked."""
    connection.check_constraints()


def is_refused(attack: Callable[[], Any]) -> bool:
    try:
        with transaction.atomic():
            attack()
    except (DatabaseError, models.ProtectedError):
        return True
    return False


def test_no_way_leads_through_the_wall(evidence: None, model: type[models.Model]) -> None:
    before = list(model._base_manager.values_list())
    assert before, f"there is no {model.__name__} to attack"
    for name, attack in ways(model):
        assert is_refused(attack), f"{model.__name__}: {name} went through"
        assert list(model._base_manager.values_list()) == before, name


def test_the_refusal_says_which_table(evidence: None, model: type[models.Model]) -> None:
    table = model._meta.db_table
    with pytest.raises(IntegrityError, match=f"{table} is append-only"), transaction.atomic():
        sql('DELETE FROM "{table}"', table)()


def test_simple_historys_own_cleaning_is_stopped(evidence: None) -> None:
    with time_machine.travel(NOW + timedelta(days=31)), pytest.raises(IntegrityError), transaction.atomic():
        call_command("clean_old_history", "--auto", verbosity=0)


def test_every_trigger_stands_after_migrate() -> None:
    assert missing_triggers("default") == []
    assert check_triggers(None, ["default"]) == []


def test_a_missing_trigger_is_an_error_that_names_it(model: type[models.Model]) -> None:
    table = model._meta.db_table
    name = f"mus_wall_{table.removeprefix('mus_workflow_')}_{'row' if connection.vendor == 'postgresql' else 'update'}"
    sql(f'DROP TRIGGER "{name}"' + (' ON "{table}"' if connection.vendor == "postgresql" else ""), table)()
    (warned,) = check_triggers(None, ["default"])
    found = check_wall(None, ["default"])[0]
    assert (warned.id, found.id, name in warned.msg, name in found.msg) == ("mus.W005", "mus.E004", True, True)
    raise_wall("default")
    assert missing_triggers("default") == []


def test_a_disabled_trigger_is_missing_too(model: type[models.Model]) -> None:
    if connection.vendor != "postgresql":
        return
    sql('ALTER TABLE "{table}" DISABLE TRIGGER ALL', model._meta.db_table)()
    assert len(missing_triggers("default")) == 2


def test_the_wall_goes_down_and_up_for_a_migration() -> None:
    lower_wall("default")
    assert len(missing_triggers("default")) == len(APPEND_ONLY) * (2 if connection.vendor == "postgresql" else 3)
    raise_wall("default")
    raise_wall("default")
    assert missing_triggers("default") == []


def test_every_table_of_history_stands_behind_the_wall() -> None:
    history = {
        model.__name__
        for model in append_only_models()[0]._meta.apps.get_app_config("mus_workflow").get_models()
        if model.__name__.startswith("Historical")
    }
    assert history <= set(APPEND_ONLY)
