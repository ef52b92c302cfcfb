"""In the Wagtail admin an editor picks what a condition is about, also among blocks that are not saved yet."""

import json
import re
import uuid

import pytest
from playwright.sync_api import expect

from tests.mus_workflow.formbuilder.writing import asks, ident, only_if, options, section
from tests.plumbing.browser import sign_in

pytestmark = pytest.mark.browser

START = "body-0-value-questions"
TERM = {"type": "answer", "value": only_if("Sure?", "equals")}
RULE = {
    "effect": "SKIP",
    "match": "ANY",
    "terms": [
        {"type": "stage", "value": {"op": "equals", "value": "TALK"}},
        {
            "type": "group",
            "value": {"match": "ALL", "terms": [{"type": "answer", "value": only_if("Sure?", "equals")}]},
        },
    ],
}
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
    """The admin's page for a form with a section of three questions, the last one open at its settings, and another."""
    second = section(asks("long_text", "How?"), heading="Two")
    body = json.dumps(
        [
            section(
                asks("single_choice", "Colour", options=options("Red", "Blue")),
                asks("yes_no", "Sure?"),
                asks("long_text", "Why?", condition=only_if("Colour", "equals", "Red"), rules=[RULE]),
            ),
            {**second, "value": {**second["value"], "condition": only_if("Sure?", "equals", "yes")}},
        ]
    )
    key = portal.shell(FORM.format(body=body, slug=uuid.uuid4().hex)).strip()
    sign_in(page, "editor")
    page.goto(f"/admin/snippets/mus_workflow/formdefinition/edit/{key}/")
    open_settings(page, 2)
    return page


def block(page, number):
    return page.locator("[data-streamfield-child]", has=page.locator(f"[name='{START}-{number}-id']")).last


def open_settings(page, number):
    block(page, number).locator("[data-panel-toggle]").first.click()
    block(page, number).locator("[data-streamfield-action=SETTINGS]").click()


def control(page, name):
    return page.locator(f"#{START}-2-value-condition-{name}")


def offered(select):
    return select.locator("option").all_text_contents()[1:]


def stored(page, name):
    return page.locator(f"[name='{START}-2-value-condition-{name}']").input_value()


def test_the_picker_shows_the_condition_that_was_written(editing):
    expect(control(editing, "question")).to_have_value(ident("Colour"))
    expect(control(editing, "value")).to_have_value(ident("Red"))
    assert offered(control(editing, "question")) == ["Colour", "Sure?"]
    assert offered(control(editing, "value")) == ["Red", "Blue"]


def test_another_question_offers_its_own_answers_and_is_stored_by_its_id(editing):
    control(editing, "question").select_option(label="Sure?")
    expect(control(editing, "value")).to_have_value("")
    control(editing, "value").select_option("no")
    assert (stored(editing, "question"), stored(editing, "value")) == (ident("Sure?"), "no")


def test_an_answer_is_asked_for_only_where_there_is_something_to_compare(editing):
    control(editing, "op").select_option("answered")
    expect(control(editing, "value")).to_be_hidden()
    control(editing, "question").select_option("")
    expect(control(editing, "op")).to_be_hidden()


def test_a_question_that_is_not_saved_yet_can_be_picked(editing):
    editing.locator("[data-contentpath=questions] button.c-sf-add-button").nth(0).click()
    editing.get_by_role("option").filter(has=editing.locator(".icon-order")).click()
    editing.fill(f"[name='{START}-3-value-label']", "Mood")
    control(editing, "question").focus()
    control(editing, "question").select_option(label="Mood")
    expect(control(editing, "value").locator("option:not([value=''])")).to_have_text(["1", "2", "3", "4", "5"])
    assert re.fullmatch(r"[0-9a-f-]{36}", stored(editing, "question"))


def test_questions_and_answers_are_picked_inside_a_group_of_a_rule_too(editing):
    inside = f"{START}-2-value-rules-0-value-terms-1-value-terms-0-value"
    question = editing.locator(f"[id='{inside}-question']")
    value = editing.locator(f"[id='{inside}-value']")
    assert offered(question) == ["Colour", "Sure?"]
    # It is folded away, and no less there.
    question.select_option(label="Colour", force=True)
    value.select_option(label="Blue", force=True)
    assert editing.locator(f"[name='{inside}-question']").input_value() == ident("Colour")
    assert editing.locator(f"[name='{inside}-value']").input_value() == ident("Blue")


def test_a_section_s_condition_offers_what_is_asked_before_it(editing):
    picker = editing.locator("#body-1-value-condition-question")
    assert offered(picker) == ["Colour", "Sure?", "Why?"]
    expect(picker).to_have_value(ident("Sure?"))
    assert offered(editing.locator("#body-1-value-condition-value")) == ["Ja", "Nej"]
    assert offered(editing.locator("#body-0-value-condition-question")) == []


def test_a_step_of_the_dialogue_is_picked_by_its_name(editing):
    step = editing.locator(f"[name='{START}-2-value-rules-0-value-terms-0-value-value']")
    expect(step).to_have_value("TALK")
    assert offered(step)[:3] == ["Planlagt", "Indkaldt", "Forberedelse"]
