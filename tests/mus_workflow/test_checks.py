"""System checks: each says what is wrong, and nothing where nothing is."""

from typing import Any

import pytest
from django.conf import settings
from django.core.checks import ERROR, WARNING, run_checks

from mus_workflow.checks import check_deployment, check_form_size, check_settings, check_triggers

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
