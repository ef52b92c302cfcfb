"""In the Wagtail admin an editor picks the question that rows are taken from."""

import json
import uuid

import pytest
from playwright.sync_api import expect

from tests.mus_workflow.formbuilder.writing import asks, ident, options, section
from tests.plumbing.browser import sign_in

pytestmark = pytest.mark.browser

START = "body-0-value-questions"
FORM = """
import json
from mus_workflow.models import FormDefinition
form = FormDefinition(title="A form", slug={slug!r}, purpose="AGREEMENT", language="en", body={body!r}, live=False)
form.save()
form.save_revision()
print(form.pk)
"""


@pytest.fixture
def editing(page, portal):
    """The admin's page for a form, its last question open."""
    body = [
        asks("yes_no", "Sure?"),
        asks("multiple_choice", "Topics", options=options("Pay", "Time")),
        asks("competence_wheel", "Skills", rows=options("Method", "Care")),
        asks("matrix", "Linked", rows_from=ident("Topics")),
        asks("matrix", "Mood", rows=options("Calm")),
    ]
    key = portal.shell(FORM.format(body=json.dumps([section(*body)]), slug=uuid.uuid4().hex)).strip()
    sign_in(page, "editor")
    page.goto(f"/admin/snippets/mus_workflow/formdefinition/edit/{key}/")
    last = page.locator("[data-streamfield-child]", has=page.locator(f"[name='{START}-4-id']")).last
    last.locator("[data-panel-toggle]").first.click()
    return page


def test_only_earlier_questions_that_have_rows_of_their_own_are_offered(editing):
    select = editing.locator(f"#{START}-4-value-rows_from")
    assert select.locator("option").all_inner_texts()[1:] == ["Topics", "Skills"]
    select.select_option(label="Skills")
    assert editing.locator(f"[name='{START}-4-value-rows_from']").input_value() == ident("Skills")


def test_the_link_that_was_written_is_shown(editing):
    expect(editing.locator(f"#{START}-3-value-rows_from")).to_have_value(ident("Topics"))
