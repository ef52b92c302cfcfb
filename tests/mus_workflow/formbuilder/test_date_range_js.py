"""The page says at once that a period ends before it begins."""

import base64
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from mus_workflow.formbuilder.projection import FormKey
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import digest
from tests.mus_workflow.formbuilder.writing import asking, asks

pytestmark = pytest.mark.browser


def test_a_period_that_ends_before_it_begins_is_told_while_it_is_written(chromium):
    schema = asking(asks("date_range", "Leave"))
    source = Path(finders.find("mus_workflow/js/date-range.js")).read_bytes()
    page = chromium.new_page()
    page.set_content(render_form(FormKey(digest(schema), None, "en"), schema, {}))
    page.evaluate("(module) => import(module)", "data:text/javascript;base64," + base64.b64encode(source).decode())
    note = page.get_by_role("status")
    page.get_by_label("From").fill("2026-03-02")
    assert note.text_content() == ""
    page.get_by_label("To").fill("2026-03-01")
    assert note.text_content() == "The last day is before the first."
    page.get_by_label("To").fill("2026-03-02")
    assert note.text_content() == ""
    page.close()
