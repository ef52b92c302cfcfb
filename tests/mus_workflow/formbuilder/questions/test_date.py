import datetime

import pytest

from mus_workflow.formbuilder.fields import partial_clean
from mus_workflow.formbuilder.questions import registry
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_question


def saved(raw, **settings):
    values, errors = partial_clean(asking(asks("date", "When", **settings)), {ident("When"): raw})
    return errors.get(ident("When")) or values[ident("When")]


@pytest.mark.parametrize("typed", ["2026-12-24", "24-12-2026", "24/12/2026", "24.12.2026", " 24-12-2026 "])
def test_a_date_is_read_from_the_browser_or_as_danes_write_it(typed):
    assert saved(typed) == "2026-12-24"


@pytest.mark.parametrize("typed", ["12/24/2026", "30-02-2026", "soon", "24-12-26", "2026"])
def test_what_is_no_date_is_refused(typed):
    assert saved(typed) == ["“When” must be a date with day, month and year, such as 24-12-2026."]


def test_a_date_outside_its_bounds_is_refused_with_the_bound():
    bounds = {"earliest": "2026-01-01", "latest": "2026-12-31"}
    assert saved("2026-01-01", **bounds) == "2026-01-01"
    assert saved("2026-12-31", **bounds) == "2026-12-31"
    assert saved("2025-12-31", **bounds) == ["“When” cannot be before 1 January 2026."]
    assert saved("2027-01-01", **bounds) == ["“When” cannot be after 31 December 2026."]


def test_a_date_is_stored_as_text_and_shown_in_words():
    date = registry.get("date")
    question = only_question(asking(asks("date", "When")))
    assert date.to_json(datetime.date(2026, 2, 3)) == "2026-02-03"
    assert date.to_python("2026-02-03") == datetime.date(2026, 2, 3)
    assert date.text(question, "2026-02-03") == "3 February 2026"
    assert date.text(question, None) == ""
