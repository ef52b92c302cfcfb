"""An editor's rules in the frozen form, and wrong ones refused at the block that causes them."""

import pytest

from mus_workflow.formbuilder.schema import questions
from tests.builders import make_unit
from tests.mus_workflow.formbuilder.test_blocks import refused
from tests.mus_workflow.formbuilder.writing import BODY, asking, asks, body, form, ident, only_if, options, section

COLOUR = asks("single_choice", "Colour", options=options("Red", "Blue"))
SURE = asks("yes_no", "Sure?")
IS_RED = {"question": ident("Colour"), "op": "equals", "value": ident("Red")}
IS_SURE = {"question": ident("Sure?"), "op": "equals", "value": True}
IN_TALK = {"fact": "STAGE", "op": "equals", "value": "TALK"}


def rule(effect, match, *terms):
    return {"effect": effect, "match": match, "terms": list(terms)}


def answer(question, op="answered", value=""):
    return {"type": "answer", "value": only_if(question, op, value)}


def fact(name, value, op="equals"):
    return {"type": name, "value": {"op": op, "value": value}}


def group(match, *terms):
    return {"type": "group", "value": {"match": match, "terms": list(terms)}}


RED, YES, TALK = answer("Colour", "equals", "Red"), answer("Sure?", "equals", "yes"), fact("stage", "TALK")


def compiled(*rules, **value):
    return list(questions(asking(COLOUR, SURE, asks("long_text", "Why?", rules=list(rules), **value))))[2]


@pytest.mark.parametrize(
    ("written", "terms"),
    [
        (rule("SHOW", "ALL", RED, TALK), [IS_RED, IN_TALK]),
        (rule("SHOW", "ANY", RED, TALK), [{"match": "ANY", "terms": [IS_RED, IN_TALK]}]),
        (rule("SKIP", "ANY", RED, TALK), [{"match": "NONE", "terms": [IS_RED, IN_TALK]}]),
        (
            rule("SKIP", "ALL", RED, TALK),
            [{"match": "NONE", "terms": [{"match": "ALL", "terms": [IS_RED, IN_TALK]}]}],
        ),
        (rule("SHOW", "ALL", RED, group("ALL", YES, TALK)), [IS_RED, IS_SURE, IN_TALK]),
        (
            rule("SHOW", "ALL", RED, group("NONE", YES)),
            [IS_RED, {"match": "NONE", "terms": [IS_SURE]}],
        ),
        (
            rule("SHOW", "ANY", RED, group("ALL", YES, TALK)),
            [{"match": "ANY", "terms": [IS_RED, {"match": "ALL", "terms": [IS_SURE, IN_TALK]}]}],
        ),
    ],
)
def test_a_rule_is_frozen_as_what_must_be_so(written, terms):
    assert compiled(written)["visible_if"] == {"match": "ALL", "terms": terms}


def test_condition_and_rules_all_count_in_their_order():
    why = compiled(rule("SKIP", "ANY", TALK), rule("SHOW", "ALL", YES), condition=only_if("Colour", "equals", "Red"))
    assert why["visible_if"] == {"match": "ALL", "terms": [IS_RED, {"match": "NONE", "terms": [IN_TALK]}, IS_SURE]}


def test_a_rule_can_require_without_deciding_what_is_shown():
    why = compiled(rule("REQUIRE", "ANY", RED, YES))
    assert why["required_if"] == {"match": "ANY", "terms": [IS_RED, IS_SURE]}
    assert why["visible_if"] is None


@pytest.mark.parametrize(
    ("block", "term"),
    [
        (fact("role", "MANAGER"), {"fact": "ROLE", "op": "equals", "value": "MANAGER"}),
        (fact("reports", "yes"), {"fact": "REPORTS", "op": "equals", "value": True}),
        (fact("reports", "no", "not_equals"), {"fact": "REPORTS", "op": "not_equals", "value": False}),
        (fact("unit", "a unit's id"), {"fact": "UNIT", "op": "equals", "value": "a unit's id"}),
        (fact("job_family", " Academic "), {"fact": "JOB_FAMILY", "op": "equals", "value": "Academic"}),
    ],
)
def test_what_is_known_of_a_dialogue_is_frozen_as_a_fact(block, term):
    assert compiled(rule("SHOW", "ALL", block))["visible_if"]["terms"] == [term]


def test_a_section_can_be_for_a_class_of_employee():
    for_leaders = section(asks("long_text", "Your team?"), heading="Leaders")
    for_leaders["value"]["rules"] = [rule("SHOW", "ALL", fact("reports", "yes"), YES)]
    schema = form(section(SURE), for_leaders)
    leads = {"fact": "REPORTS", "op": "equals", "value": True}
    assert schema["sections"][1]["visible_if"] == {"match": "ALL", "terms": [leads, IS_SURE]}


def test_words_to_look_for_are_kept_as_written():
    schema = asking(asks("short_text", "Name"), asks("long_text", "Why?", condition=only_if("Name", "contains", "Ås ")))
    assert list(questions(schema))[1]["visible_if"]["terms"] == [
        {"question": ident("Name"), "op": "contains", "value": "Ås"}
    ]


