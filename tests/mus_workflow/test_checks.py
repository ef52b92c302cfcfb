"""System checks: each says what is wrong, and nothing where nothing is."""

from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.checks import ERROR, WARNING, run_checks

from mus_workflow.actions.check_key_backup import check_key_backup
from mus_workflow.actions.rotate_keys import rotate_batch
from mus_workflow.checks import (
    check_checkpoints,
    check_deployment,
    check_erasure_journal,
    check_form_size,
    check_key_backups,
    check_master_keys,
    check_settings,
    check_triggers,
)
from mus_workflow.models import DataKey
from tests.builders import Cast, make_dialogue
from tests.erasing import rules
from tests.master_keys import ANOTHER, GONE, OLD, ROTATED, ROTATING
from tests.plumbing.clock import NOW

STOCK = {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}
GOOD = {**STOCK, "OPTIONS": {"transaction_mode": "IMMEDIATE", "init_command": "PRAGMA journal_mode=WAL;"}}
POSTGRES = {"ENGINE": "django.db.backends.postgresql", "NAME": "mus"}


def ids(found: list[Any]) -> list[str]:
    return [message.id for message in found]


def test_these_tests_run_on_settings_without_a_fault() -> None:
    assert ids(check_settings(None)) == []


def test_a_misspelt_setting_is_named(settings: Any) -> None:
    settings.MUS = {**settings.MUS, "GRANT_DAY": 7}
    (found,) = check_settings(None)
    assert (found.id, found.level) == ("mus.W001", WARNING)
    assert "GRANT_DAY" in found.msg


@pytest.mark.parametrize(
    ("keys", "reason"), [({}, "there is no master key"), ({"a": "x"}, "base64"), ({"a": "c2hvcnQ="}, "5 bytes")]
)
def test_a_bad_master_key_is_an_error_that_shows_no_key(settings: Any, keys: dict[str, str], reason: str) -> None:
    settings.MUS = {"MASTER_KEYS": keys}
    (found,) = check_settings(None)
    assert (found.id, found.level) == ("mus.E001", ERROR)
    assert reason in found.msg
    assert "c2hvcnQ=" not in found.msg


def test_a_host_without_the_dict_is_told_of_the_key(settings: Any) -> None:
    del settings.MUS
    assert ids(check_settings(None)) == ["mus.E001"]


def test_switching_the_history_off_is_an_error(settings: Any) -> None:
    settings.SIMPLE_HISTORY_ENABLED = False
    assert ids(check_settings(None)) == ["mus.E002"]


@pytest.mark.parametrize(
    ("database", "faults"),
    [
        (STOCK, 2),
        ({**GOOD, "OPTIONS": {"transaction_mode": "IMMEDIATE"}}, 1),
        ({**GOOD, "OPTIONS": {"init_command": "PRAGMA journal_mode=wal"}}, 1),
        (GOOD, 0),
        (POSTGRES, 0),
    ],
)
def test_a_slow_sqlite_is_a_warning_and_an_error_only_for_deployment(
    monkeypatch: pytest.MonkeyPatch, database: dict[str, Any], faults: int
) -> None:
    monkeypatch.setitem(settings.DATABASES, "default", database)
    assert ids(check_settings(None)) == ["mus.W002"] * faults
    assert ids(check_deployment(None)) == ["mus.E003"] * faults


@pytest.mark.django_db
def test_the_checks_are_registered_where_django_looks() -> None:
    assert ids(run_checks(tags=["mus"])) == []
    assert ids(run_checks(tags=["database"], databases=["default"])) == []
    assert ids(check_triggers(None, None)) == []


