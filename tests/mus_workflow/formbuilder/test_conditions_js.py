"""The browser shows what the server asks."""

import base64
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mus_workflow.formbuilder.conditions import visible_ids
from mus_workflow.formbuilder.parts import flattened
from mus_workflow.formbuilder.projection import FormKey, for_audience
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.number import parsed
from mus_workflow.formbuilder.questions.time import parsed as parsed_time
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import digest
from tests.mus_workflow.formbuilder.strategies import SCHEMAS, answered
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_if, options

pytestmark = pytest.mark.browser

SHOWN_BY_BROWSER = """async ([module, html]) => {
  document.body.innerHTML = html;
  for (const box of document.querySelectorAll("[hidden]")) box.hidden = false;
  (await import(module)).update();
  return [...document.querySelectorAll("[data-question]:not([hidden])")].map((box) => box.dataset.question);
}"""


READ_NUMBERS = """async ([module, typed, mark]) => {
  const { storedNumber } = await import(module);
  return typed.map((text) => storedNumber(text, mark));
}"""
READ_DATES = """async ([module, typed]) => {
  const { storedDate } = await import(module);
  return typed.map(storedDate);
}"""


@pytest.fixture(scope="module")
def module():
    source = Path(finders.find("mus_workflow/js/conditions.js")).read_bytes()
    return "data:text/javascript;base64," + base64.b64encode(source).decode()


@pytest.fixture
def blank(chromium):
    page = chromium.new_page()
    yield page
    page.close()


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_browser_and_server_agree_on_what_is_asked(blank, module, data):
    schema, role = data.draw(SCHEMAS), data.draw(st.sampled_from(["EMPLOYEE", "MANAGER"]))
    mine = for_audience(schema, role)
    answers = data.draw(answered(mine))
    with translation.override(data.draw(st.sampled_from(["da", "en"]))):
        html = render_form(FormKey(digest(schema), role, "en"), schema, flattened(mine, answers))
    assert set(blank.evaluate(SHOWN_BY_BROWSER, [module, html])) == visible_ids(mine, answers)


TYPED_NUMBERS = st.one_of(
    st.sampled_from(
        ["1.500", "1,500", "007", "-0", "\u22123", "1 500", "1\u00a0500,25", "", "x", "1e3", "5.", "0.000"]
    ),
    st.from_regex(r"[ ]?[+-]?[0-9]{1,16}([.,][0-9]{0,4})?", fullmatch=True),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.lists(TYPED_NUMBERS, max_size=50), language=st.sampled_from(["da", "en"]))
def test_browser_and_server_read_numbers_alike(blank, module, typed, language):
    with translation.override(language):
        expected = [parsed(text) for text in typed]
    assert blank.evaluate(READ_NUMBERS, [module, typed, {"da": ",", "en": "."}[language]]) == expected


TYPED_DATES = st.from_regex(r"([0-9]{4}-[0-9]{1,2}-[0-9]{1,2}|[0-9]{1,2}([-/.])[0-9]{1,2}\2[0-9]{4})", fullmatch=True)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.lists(TYPED_DATES | st.dates().map(str), max_size=50))
def test_browser_and_server_read_dates_alike(blank, module, typed):
    assert blank.evaluate(READ_DATES, [module, typed]) == [_stored(text) for text in typed]


def _stored(text):
    date = registry.get("date")
    question = asking(asks("date", "When"))["sections"][0]["questions"][0]
    try:
        return date.to_json(date.field(question).clean(text))
    except ValidationError:
        return None


def test_a_question_comes_and_goes_as_the_person_answers(blank, module):
    schema = asking(
        asks("single_choice", "Colour", options=options("Red", "Blue")),
        asks("long_text", "Why red?", condition=only_if("Colour", "equals", "Red")),
    )
    blank.set_content(render_form(FormKey(digest(schema), "EMPLOYEE", "en"), schema, {}))
    blank.evaluate("(module) => import(module)", module)
    why = blank.locator(f"[data-question='{ident('Why red?')}']")
    assert not why.is_visible()
    blank.get_by_label("Red", exact=True).check()
    assert why.is_visible()
    why.locator("textarea").fill("It is warm")
    blank.get_by_label("No answer").check()
    assert not why.is_visible()
    assert why.locator("textarea").input_value() == "It is warm"


READ_TIMES = """async ([module, typed]) => {
  const { storedTime } = await import(module);
  return typed.map(storedTime);
}"""
TYPED_TIMES = st.from_regex(r"(kl\.? ?)?[0-9]{1,2}( ?[.:,] ?[0-9]{2}([.:]00)?|[0-9]{0,3})", fullmatch=True)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(typed=st.lists(TYPED_TIMES, max_size=50))
def test_browser_and_server_read_times_alike(blank, module, typed):
    assert blank.evaluate(READ_TIMES, [module, typed]) == [parsed_time(text) for text in typed]


def test_a_question_waits_for_a_tick_an_other_or_a_box_beside_a_scale(blank, module):
    schema = asking(
        asks("multiple_choice", "Colours", options=options("Red", "Blue"), other=True),
        asks("long_text", "Why other?", condition=only_if("Colours", "contains", "other")),
        asks("scale", "Mood", min=0, max=100, not_applicable=True),
        asks("long_text", "Why not?", condition=only_if("Mood", "equals", "not_applicable")),
        asks("consent", "I agree"),
        asks("long_text", "Thanks", condition=only_if("I agree", "answered")),
    )
    blank.set_content(render_form(FormKey(digest(schema), "EMPLOYEE", "en"), schema, {}))
    blank.evaluate("(module) => import(module)", module)
    for waits, tick in (("Why other?", "Other"), ("Why not?", "Not applicable"), ("Thanks", "I agree")):
        follow_up = blank.locator(f"[data-question='{ident(waits)}']")
        assert not follow_up.is_visible()
        blank.get_by_label(tick, exact=True).check()
        assert follow_up.is_visible()
