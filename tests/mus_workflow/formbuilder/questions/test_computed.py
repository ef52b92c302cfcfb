"""Values that are worked out: the same on the server and in the browser, and never an answer."""

import base64
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.contrib.staticfiles import finders
from django.core.exceptions import ValidationError
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mus_workflow.documents.answers import given_ids, worded_sections
from mus_workflow.formbuilder.completeness import missing
from mus_workflow.formbuilder.conditions import derived_values, visible_ids
from mus_workflow.formbuilder.fields import Asked, UnknownQuestion, field_name, partial_clean
from mus_workflow.formbuilder.parts import assembled, flattened
from mus_workflow.formbuilder.projection import FormKey, joint, side_id
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.computed import rounded
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import digest, questions
from tests.mus_workflow.formbuilder.test_blocks import refused
from tests.mus_workflow.formbuilder.writing import BODY, asking, asks, body, ident, only_if, section

COMPUTED = registry.get("computed")


def term(label, weight="1"):
    return {"question": ident(label), "weight": weight}


def computed(label, formula, *terms, **value):
    return asks("computed", label, formula=formula, terms=list(terms), **value)


def band(start, label):
    return {"type": "item", "id": ident(label), "value": {"start": start, "label": label}}


WORK = asks("scale", "Work", min=1, max=5, not_applicable=True)
TEAM = asks("scale", "Team", min=1, max=5)
DAYS = asks("number", "Days", decimals=2)


def value_of(formula, answers, *asked, **value):
    asked = asked or (WORK, TEAM, DAYS)
    weights = value.pop("weights", {})
    terms = [term(one["value"]["label"], weights.get(one["value"]["label"], "1")) for one in asked]
    schema = asking(*asked, computed("All", formula, *terms, **value))
    return assembled(schema, {ident(label): answer for label, answer in answers.items()}).get(ident("All"))


@pytest.mark.parametrize(
    ("formula", "answers", "value", "result"),
    [
        ("SUM", {"Work": 2, "Team": 3, "Days": "0.5"}, {"decimals": 1}, "5.5"),
        # 0.1 + 0.2 is 0.3 in decimals.
        ("SUM", {"Work": 1, "Days": "0.1"}, {"decimals": 2, "weights": {"Work": "0.2"}}, "0.3"),
        ("SUM", {"Work": 2}, {"weights": {"Work": "2.5"}}, "5"),
        # What is not applicable counts neither above nor below the line: (3 + 4) / 2.
        ("AVERAGE", {"Work": "not_applicable", "Team": 3, "Days": "4"}, {"decimals": 1}, "3.5"),
        # (2·5 + 1·2) / 3
        ("AVERAGE", {"Work": 5, "Team": 2}, {"weights": {"Work": "2"}}, "4"),
        ("AVERAGE", {"Work": 1, "Team": 2}, {"decimals": 0}, "2"),
        ("AVERAGE", {"Days": "-0.5"}, {"decimals": 0}, "-1"),
        ("SUM", {}, {}, None),
        ("SUM", {"Work": "not_applicable"}, {}, None),
        ("SUM", {"Days": "999999999999999", "Work": 1}, {}, None),
    ],
)
def test_a_value_is_worked_out_in_exact_decimals(formula, answers, value, result):
    assert value_of(formula, answers, **value) == result


def test_a_weighted_percentage_is_of_the_highest_possible():
    # (2·4 + 1·1) of (2·5 + 1·5) is 60 per cent; what has no answer is in neither.
    assert value_of("WEIGHTED", {"Work": 4, "Team": 1}, WORK, TEAM, weights={"Work": "2"}) == "60"
    assert value_of("WEIGHTED", {"Work": 4}, WORK, TEAM, weights={"Work": "2"}) == "80"


def test_on_a_scale_whose_best_is_the_lowest_points_count_from_the_other_end():
    best_is_one = asks("scale", "Work", min=1, max=5, best="LOWEST")
    # The best answer, 1, is worth 5 of 5.
    assert value_of("WEIGHTED", {"Work": 1}, best_is_one) == "100"
    assert value_of("SUM", {"Work": 1}, best_is_one) == "1"


def test_a_value_can_follow_from_an_earlier_one_and_hidden_answers_do_not_count():
    schema = asking(
        WORK,
        {**TEAM, "value": {**TEAM["value"], "condition": only_if("Work", "at_least", "3")}},
        computed("Both", "SUM", term("Work"), term("Team")),
        computed("Twice", "SUM", term("Both", "2")),
        asks("long_text", "Why?", condition=only_if(ident("Twice"), "at_least", "12")),
    )
    answers = {ident("Work"): 4, ident("Team"): 2}
    assert derived_values(schema, answers) == {ident("Both"): "6", ident("Twice"): "12"}
    assert ident("Why?") in visible_ids(schema, answers)
    answers[ident("Work")] = 2
    assert derived_values(schema, answers) == {ident("Both"): "2", ident("Twice"): "4"}
    assert ident("Why?") not in visible_ids(schema, answers)


