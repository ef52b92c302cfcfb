"""What a script adds to questions with several controls; each of them works without it."""

import base64
import re
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.contrib.staticfiles import finders
from playwright.sync_api import expect

from mus_workflow.formbuilder.parts import field_name
from mus_workflow.formbuilder.projection import FormKey
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import digest
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, options, part

pytestmark = pytest.mark.browser

FIRST, LAST = "01" * 16, "f" * 32


@pytest.fixture
def blank(chromium):
    page = chromium.new_page()
    faults = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    yield page
    page.close()
    assert faults == []


def show(page, schema, *scripts, flat=None):
    """Fill the page with the form and run the scripts on it."""
    html = render_form(FormKey(digest(schema), "EMPLOYEE", "en"), schema, flat or {})
    page.set_content(f'<form data-mus-autosave="/" data-mus-version="0">{html}</form>')
    for script in scripts:
        source = Path(finders.find(f"mus_workflow/js/{script}.js")).read_bytes()
        page.evaluate("(module) => import(module)", "data:text/javascript;base64," + base64.b64encode(source).decode())


def goals(**value):
    column = {"type": "item", "id": ident("Goal"), "value": {"label": "Goal", "type": "short_text"}}
    return asking(asks("table", "Goals", columns=[column], grows=True, **value))


def goal(row):
    return f"{ident('Goals')}/{row}_{ident('Goal').replace('-', '')}"


class TestATable:
    def test_a_row_is_added_with_an_id_of_its_own_and_the_focus_in_it(self, blank):
        show(blank, goals(), "table-rows", flat={goal(FIRST): "Lead"})
        blank.get_by_role("button", name="Add a row").click()
        rows = blank.locator("[data-mus-row]")
        expect(rows).to_have_count(3)
        ids = [row.get_attribute("data-mus-row") for row in rows.all()]
        assert ids == sorted(ids)
        assert all(re.fullmatch("[0-9a-f]{32}", row) for row in ids)
        expect(blank.get_by_label("Row 3: Goal")).to_be_focused()
        assert blank.get_by_label("Row 3: Goal").get_attribute("name") == field_name(goal(ids[2]))

    def test_a_row_that_is_removed_is_out_of_the_numbers_and_can_come_back(self, blank):
        show(blank, goals(), "table-rows", flat={goal(FIRST): "Lead"})
        remove = blank.get_by_role("checkbox").first
        remove.check()
        expect(blank.get_by_label("Row 1: Goal")).to_have_value("")
        remove.uncheck()
        expect(blank.get_by_label("Row 1: Goal")).to_have_value("Lead")

    def test_no_more_rows_are_offered_than_fit(self, blank):
        show(blank, goals(max_rows=2), "table-rows", flat={goal(FIRST): "Lead"})
        expect(blank.get_by_role("button", name="Add a row")).to_be_hidden()
        expect(blank.get_by_text("There is room for 2 rows.")).to_be_visible()

    def test_a_row_of_the_other_party_is_made_where_it_belongs_and_once(self, blank):
        show(blank, goals(), "table-rows", flat={goal(LAST): "Rest"})
        for _time in range(2):
            blank.evaluate(
                "(name) => document.forms[0].dispatchEvent(new CustomEvent('mus:row', { detail: name }))",
                field_name(goal(FIRST)),
            )
        assert blank.locator("[data-mus-row]").first.get_attribute("data-mus-row") == FIRST
        expect(blank.locator(f"[name={field_name(goal(FIRST))}]")).to_have_count(1)

    def test_what_the_other_party_saves_in_a_new_row_is_filled_in(self, blank):
        show(blank, goals(), "table-rows", "autosave", flat={goal(LAST): "Rest"})
        saved = {"version": 3, "answers": {goal(FIRST): "Lead", goal(LAST): "Sleep", goal("02" * 16): None}}
        tell = "(saved) => document.dispatchEvent(new CustomEvent('mus:changed', { detail: saved }))"
        blank.evaluate(tell, saved)
        values = [field.input_value() for field in blank.get_by_label(re.compile("Row .: Goal")).all()]
        assert values[0] == "Lead"
        assert "Sleep" in values
        expect(blank.locator(f"[data-mus-row='{'02' * 16}']")).to_have_count(0)


class TestAWheel:
    def test_it_is_drawn_as_the_server_would_draw_it(self, blank):
        schema = asking(asks("double_scale", "Work", rows=options("Method", "Care", "Pace")))
        first = {f"{part('Work', 'Method')}_a": 2, f"{part('Work', 'Care')}_b": 4}
        show(blank, schema, "wheel", flat=first)
        pace = f"{part('Work', 'Pace')}_a"
        for row, point in ((f"{part('Work', 'Care')}_a", 5), (pace, 1)):
            blank.locator(f"[name={field_name(row)}][value='{point}']").check()
        whole = {**first, f"{part('Work', 'Care')}_a": 5, pace: 1}
        html = render_form(FormKey(digest(schema), "EMPLOYEE", "en"), schema, whole)
        assert shapes(blank.locator("svg[role=img]").evaluate("(svg) => svg.outerHTML")) == shapes(html)


def shapes(html):
    """Where the marks that can be seen stand, and the corners of the lines, as numbers."""
    wheel = BeautifulSoup(html, "html.parser").select_one("svg[role=img]")
    marks = [mark["transform"] for mark in wheel.select(".mus-wheel__mark") if not mark.has_attr("visibility")]
    lines = [line["d"] for line in wheel.select(".mus-wheel__shape")]
    return [[float(number) for number in re.findall(r"-?[0-9.]+", text)] for text in [*marks, *lines]]


def test_an_option_moves_up_and_down_and_its_place_is_what_is_sent(blank):
    schema = asking(asks("ranking", "Wishes", options=options("Pay", "Time", "Tasks")))
    show(blank, schema, "ranking", flat={part("Wishes", "Tasks"): 1})
    blank.get_by_role("button", name="Move Time up").click()
    places = {label: blank.get_by_label(f"Place of {label}").input_value() for label in ("Pay", "Time", "Tasks")}
    assert places == {"Tasks": "1", "Time": "2", "Pay": "3"}
    blank.get_by_role("button", name="Move Time up").click()
    expect(blank.get_by_role("button", name="Move Time up")).to_be_focused()
    assert blank.get_by_label("Place of Time").input_value() == "1"


def test_rows_come_and_go_with_what_is_chosen(blank):
    topics = asks("multiple_choice", "Topics", options=options("Pay", "Time"))
    show(blank, asking(topics, asks("matrix", "Mood", rows_from="Topics")), "linked-rows")
    row = blank.locator(f"[data-mus-row='{ident('Time').replace('-', '')}']")
    expect(row).to_be_hidden()
    blank.get_by_label("Time", exact=True).check()
    expect(row).to_be_visible()
    row.get_by_label("Time: 4").check()
    blank.get_by_label("Time", exact=True).uncheck()
    expect(row).to_be_hidden()
