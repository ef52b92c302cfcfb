import pytest

from mus_workflow.formbuilder.conditions import holds, in_words, visible_ids
from mus_workflow.formbuilder.projection import for_audience
from mus_workflow.formbuilder.schema import questions
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_if, options

RED, BLUE = ident("Red"), ident("Blue")


@pytest.mark.parametrize(
    ("kind", "op", "value", "meets", "fails"),
    [
        ("yes_no", "equals", True, [True], [False, None]),
        ("yes_no", "equals", False, [False], [True, None]),
        ("yes_no", "not_equals", True, [False], [True, None]),
        ("yes_no", "answered", None, [True, False], [None]),
        ("yes_no", "not_answered", None, [None], [True, False]),
        ("scale", "equals", 0, [0], [1, None, "not_applicable", False]),
        ("scale", "not_equals", 1, [0, 2, "not_applicable"], [1, None]),
        ("scale", "at_least", 3, [3, 4], [0, 2, None, "not_applicable"]),
        ("scale", "answered", None, [0, "not_applicable"], [None]),
        ("number", "equals", "2.5", ["2.5"], ["2", None]),
        ("number", "at_least", "9", ["9", "10", "100.5"], ["8.999999", "-10", None, "nine"]),
        ("date", "at_least", "2026-02-01", ["2026-02-01", "2030-01-01"], ["2026-01-31", None, "soon"]),
        ("single_choice", "equals", RED, [RED], [BLUE, None]),
        ("single_choice", "not_equals", RED, [BLUE], [RED, None]),
        ("multiple_choice", "equals", RED, [[RED], [BLUE, RED]], [[BLUE], [], None]),
        ("multiple_choice", "not_equals", RED, [[BLUE]], [[BLUE, RED], [], None]),
        ("single_choice", "equals", "other", ["other", {"chosen": "other", "other": "Grey"}], [RED, None]),
        ("single_choice", "not_equals", RED, [BLUE, {"chosen": "other", "other": RED}], [RED, None]),
        ("multiple_choice", "equals", RED, [{"chosen": [RED, "other"], "other": "x"}], [["other"]]),
        ("multiple_choice", "contains", RED, [[RED], {"chosen": [RED, "other"], "other": "x"}], [[BLUE], [], None]),
        ("multiple_choice", "contains", "other", [["other"], {"chosen": ["other"], "other": "x"}], [[RED], None]),
        ("time", "equals", "09:30", ["09:30"], ["10:00", None]),
        ("time", "at_least", "09:30", ["09:30", "23:59"], ["09:29", None, "soon"]),
        ("date_range", "answered", None, [{"from": "2026-02-01", "to": None}], [None]),
        ("consent", "answered", None, [True], [None]),
        ("confirmation", "not_answered", None, [None], [True]),
        ("long_text", "answered", None, ["x", "0"], ["", "  \n", None]),
    ],
)
def test_a_rule_is_met_by(kind, op, value, meets, fails):
    rule = {"question": ident("Q"), "op": op, "value": value}
    assert [answer for answer in meets if not holds(rule, kind, answer)] == []
    assert [answer for answer in fails if holds(rule, kind, answer)] == []


@pytest.fixture
def chain():
    return asking(
        asks("yes_no", "A"),
        asks("yes_no", "B", condition=only_if("A", "equals", "yes")),
        asks("long_text", "C", condition=only_if("B", "equals", "yes")),
        asks("information", "D", help="<p>Words</p>", condition=only_if("B", "not_answered")),
    )


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        ({}, "AD"),
        ({"A": True}, "ABD"),
        ({"A": True, "B": True}, "ABC"),
        ({"A": False, "B": True}, "AD"),
    ],
)
def test_an_answer_that_is_hidden_itself_counts_as_none(chain, answers, asked):
    given = {ident(label): value for label, value in answers.items()}
    assert visible_ids(chain, given) == {ident(label) for label in asked}


def test_a_hidden_answer_is_not_touched(chain):
    given = {ident("A"): False, ident("B"): True}
    visible_ids(chain, given)
    assert given == {ident("A"): False, ident("B"): True}


def test_visibility_for_a_role_is_decided_by_its_own_questions_alone():
    schema = asking(
        asks("yes_no", "Employee's", audience="EMPLOYEE"),
        asks("yes_no", "Both"),
        asks("long_text", "Why?", audience="MANAGER", condition=only_if("Both", "equals", "yes")),
    )
    mine = for_audience(schema, "MANAGER")
    answers = {ident("Employee's"): True, ident("Both"): True}
    assert visible_ids(mine, answers) == {ident("Both"), ident("Why?")}


@pytest.mark.parametrize(
    ("target", "op", "value", "sentence"),
    [
        (asks("yes_no", "Sure?"), "equals", "yes", "Answer this only if your answer to “Sure?” is “Yes”."),
        (
            asks("single_choice", "Colour", options=options("Red", "Blue")),
            "not_equals",
            "Red",
            "Answer this only if your answer to “Colour” is something other than “Red”.",
        ),
        (
            asks("multiple_choice", "Colours", options=options("Red", "Blue")),
            "equals",
            "Red",
            "Answer this only if your answer to “Colours” is “Red”.",
        ),
        (
            asks("scale", "Mood", min_label="low", max_label="high"),
            "at_least",
            "3",
            "Answer this only if your answer to “Mood” is “3” or more.",
        ),
        (
            asks("number", "Days", decimals=1, unit="days"),
            "at_least",
            "2.5",
            "Answer this only if your answer to “Days” is “2.5 days” or more.",
        ),
        (asks("short_text", "Name"), "answered", "", "Answer this only if you have answered “Name”."),
        (asks("short_text", "Name"), "not_answered", "", "Answer this only if you have not answered “Name”."),
    ],
)
def test_a_rule_can_be_read(target, op, value, sentence):
    label = target["value"]["label"]
    schema = asking(target, asks("long_text", "Why?", condition=only_if(label, op, value)))
    asked, why = questions(schema)
    assert in_words(why["visible_if"], {asked["id"]: asked}) == sentence
