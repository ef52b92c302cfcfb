import pytest
from bs4 import BeautifulSoup

from mus_workflow.formbuilder.fields import field_name, partial_clean
from mus_workflow.formbuilder.projection import FormKey
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import digest
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_if, only_question


def saved(raw, **settings):
    values, errors = partial_clean(asking(asks("time", "When", **settings)), {ident("When"): raw})
    return errors.get(ident("When")) or values[ident("When")]


@pytest.mark.parametrize(
    "typed",
    ["09:30", "9:30", "9.30", "9,30", "930", "0930", "kl. 9.30", "Kl 9:30", " 9 . 30 ", "09:30:00", "09:30:00.000"],
)
def test_a_time_is_read_from_the_browser_or_as_danes_write_it(typed):
    assert saved(typed) == "09:30"


@pytest.mark.parametrize(
    ("typed", "stored"), [("0:00", "00:00"), ("23.59", "23:59"), ("7", "07:00"), ("kl. 14", "14:00")]
)
def test_the_day_has_24_hours(typed, stored):
    assert saved(typed) == stored


@pytest.mark.parametrize("typed", ["24:00", "9:60", "9.5", "12345", "soon", "9:30 pm", "-1", "9:30:15"])
def test_what_is_no_time_is_refused(typed):
    assert saved(typed) == ["“When” must be a time from 00:00 to 23:59, such as 9:30."]


def test_a_time_outside_its_bounds_is_refused_with_the_bound():
    bounds = {"earliest": "08:00", "latest": "16:00"}
    assert saved("8", **bounds) == "08:00"
    assert saved("16.00", **bounds) == "16:00"
    assert saved("7:59", **bounds) == ["“When” cannot be before 08:00."]
    assert saved("16:01", **bounds) == ["“When” cannot be after 16:00."]


def test_a_time_is_shown_as_it_is_stored():
    time = registry.get("time")
    assert time.text(only_question(asking(asks("time", "When"))), "09:30") == "09:30"


def test_the_line_to_type_on_says_which_clock_it_wants():
    schema = asking(asks("time", "When"))
    html = render_form(FormKey(digest(schema), None, "en"), schema, {ident("When"): "14:30"})
    soup = BeautifulSoup(html, "html.parser")
    control = soup.find(id=field_name(ident("When")))
    assert control["value"] == "14:30"
    assert "24-hour clock" in soup.find(id=control["aria-describedby"]).get_text()


def test_a_condition_can_be_written_as_times_are_typed():
    late = asks("long_text", "Why so late?", condition=only_if("When", "at_least", "kl. 9.30"))
    rule = asking(asks("time", "When"), late)["sections"][0]["questions"][1]["visible_if"]
    assert rule["terms"] == [{"question": ident("When"), "op": "at_least", "value": "09:30"}]
