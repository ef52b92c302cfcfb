"""The browser shows what the server asks."""

import base64
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import expect

from mus_workflow.formbuilder.conditions import required_ids, visible_ids
from mus_workflow.formbuilder.parts import field_name, flattened
from mus_workflow.formbuilder.projection import FormKey, for_audience, met_terms, with_facts
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.number import parsed
from mus_workflow.formbuilder.questions.time import parsed as parsed_time
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import digest, questions
from tests.mus_workflow.formbuilder.eight_forms import answer as term
from tests.mus_workflow.formbuilder.eight_forms import rule, ruled
from tests.mus_workflow.formbuilder.every_type import IN_ROWS
from tests.mus_workflow.formbuilder.ruling import facts as known_facts
from tests.mus_workflow.formbuilder.ruling import ruled_schemas
from tests.mus_workflow.formbuilder.strategies import SCHEMAS, answered
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_if, options, part

pytestmark = pytest.mark.browser

SHOWN_BY_BROWSER = """async ([module, html]) => {
  document.body.innerHTML = html;
  for (const box of document.querySelectorAll("[hidden]")) box.hidden = false;
  (await import(module)).update();
  return [...document.querySelectorAll("[data-question]:not([hidden])")].map((box) => box.dataset.question);
}"""


REQUIRED_BY_BROWSER = """() => [...document.querySelectorAll("[data-question]:not([hidden])")]
  .filter((box) => box.querySelector("[data-mus-needed]:not([hidden])")).map((box) => box.dataset.question)"""
CONTAINED = """async ([module, pairs]) => {
  const { holds } = await import(module);
  return pairs.map(([answer, value]) => holds({ op: "contains", value }, "short_text", answer));
}"""


READ_NUMBERS = """async ([module, typed, mark]) => {
  const { storedNumber } = await import(module);
  return typed.map((text) => storedNumber(text, mark));
}"""
READ_DATES = """async ([module, typed]) => {
  const { storedDate } = await import(module);
  return typed.map(storedDate);
}"""


def imported(script):
    """An address that any page can import the script from."""
    source = Path(finders.find(f"mus_workflow/js/{script}.js")).read_bytes()
    return "data:text/javascript;base64," + base64.b64encode(source).decode()


@pytest.fixture(scope="module")
def module():
    return imported("conditions")


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


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_browser_and_server_agree_on_what_rules_show_and_require(blank, module, data):
    schema, facts = data.draw(ruled_schemas()), data.draw(known_facts())
    met = met_terms(schema, facts)
    mine = with_facts(for_audience(schema, facts["ROLE"]), met)
    answers = data.draw(answered(mine))
    # Stored answers are by question; a page is filled by control.
    html = render_form(FormKey(digest(schema), facts["ROLE"], "en", met), schema, flattened(mine, answers))
    assert set(blank.evaluate(SHOWN_BY_BROWSER, [module, html])) == visible_ids(mine, answers)
    always = {one["id"] for one in questions(mine) if one["required"]}
    assert set(blank.evaluate(REQUIRED_BY_BROWSER)) == required_ids(mine, answers) - always


@pytest.mark.parametrize(
    ("target", "answer"),
    [
        ("Order", {ident("First"): 1, ident("Second"): 1}),  # which is no ranking yet
        ("Order", [ident("Second"), ident("First"), ident("Third")]),
        ("Areas", {ident("Tools"): "not_applicable"}),
        ("Who", {ident("Budget"): ident("You")}),
        ("Now and then", {ident("Now"): {"b": 1}}),
        ("Skills", {ident("To lead"): {"a": 3}}),
        ("Courses", {ident("Spring"): {ident("fixed yes_no"): False}}),
        ("More courses", {ident("Row"): {ident("grown number"): "0"}}),
    ],
)
def test_an_answer_in_one_of_several_controls_shows_and_requires_what_waits_for_it(blank, module, target, answer):
    schema = asking(
        *IN_ROWS,
        ruled(asks("long_text", "Shown"), rule("SHOW", "ALL", term(target, "answered"))),
        ruled(asks("long_text", "Hidden"), rule("SHOW", "ALL", term(target, "not_answered"))),
        ruled(asks("long_text", "Needed"), rule("REQUIRE", "ALL", term(target, "answered"))),
    )
    key, asked = FormKey(digest(schema), "EMPLOYEE", "en"), {one["id"] for one in questions(schema)}
    for answers, hidden, needed in (({}, "Shown", set()), ({ident(target): answer}, "Hidden", {ident("Needed")})):
        html = render_form(key, schema, flattened(schema, answers))
        assert set(blank.evaluate(SHOWN_BY_BROWSER, [module, html])) == asked - {ident(hidden)}
        assert set(blank.evaluate(REQUIRED_BY_BROWSER)) == needed
        assert visible_ids(schema, answers) == asked - {ident(hidden)}
        assert required_ids(schema, answers) == needed


WRITTEN = st.text(st.sampled_from("aAåÅæÆßẞİıiΣσς\u030a\u0307éÉ e\u0301ﬁK\u212a")) | st.text(max_size=8)


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pairs=st.lists(st.tuples(WRITTEN.filter(str.strip), WRITTEN.filter(str.strip)), max_size=50))
def test_browser_and_server_find_the_same_words(blank, module, pairs):
    found = blank.evaluate(CONTAINED, [module, pairs])
    assert found == [registry.get("short_text").contains(answer, wanted) for answer, wanted in pairs]


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


def test_a_question_waits_for_what_the_other_side_writes_in_a_column_of_its_own(blank, module):
    theirs = {"type": "item", "id": ident("Offer"), "value": {"label": "Offer", "audience": "MANAGER"}}
    mine = {"type": "item", "id": ident("Wish"), "value": {"label": "Wish", "audience": "EMPLOYEE"}}
    schema = asking(
        asks("table", "Courses", audience="AGREED", rows=options("Spring"), columns=[mine, theirs], grows=False),
        asks("long_text", "When?", audience="AGREED", condition=only_if("Courses", "answered")),
    )
    cell = part("Courses", "Spring", "Offer")
    form = render_form(FormKey(digest(schema), "EMPLOYEE", "en"), schema, {cell: "A day off"})
    blank.route("http://form.test/", lambda route: route.fulfill(body=form, content_type="text/html"))
    cleared = {"version": 2, "answers": {}, "regions": {field_name(cell): ""}}
    blank.route("**/poll?version=1", lambda route: route.fulfill(json=cleared))
    blank.route("**/poll?version=2", lambda route: route.fulfill(status=204))
    blank.goto("http://form.test/")
    blank.evaluate("(module) => import(module)", module)
    when = blank.locator(f"[data-question='{ident('When?')}']")
    assert when.is_visible()
    blank.evaluate("Object.assign(document.body.dataset, { musPoll: '/poll', musVersion: '1' })")
    blank.evaluate("(module) => import(module)", imported("poll"))
    expect(when).to_be_hidden()
