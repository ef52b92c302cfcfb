"""The record of processing says what the data map, the policies and the rules say, and the page shows it as it is."""

import re
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command

from mus_workflow.exports.record_of_processing import ABOUT, name_of, record_of_processing
from mus_workflow.models import Concept
from mus_workflow.models.data_map import DATA_MAP, Activity
from tests.builders import make_concept
from tests.plumbing.clock import NOW
from tools.record_example import PAGE, current

TODAY = NOW.date()


@pytest.fixture(params=["da", "en"])
def record(request: pytest.FixtureRequest) -> str:
    return record_of_processing(language=request.param, today=TODAY)


def rows(record: str) -> dict[str, list[str]]:
    """The cells of each table's row, by its name."""
    lines = [line.strip("| ").split(" | ") for line in record.splitlines() if re.match(r"\| [A-Z]\w+ \|", line)]
    return {cells[0]: cells[1:] for cells in lines if cells[0] in DATA_MAP}


def test_every_table_stands_in_it_once_with_every_column_about_people(record: str) -> None:
    found = rows(record)
    assert sorted(found) == sorted(model.__name__ for model in apps.get_app_config("mus_workflow").get_models())
    for model, (_purpose, clear, sealed, _kept) in found.items():
        by_class = DATA_MAP[model].columns().items()
        assert set(re.findall(r"`(\w+)`", clear)) == {
            name for name, kind in by_class if kind in ("personal", "private")
        }
        assert set(re.findall(r"`(\w+)`", sealed)) == {name for name, kind in by_class if kind == "sealed"}


def test_every_activity_says_why_about_whom_and_for_whom(record: str) -> None:
    assert set(ABOUT) == set(Activity)
    assert len(re.findall(r"^## ", record, re.MULTILINE)) == len(Activity) + 2
    for about in ABOUT.values():
        assert about.why
        assert about.persons
        assert about.recipients


def test_each_recipient_is_let_in_by_a_policy(record: str) -> None:
    for about in ABOUT.values():
        for recipient in about.recipients:
            assert recipient.guard.__module__.startswith("mus_workflow.policies.")
            assert f"(`{name_of(recipient.guard)}`)" in record


def test_the_controller_is_named_from_the_settings(settings: Any) -> None:
    settings.MUS = {"CONTROLLER": "Hus A, Torvet 1", "DATA_PROTECTION_OFFICER": "Anna Holm"}
    record = record_of_processing(language="en", today=TODAY)
    assert "- **Controller:** Hus A, Torvet 1" in record
    assert "- **Data protection officer:** Anna Holm" in record
    settings.MUS = {"ORGANISATION": "Hus B"}
    assert "- **Controller:** Hus B" in record_of_processing(language="en", today=TODAY)


def test_the_periods_are_those_in_force(settings: Any) -> None:
    settings.MUS = {"READING_DAYS": 90, "PARKED_MINUTES": 5}
    rules = {"sector": "PUBLIC", "erasure": "SECTOR", "keep_preparation_days": 7, "keep_agreement_years": 1}
    record = record_of_processing(language="en", today=TODAY, rules=rules)
    for said in (
        "after the signing: 7 days",
        "has left: 1 year",
        "read what: 90 days",
        "taken: 5 minutes",
        "every day",
    ):
        assert said in record
    assert "Nothing is erased by itself" in record_of_processing(
        language="en", today=TODAY, rules={**rules, "sector": "STATE"}
    )


@pytest.mark.django_db
def test_the_command_writes_it_under_the_concept_that_new_dialogues_have() -> None:
    make_concept()
    days = Concept.objects.get().keep_preparation_days
    out = StringIO()
    call_command("mus_record_of_processing", "--language", "en", stdout=out)
    assert f"after the signing: {days} days" in out.getvalue()


def test_the_page_shows_it_as_it_is() -> None:
    assert PAGE.read_text() == current(), "Run `make record`."
