"""Kept queries answer for the values of this run, never for those of an earlier one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from mus_workflow.models import Dialogue, Draft, DraftKind, Participant
from mus_workflow.models.kept_query import KeptInsert, KeptQuery, KeptUpdate, Slot
from mus_workflow.stages import Stage
from tests.builders import make_dialogue
from tests.cast import Cast

pytestmark = pytest.mark.django_db

OF_ROLE = KeptQuery(
    lambda: Participant.objects.select_related("dialogue").filter(
        dialogue=Slot("dialogue", models.UUIDField()), role=Slot("role", models.CharField())
    )
)
RENAME = KeptUpdate(
    lambda: (Participant.objects.filter(pk=Slot("pk", models.UUIDField())), {"name": Slot("name", models.CharField())})
)


def test_each_run_answers_for_its_own_values(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.PREPARING)
    for role in ("EMPLOYEE", "MANAGER", "EMPLOYEE"):
        found = OF_ROLE.first(dialogue=dialogue.pk, role=role)
        assert found == dialogue.participants.get(role=role)
    assert OF_ROLE.first(dialogue=dialogue.pk, role="SOMEBODY") is None


def test_the_rows_are_whole_objects_from_one_query(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.PREPARING)
    for _run in range(2):
        with CaptureQueriesContext(connection) as queries:
            found = OF_ROLE.first(dialogue=dialogue.pk, role="MANAGER")
            assert (found.dialogue, found.user_id) == (dialogue, cast.manager.pk)
        assert len(queries) == 1


def test_nothing_that_was_read_is_kept(cast: Cast) -> None:
    employee = make_dialogue(cast, Stage.PREPARING).participants.get(role="EMPLOYEE")
    assert OF_ROLE.first(dialogue=employee.dialogue_id, role="EMPLOYEE").name == employee.name
    assert RENAME.run(pk=employee.pk, name="O'Hara; 100 %s") == 1
    assert OF_ROLE.first(dialogue=employee.dialogue_id, role="EMPLOYEE").name == "O'Hara; 100 %s"


def test_an_update_says_how_many_rows_it_met(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.PREPARING)
    assert RENAME.run(pk=dialogue.pk, name="Nobody") == 0
    assert not Participant.objects.filter(name="Nobody").exists()


def test_a_missing_value_is_an_error_and_none_matches_nothing(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.PREPARING)
    with pytest.raises(KeyError):
        OF_ROLE.first(dialogue=dialogue.pk)
    assert OF_ROLE.all(dialogue=None, role="EMPLOYEE") == []


def test_a_preparation_is_found_for_its_author_alone(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.PREPARING)
    for user in (cast.employee, cast.manager, cast.employee):
        draft = Draft.objects.preparation_of(user, dialogue=dialogue.pk)
        assert draft.participant.user_id == user.pk
    assert Draft.objects.preparation_of(cast.other_manager, dialogue=dialogue.pk) is None
    assert Draft.objects.held_in_common(DraftKind.AGREEMENT, dialogue=dialogue.pk) is None


def test_threads_share_no_compiled_query() -> None:
    by_stage = KeptQuery(lambda: Dialogue.objects.filter(stage=Slot("stage", models.CharField())))
    with ThreadPoolExecutor(1) as thread:
        there = thread.submit(lambda: by_stage._compiled("default")[0].connection).result()
    here = by_stage._compiled("default")[0].connection
    assert here is not there


def test_an_insert_writes_every_column_of_its_own_row(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.PREPARING)
    add = KeptInsert(lambda: Participant)
    common = {"dialogue": dialogue, "role": "MANAGER", "joined_at": dialogue.stage_since}
    rows = [Participant(user_key=f"key {name}", name=name, **common) for name in ("O'Hara; %s", "Bø")]
    for row in rows:
        add.run(row)
        assert not row._state.adding
    for row in rows:
        found = Participant.objects.get(pk=row.pk)
        assert {name: getattr(found, name) for name in ("name", "user_key", "user", "left_at", "joined_at")} == {
            "name": row.name,
            "user_key": row.user_key,
            "user": None,
            "left_at": None,
            "joined_at": dialogue.stage_since,
        }


def test_an_insert_sets_the_key_that_the_database_gives() -> None:
    add = KeptInsert(get_user_model)
    rows = [get_user_model()(username=name) for name in ("first", "second")]
    for row in rows:
        add.run(row)
    assert [get_user_model().objects.get(pk=row.pk) for row in rows] == rows


def test_an_insert_that_the_database_refuses_is_refused(cast: Cast) -> None:
    add = KeptInsert(get_user_model)
    with pytest.raises(IntegrityError), transaction.atomic():
        add.run(get_user_model()(username=cast.employee.username))
