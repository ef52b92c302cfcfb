import pytest
from bs4 import BeautifulSoup

from mus_workflow.formbuilder.completeness import missing
from mus_workflow.formbuilder.fields import UnknownQuestion, field_name, partial_clean
from mus_workflow.formbuilder.parts import assembled
from mus_workflow.formbuilder.projection import FormKey
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import digest
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_question

FROM, TO = f"{ident('Leave')}/from", f"{ident('Leave')}/to"


def leave(**settings):
    return asking(asks("date_range", "Leave", **settings))


def text(value):
    return registry.get("date_range").text(only_question(leave()), value)


def lacks(schema, **days):
    value = {"from": None, "to": None, **days} if days else None
    return [(one.key, one.sentence) for one in missing(schema, {ident("Leave"): value} if value else {})]


def test_the_two_days_are_saved_each_by_itself():
    values, errors = partial_clean(leave(), {FROM: "1-3-2026"})
    assert (values, errors) == ({FROM: "2026-03-01"}, {})
    assert assembled(leave(), values) == {ident("Leave"): {"from": "2026-03-01", "to": None}}


def test_a_period_is_no_single_date():
    with pytest.raises(UnknownQuestion):
        partial_clean(leave(), {ident("Leave"): "2026-03-01"})


def test_a_day_that_is_wrong_is_told_by_its_name():
    bounds = {"earliest": "2026-01-01", "latest": "2026-12-31"}
    _values, errors = partial_clean(leave(**bounds), {FROM: "soon", TO: "2027-01-01"})
    assert errors == {
        FROM: ["“Leave: from” must be a date with day, month and year, such as 24-12-2026."],
        TO: ["“Leave: to” cannot be after 31 December 2026."],
    }


def test_a_period_that_ends_before_it_begins_is_saved_and_not_done():
    backwards = {FROM: "2026-03-02", TO: "2026-03-01"}
    assert partial_clean(leave(), backwards) == (backwards, {})
    told = [(TO, "“Leave” ends before it begins.")]
    assert lacks(leave(), **{"from": "2026-03-02", "to": "2026-03-01"}) == told


def test_a_period_of_one_day_is_done():
    assert lacks(leave(required=True), **{"from": "2026-03-01", "to": "2026-03-01"}) == []


def test_half_a_period_lacks_the_other_half():
    assert lacks(leave(), **{"from": "2026-03-01"}) == [(TO, "“Leave” has no last day yet.")]
    assert lacks(leave(), to="2026-03-01") == [(FROM, "“Leave” has no first day yet.")]
    assert lacks(leave()) == []
    assert lacks(leave(required=True)) == [(FROM, "“Leave” must be answered.")]


def test_a_period_is_shown_in_words():
    assert text({"from": "2026-03-01", "to": "2026-04-02"}) == "1 March 2026 to 2 April 2026"
    assert text({"from": "2026-03-01", "to": None}) == "from 1 March 2026"
    assert text({"from": None, "to": "2026-04-02"}) == "until 2 April 2026"


def test_each_day_has_a_label_and_its_own_error():
    schema = leave()
    html = render_form(FormKey(digest(schema), None, "en"), schema, {FROM: "2026-03-01"}, {TO: ["Wrong."]})
    soup = BeautifulSoup(html, "html.parser")
    first, last = (soup.find(id=field_name(key)) for key in (FROM, TO))
    assert [soup.find("label", attrs={"for": one["id"]}).get_text() for one in (first, last)] == ["From", "To"]
    assert "aria-label" not in first.attrs
    assert first["value"] == "2026-03-01"
    assert last["aria-describedby"] == f"{last['id']}-error"
    assert last.find_parent("fieldset").legend.get_text(strip=True) == "Leave"