@pytest.mark.parametrize(("most", "found"), [(1_000, ["mus.W004"]), (5_000, []), (None, [])])
def test_a_host_is_told_where_a_long_form_would_be_refused(settings, most, found):
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = most
    assert ids(check_form_size(None)) == found


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("changed", "journal", "found"),
    [
        ({}, "", ["mus.W011"]),
        ({}, "/var/lib/mus/erasures", []),
        ({"sector": "STATE"}, "", []),
        ({"erasure": "NEVER"}, "", []),
        ({"sector": "STATE", "erasure": "ALWAYS"}, "", ["mus.W011"]),
    ],
)
def test_erasing_without_a_journal_is_a_warning(
    cast: Cast, settings: Any, changed: dict[str, str], journal: str, found: list[str]
) -> None:
    rules(**changed)
    settings.MUS = {**settings.MUS, "ERASURE_JOURNAL": journal}
    assert ids(check_erasure_journal(None, ["default"])) == found
    assert ids(check_erasure_journal(None, None)) == []


@pytest.mark.django_db
class TestMasterKeys:
    """Whether what is on the ring opens what lies in the database, and whether there is a copy of it."""

    @pytest.fixture(autouse=True)
    def dialogue(self, cast: Cast) -> None:
        make_dialogue(cast)

    @pytest.mark.parametrize(
        ("ring", "said"),
        [
            (ANOTHER, "The master key 'test' is not the one that wrapped"),
            (ROTATED, "The master key 'test' is not in MUS"),
            (GONE, "There is no master key"),
        ],
    )
    def test_a_missing_or_wrong_one_is_an_error(self, settings: Any, ring: dict[str, str], said: str) -> None:
        settings.MUS = {**settings.MUS, "MASTER_KEYS": ring}
        (found,) = check_master_keys(None, ["default"])
        assert (found.id, found.level) == ("mus.E010", ERROR)
        assert found.msg.startswith(said)
        assert [one.id for one in run_checks(tags=["database"], databases=["default"])] == ["mus.E010"]

    def test_each_of_several_is_tried(self, settings: Any) -> None:
        settings.MUS = {**settings.MUS, "MASTER_KEYS": ROTATING}
        rotate_batch(size=2)
        assert ids(check_master_keys(None, ["default"])) == []
        settings.MUS = {**settings.MUS, "MASTER_KEYS": {"new": OLD, "test": OLD}}
        (found,) = check_master_keys(None, ["default"])
        assert found.msg.startswith("The master key 'new' is not the one that wrapped")
        assert found.msg.endswith("nothing of it is lost.")

    def test_a_key_without_a_copy_that_works_is_a_warning(self) -> None:
        (found,) = check_key_backups(None)
        assert (found.id, found.level) == ("mus.W010", WARNING)
        assert "'test'" in found.msg

    def test_a_year_later_it_is_asked_for_again(self) -> None:
        check_key_backup(copy=OLD, at=NOW - timedelta(days=360))
        assert ids(check_key_backups(None)) == []

    def test_a_check_of_long_ago_does_not_count(self) -> None:
        check_key_backup(copy=OLD, at=NOW - timedelta(days=370))
        assert ids(check_key_backups(None)) == ["mus.W010"]

    def test_a_new_key_needs_a_copy_before_it_wraps_anything(self, settings: Any) -> None:
        check_key_backup(copy=OLD, at=NOW)
        settings.MUS = {**settings.MUS, "MASTER_KEYS": ROTATING}
        assert ["'new'" in found.msg for found in check_key_backups(None)] == [True]
        assert DataKey.objects.by_master_key() == {"test": DataKey.objects.count()}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ["mus.W013"]),
        ({"CHECKPOINT_SINKS": [{"type": "mail", "to": ["auditor@example.test"]}]}, []),
        ({"CHECKPOINT_KEY": ""}, ["mus.W012", "mus.W013"]),
        ({"CHECKPOINT_KEY": "c2hvcnQ="}, ["mus.W012", "mus.W013"]),
        ({"CHECKPOINT_SINKS": [{"type": "tape"}]}, ["mus.E012"]),
        ({"CHECKPOINT_OLD_KEYS": ["x"]}, ["mus.W013", "mus.E013"]),
    ],
)
def test_checkpoints_need_a_key_and_a_place_outside(
    settings: Any, changed: dict[str, Any], expected: list[str]
) -> None:
    settings.MUS = {**settings.MUS, **changed}
    found = check_checkpoints(None)
    assert ids(found) == expected
    assert all("c2hvcnQ=" not in message.msg for message in found)