def test_a_band_names_the_value_from_its_number_and_up():
    bands = [band("0", "Low"), band("60", "High")]
    schema = asking(TEAM, computed("All", "WEIGHTED", term("Team"), unit="%", decimals=1, bands=bands))
    question = list(questions(schema))[1]
    with translation.override("da"):
        assert [COMPUTED.text(question, value) for value in ("59.9", "60", "-1")] == [
            "59,9 % (Low)",
            "60 % (High)",
            "-1 %",
        ]


def test_a_computed_value_is_no_answer():
    schema = asking(TEAM, computed("All", "SUM", term("Team")))
    answers = {ident("Team"): 3}
    whole = assembled(schema, answers)
    assert whole[ident("All")] == "3"
    assert flattened(schema, whole) == answers
    assert given_ids(schema, answers) == [ident("Team")]
    assert missing(schema, whole) == []
    assert ident("All") not in Asked(schema)
    with pytest.raises(UnknownQuestion):
        partial_clean(schema, {ident("All"): "7"})


def test_it_stands_in_documents_and_in_a_shared_copy_follows_from_what_is_shared():
    schema = asking(WORK, TEAM, computed("All", "SUM", term("Work"), term("Team")))
    answers = {ident("Work"): 2, ident("Team"): 3}

    def told(**only):
        sections = worded_sections(schema, answers, language="en", **only)
        return {one["label"]: one["value"] for section in sections for one in section["answers"]}

    assert told() == {"Work": 2, "Team": 3, "All": "5"}
    assert told(only=[ident("Work")]) == {"Work": 2, "All": "2"}
    assert told(only=[]) == {}


def test_each_side_has_its_own_value_on_a_common_sheet():
    schema = joint(asking(TEAM, computed("All", "SUM", term("Team"))))
    answers = {side_id(ident("Team"), "EMPLOYEE"): 4, side_id(ident("Team"), "MANAGER"): 2}
    assert derived_values(schema, answers) == {
        side_id(ident("All"), "EMPLOYEE"): "4",
        side_id(ident("All"), "MANAGER"): "2",
    }


def test_the_page_shows_it_without_a_control():
    schema = asking(TEAM, DAYS, computed("All", "AVERAGE", term("Team"), term("Days"), decimals=1, unit="points"))
    key = FormKey(digest(schema), "EMPLOYEE", "en")
    with translation.override("da"):
        page = BeautifulSoup(render_form(key, schema, {ident("Team"): 3, ident("Days"): "4"}), "html.parser")
    output = page.find("output")
    assert output.get_text() == "3,5 points"
    assert output["data-mus-value"] == "3.5"
    assert output["for"] == [field_name(ident("Team")), field_name(ident("Days"))]
    assert page.find("label", attrs={"for": output["id"]}).get_text(strip=True) == "All"
    assert not page.find(attrs={"name": field_name(ident("All"))})


@pytest.mark.parametrize(
    ("wrong", "place", "message"),
    [
        (
            computed("All", "SUM", term("Team"), term("Team")),
            "terms",
            "The same question is there twice: give it the weight it has in all.",
        ),
        (computed("All", "SUM", term("Team", "0")), "terms", "A weight must be above zero."),
        (
            computed("All", "SUM", term("Later")),
            "terms",
            "It can only be worked out from earlier questions: pick one of them.",
        ),
        (computed("All", "SUM", term("Name")), "terms", "“Name” has no number to work with."),
        (
            computed("All", "SUM", term("Team"), audience="AGREED"),
            "terms",
            "“Team” is not asked of everyone who is shown “All”.",
        ),
        (
            computed("All", "WEIGHTED", term("Days")),
            "terms",
            "“Days” has no highest number above zero to compare with.",
        ),
        (
            computed("All", "SUM", term("Team"), bands=[band("2", "High"), band("1", "Low")]),
            "bands",
            "Each band must begin higher than the one before it.",
        ),
    ],
)
def test_what_cannot_be_worked_out_is_refused_where_it_stands(wrong, place, message):
    found = refused(section(TEAM, DAYS, asks("short_text", "Name"), wrong, asks("yes_no", "Later")))
    assert found == {f"0.questions.3.{place}": message}


