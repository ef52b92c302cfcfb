"""A form with a dead end is refused, and one that can be filled in never is."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mus_workflow.formbuilder.compiler import CompileError
from mus_workflow.formbuilder.conditions import visible_ids
from mus_workflow.formbuilder.projection import for_audience, joint, met_terms, side_id, with_facts
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.reachability import dead_ends
from mus_workflow.formbuilder.schema import questions, validate
from tests.mus_workflow.formbuilder.writing import asking, asks, form, ident, only_if, options, section

CHOICE = {"options": options("Red", "Blue")}
SMALL = {
    "yes_no": ({}, [True, False]),
    "single_choice": (CHOICE, [ident("Red"), ident("Blue")]),
    "scale": ({"min": 1, "max": 2}, [1, 2]),
    "number": ({"min": "0", "max": "1"}, ["0", "1"]),
}
FACTS = {"ROLE": ["EMPLOYEE", "MANAGER"], "STAGE": ["PREPARING", "TALK"], "REPORTS": [True, False]}


@st.composite
def small_forms(draw):
    """Two to four questions in up to two sections with any rules at all, also such as rule each other out."""
    count = draw(st.integers(2, 4))
    kinds = draw(st.permutations(list(SMALL)))[:count]
    audiences = draw(st.lists(st.sampled_from(["BOTH", "EMPLOYEE", "AGREED"]), min_size=count, max_size=count))
    written = [
        asks(kind, kind, audience=audience, nested=draw(st.booleans()), **SMALL[kind][0])
        for kind, audience in zip(kinds, audiences, strict=True)
    ]
    cut = draw(st.integers(1, count))
    schema = form(section(*written[:cut], heading="One"), section(*written[cut:], heading="Two"))
    earlier = []
    for part in schema["sections"]:
        readers = part["questions"] or [{"audience": "BOTH"}]
        common = [one for one in earlier if all(_serves(one, question) for question in readers)]
        part["visible_if"] = draw(st.none() | rules(common))
        for question in part["questions"]:
            question["visible_if"] = draw(st.none() | rules([one for one in earlier if _serves(one, question)]))
            earlier.append(question)
    validate(schema)
    return schema


def _serves(target, question):
    if target["audience"] == "BOTH":
        return question["audience"] != "AGREED"
    return target["audience"] in ("AGREED", question["audience"])


@st.composite
def leaves(draw, targets):
    if not targets or draw(st.integers(0, 3)) == 0:
        fact = draw(st.sampled_from(list(FACTS)))
        op = draw(st.sampled_from(["equals", "not_equals"]))
        return {"fact": fact, "op": op, "value": draw(st.sampled_from(FACTS[fact]))}
    target = draw(st.sampled_from(targets))
    op = draw(st.sampled_from(registry.get(target["type"]).operators))
    value = None if op in ("answered", "not_answered") else draw(st.sampled_from(SMALL[target["type"]][1]))
    return {"question": target["id"], "op": op, "value": value}


def rules(targets):
    terms = st.lists(leaves(targets), min_size=1, max_size=2)
    groups = st.fixed_dictionaries({"match": st.sampled_from(["ANY", "NONE"]), "terms": terms})
    return st.lists(leaves(targets) | groups, min_size=1, max_size=3).map(
        lambda found: {"match": "ALL", "terms": found}
    )


def ever_shown(schema):
    """The ids of the questions that somebody is asked, found by trying everything."""
    shown = set()
    for stage, reports in product(FACTS["STAGE"], FACTS["REPORTS"]):
        facts = {"STAGE": stage, "REPORTS": reports}
        for role in FACTS["ROLE"]:
            mine = with_facts(for_audience(schema, role), met_terms(schema, {**facts, "ROLE": role}))
            shown |= _shown_by_some_answers(mine)
        sheet = joint(schema)
        common = with_facts(sheet, met_terms(sheet, facts))
        seen = _shown_by_some_answers(common)
        sides = {side_id(one["id"], role): one["id"] for one in questions(schema) for role in FACTS["ROLE"]}
        shown |= {sides.get(one, one) for one in seen}
    return shown


def _shown_by_some_answers(schema):
    asked = list(questions(schema))
    possible = [[None, *SMALL[one["type"]][1]] for one in asked]
    return {
        one
        for chosen in product(*possible)
        for one in visible_ids(schema, dict(zip((question["id"] for question in asked), chosen, strict=True)))
    }


@settings(deadline=None, max_examples=150)
@given(small_forms())
def test_a_question_that_somebody_can_be_asked_is_never_called_a_dead_end(schema):
    shown = ever_shown(schema)
    for end in dead_ends(schema):
        inside = schema["sections"][end.section]["questions"]
        accused = [inside[end.question]] if end.question is not None else []
        assert not shown & {one["id"] for one in accused}
        if end.question is None and inside:
            # Of a section that only some of its questions' readers never see, at least one question is never shown.
            assert not {one["id"] for one in inside} <= shown


def refusal(*asked):
    with pytest.raises(CompileError) as refused:
        asking(*asked)
    return str(refused.value)


def rule(effect, match, *terms):
    return {"effect": effect, "match": match, "terms": list(terms)}


def answer(question, op, value=""):
    return {"type": "answer", "value": only_if(question, op, value)}


def fact(name, value, op="equals"):
    return {"type": name, "value": {"op": op, "value": value}}


COLOUR = asks("single_choice", "Colour", **CHOICE)
MOOD = asks("scale", "Mood", min=1, max=5)
DAYS = asks("number", "Days", min="0", max="5")
WHEN = asks("date", "When", latest="2026-12-31")
AT_ONCE = "It can never be shown: what its rules want cannot all be so at once."


@pytest.mark.parametrize(
    ("target", "terms"),
    [
        (COLOUR, [answer("Colour", "equals", "Red"), answer("Colour", "equals", "Blue")]),
        (COLOUR, [answer("Colour", "not_equals", "Red"), answer("Colour", "not_equals", "Blue")]),
        (COLOUR, [answer("Colour", "equals", "Red"), answer("Colour", "not_answered")]),
        (MOOD, [answer("Mood", "at_least", "4"), answer("Mood", "equals", "2")]),
        (DAYS, [answer("Days", "at_least", "6")]),
        (DAYS, [answer("Days", "at_least", "2"), answer("Days", "equals", "1.5")]),
        (WHEN, [answer("When", "at_least", "2027-01-01")]),
        (MOOD, [fact("stage", "TALK"), fact("stage", "PREPARING")]),
        (MOOD, [fact("unit", "here"), fact("unit", "here", "not_equals")]),
    ],
)
def test_a_question_whose_rules_rule_each_other_out_is_refused(target, terms):
    found = refusal(target, asks("long_text", "Why?", rules=[rule("SHOW", "ALL", *terms)]))
    assert found == f"Section 1, question 2 “Why?”: {AT_ONCE}"


def test_what_one_rule_shows_and_another_leaves_out_is_refused():
    red = answer("Colour", "equals", "Red")
    why = asks("long_text", "Why?", rules=[rule("SHOW", "ALL", red), rule("SKIP", "ANY", red)])
    assert AT_ONCE in refusal(COLOUR, why)


def test_the_question_that_is_never_shown_is_named_where_another_waits_for_it():
    red, blue = answer("Colour", "equals", "Red"), answer("Colour", "equals", "Blue")
    never = asks("yes_no", "Never", rules=[rule("SHOW", "ALL", red, blue)])
    found = refusal(COLOUR, never, asks("long_text", "Why?", condition=only_if("Never", "answered")))
    assert found.splitlines()[1] == (
        "Section 1, question 3 “Why?”: It can never be shown: its rules are about “Never”, which can never be shown."
    )


def test_a_question_under_one_that_is_never_shown_is_refused():
    red, blue = answer("Colour", "equals", "Red"), answer("Colour", "equals", "Blue")
    never = asks("yes_no", "Never", rules=[rule("SHOW", "ALL", red, blue)])
    found = refusal(COLOUR, never, asks("long_text", "Why?", nested=True))
    assert found.splitlines()[1].endswith("It can never be shown: the question above it never is.")


def test_a_rule_that_wants_another_reader_than_those_who_are_asked_is_refused():
    mine = asks("long_text", "Why?", audience="MANAGER", rules=[rule("SHOW", "ALL", fact("role", "EMPLOYEE"))])
    assert "its rules want another reader than those who are asked" in refusal(MOOD, mine)


def test_a_section_that_nobody_ever_sees_is_refused_once():
    red, blue = answer("Colour", "equals", "Red"), answer("Colour", "equals", "Blue")
    second = section(asks("long_text", "Why?"), asks("long_text", "How?"), heading="Two")
    second["value"]["rules"] = [rule("SHOW", "ALL", red, blue)]
    with pytest.raises(CompileError) as refused:
        form(section(COLOUR), second)
    assert str(refused.value) == f"Section 2: {AT_ONCE}"


def test_a_required_number_without_a_number_between_its_bounds_is_refused():
    found = refusal(asks("number", "Days", min="1.2", max="1.8", decimals=0, required=True))
    assert found == (
        "Section 1, question 1 “Days”: It must be answered, and its bounds leave no answer that could be given."
    )
    assert asking(asks("number", "Days", min="1.2", max="1.8", decimals=1, required=True))


def test_what_is_not_so_for_one_answer_may_be_so_for_another():
    why = asks(
        "long_text", "Why?", rules=[rule("SHOW", "ANY", answer("Days", "at_least", "6"), answer("Mood", "answered"))]
    )
    assert asking(DAYS, MOOD, why)


def test_a_form_with_very_many_ways_through_it_is_not_accused():
    several = [asks("single_choice", f"Colour {n}", options=options(f"Red {n}", f"Blue {n}")) for n in range(12)]
    either = [
        rule("SHOW", "ANY", answer(f"Colour {n}", "equals", f"Red {n}"), answer(f"Colour {n}", "equals", f"Blue {n}"))
        for n in range(12)
    ]
    assert asking(*several, asks("long_text", "Why?", rules=either))