WHY = "0.questions.2.rules.0"


@pytest.mark.parametrize(
    ("written", "place", "message"),
    [
        (rule("SHOW", "ALL"), f"{WHY}.terms", "Nothing is said here: add what must be so, or delete this."),
        (
            rule("SHOW", "ALL", TALK, answer("Nobody")),
            f"{WHY}.terms.1.question",
            "There is no earlier question worded “Nobody”.",
        ),
        (
            rule("SHOW", "ANY", TALK, group("ALL", TALK, answer("Colour", "equals", "Green"))),
            f"{WHY}.terms.1.terms.1.value",
            "There is no option “Green”. The options are “Red”, “Blue”.",
        ),
        (
            rule("SHOW", "ALL", answer("Why?")),
            f"{WHY}.terms.0.question",
            "A question cannot depend on itself.",
        ),
        (
            rule("SHOW", "ALL", answer("Later")),
            f"{WHY}.terms.0.question",
            "The condition is about a question that comes later. Move one of the two.",
        ),
        (
            rule("SHOW", "ALL", answer(ident("long gone"))),
            f"{WHY}.terms.0.question",
            "The condition is about a question that is no longer in the form.",
        ),
        (
            rule("SHOW", "ALL", answer("Colour", "at_least", "Red")),
            f"{WHY}.terms.0.op",
            "“Colour” cannot be compared in this way.",
        ),
        (
            rule("SKIP", "ALL", TALK, group("ANY", RED, YES)),
            f"{WHY}.terms",
            "A rule that leaves out when all is so can hold no group.",
        ),
    ],
)
def test_a_wrong_rule_is_refused_where_it_stands(written, place, message):
    later = asks("yes_no", "Later")
    found = refused(section(COLOUR, SURE, asks("long_text", "Why?", rules=[written]), later))
    assert found == {place: message}


def test_two_questions_that_wait_for_each_other_are_both_named():
    first = asks("yes_no", "First", condition=only_if("Last", "answered"))
    between = asks("yes_no", "Between", rules=[rule("SHOW", "ALL", answer("First"))])
    last = asks("yes_no", "Last", rules=[rule("SHOW", "ANY", answer("Between"))])
    found = refused(section(first, between, heading="One"), section(last, heading="Two"))
    assert found == {
        "0.questions.0.condition.question": (
            "Section 1, question 1 “First” and Section 2, question 1 “Last” wait for each other: "
            "neither can be shown first."
        )
    }


def test_a_question_that_waits_for_its_own_section_is_named_with_it():
    first = asks("yes_no", "First", condition=only_if("Last", "answered"))
    second = section(asks("yes_no", "Last"), heading="Two")
    second["value"]["condition"] = only_if("First", "answered")
    assert (
        "“First” and Section 2, question 1 “Last” wait"
        in refused(section(first), second)["0.questions.0.condition.question"]
    )


def test_a_section_s_rule_is_refused_at_the_section():
    second = section(asks("yes_no", "Last"), heading="Two")
    second["value"]["rules"] = [rule("SHOW", "ALL", answer("Last"))]
    assert refused(section(SURE), second) == {
        "1.rules.0.terms.0.question": "A section cannot depend on what is asked in it."
    }


def test_a_section_cannot_follow_from_what_its_readers_are_not_asked():
    mine = asks("yes_no", "Mine", audience="MANAGER")
    second = section(asks("yes_no", "Both"), heading="Two")
    second["value"]["condition"] = only_if("Mine", "answered")
    assert refused(section(mine), second) == {
        "1.condition.question": "“Mine” is not asked of everyone who is asked “Both”."
    }


def test_only_one_rule_says_when_a_question_is_required():
    two = [rule("REQUIRE", "ALL", RED), rule("REQUIRE", "ALL", YES)]
    assert refused(section(COLOUR, SURE, asks("long_text", "Why?", rules=two))) == {
        "0.questions.2.rules.1.effect": "Another rule says already when it must be answered: write both as one."
    }


def test_a_text_or_a_section_offers_no_rule_that_requires():
    words = asks("information", "Words", help="<p>Read</p>", rules=[rule("REQUIRE", "ALL", YES)])
    assert list(refused(section(SURE, words))) == ["0.questions.1.rules.0.effect"]


@pytest.mark.django_db
def test_a_unit_that_is_gone_is_refused_and_one_that_is_there_is_taken():
    unit = make_unit("Biblioteket")
    here = asks("long_text", "Why?", rules=[rule("SHOW", "ALL", fact("unit", str(unit.pk)))])
    gone = asks("long_text", "Why?", rules=[rule("SHOW", "ALL", fact("unit", ident("gone")))])
    assert BODY.clean(body(section(SURE, here)))
    found = refused(section(SURE, gone))
    assert list(found.values()) == ["What stood here is gone. Pick one of those in the list."]