def test_its_settings_become_blocks_and_the_same_settings_again():
    schema = asking(TEAM, computed("All", "AVERAGE", term("Team", "1.5"), bands=[band("2.5", "High")], unit="%"))
    frozen = list(questions(schema))[1]["settings"]
    again = asking(TEAM, asks("computed", "All", **COMPUTED.block_value(frozen)))
    assert list(questions(again))[1]["settings"] == frozen


def test_a_draft_with_an_empty_source_is_refused_in_the_editor():
    with pytest.raises(ValidationError):
        BODY.clean(body(section(TEAM, computed("All", "SUM", {"question": "", "weight": "1"}))))


@given(st.fractions(-(10**9), 10**9, max_denominator=10**6), st.integers(0, 6))
def test_a_half_is_rounded_away_from_zero_and_nothing_further(number, decimals):
    written = Fraction(Decimal(rounded(number, decimals)))
    step = Fraction(1, 10**decimals)
    assert abs(written - number) <= step / 2
    assert (written / step).denominator == 1
    if abs(written - number) == step / 2:
        assert abs(written) > abs(number)


IN_BROWSER = """async ([module, cases]) => {
  const { computed, inWords } = await import(module);
  return cases.map(([recipe, answers]) => {
    const value = computed(recipe, (id) => answers[id] ?? null);
    return [value, inWords(recipe, value)];
  });
}"""
WEIGHTS = st.decimals("0.01", 100, places=2).map(str).filter(lambda written: Decimal(written) > 0)
NUMBERS = st.decimals(-(10**9), 10**9, places=6).map(lambda number: registry.get("number").to_json(number))
SCALED = st.sampled_from([None, "not_applicable", 0, 1, 2, 3, 7])


@pytest.mark.browser
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_browser_and_server_work_out_the_same(chromium_page, module, data):
    formula = data.draw(st.sampled_from(["SUM", "AVERAGE", "WEIGHTED"]))
    low = asks(
        "scale", "Low", min=0, max=7, best=data.draw(st.sampled_from(["HIGHEST", "LOWEST"])), not_applicable=True
    )
    high = asks("scale", "High", min=0, max=7)
    number = asks("number", "Number", decimals=6, max="1000000000")
    terms = [term(label, data.draw(WEIGHTS.map(_plain))) for label in ("Low", "High", "Number")]
    decimals = data.draw(st.integers(0, 6))
    bands = [band("0", "Some"), band("12.5", "More")]
    schema = asking(low, high, number, computed("All", formula, *terms, decimals=decimals, bands=bands, unit="%"))
    answers = {ident("Low"): data.draw(SCALED), ident("High"): data.draw(SCALED), ident("Number"): data.draw(NUMBERS)}
    answers = {key: value for key, value in answers.items() if value is not None}
    known = {question["id"]: question for question in questions(schema)}
    question = known[ident("All")]
    with translation.override("da"):
        recipe = json.loads(COMPUTED.context_among(question, known)["recipe"])
        value = derived_values(schema, answers).get(ident("All"))
        expected = [value, COMPUTED.text(question, value)]
    assert chromium_page.evaluate(IN_BROWSER, [module, [[recipe, answers]]]) == [expected]


def _plain(written):
    return registry.get("number").to_json(Decimal(written))


@pytest.fixture(scope="module")
def module():
    return _module("computed")


def _module(name):
    source = Path(finders.find(f"mus_workflow/js/{name}.js")).read_bytes()
    return "data:text/javascript;base64," + base64.b64encode(source).decode()


@pytest.fixture
def chromium_page(chromium):
    page = chromium.new_page()
    yield page
    page.close()


@pytest.mark.browser
def test_the_value_and_what_follows_from_it_change_while_the_person_answers(chromium_page, module):
    schema = asking(
        WORK,
        TEAM,
        computed("All", "SUM", term("Work"), term("Team"), unit="points"),
        asks("long_text", "Why?", condition=only_if(ident("All"), "at_least", "8")),
    )
    html = render_form(FormKey(digest(schema), "EMPLOYEE", "en"), schema, {ident("Work"): 2})
    chromium_page.set_content(html)
    chromium_page.evaluate(
        "async (modules) => { for (const one of modules) await import(one); }", [module, _module("conditions")]
    )
    output, why = chromium_page.locator("output"), chromium_page.locator(f"[data-question='{ident('Why?')}']")
    assert output.inner_text() == "2 points"
    assert not why.is_visible()
    chromium_page.locator(f"[name='{field_name(ident('Work'))}'][value='5']").check()
    chromium_page.locator(f"[name='{field_name(ident('Team'))}'][value='3']").check()
    assert output.inner_text() == "8 points"
    assert why.is_visible()
