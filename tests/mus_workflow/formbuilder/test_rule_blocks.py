"""What a document's rules are to an editor, and that they come back as they were."""

import copy

import pytest
from hypothesis import HealthCheck, given, settings

from mus_workflow.formbuilder.decompiling import blocks_of
from mus_workflow.formbuilder.rule_blocks import rule_blocks
from mus_workflow.formbuilder.schema import SchemaError, questions, validate
from tests.mus_workflow.formbuilder.ruling import ruled_schemas
from tests.mus_workflow.formbuilder.writing import asking, asks, form, ident, options

COLOUR = asks("single_choice", "Colour", options=options("Red", "Blue"))
SURE = asks("yes_no", "Sure?")
IS_RED = {"question": ident("Colour"), "op": "equals", "value": ident("Red")}
IS_SURE = {"question": ident("Sure?"), "op": "equals", "value": True}
IS_MANAGER = {"fact": "ROLE", "op": "equals", "value": "MANAGER"}


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(ruled_schemas())
def test_a_document_becomes_blocks_and_the_same_document_again(schema):
    before = copy.deepcopy(schema)
    again = form(*blocks_of(schema))
    assert again["sections"] == before["sections"]
    assert schema == before


def shown(*terms):
    return {"match": "ALL", "terms": list(terms)}


@pytest.mark.parametrize(
    ("rule", "condition", "rules"),
    [
        (shown(IS_RED), {"question": ident("Colour"), "op": "equals", "value": ident("Red")}, []),
        (
            shown(IS_RED, IS_SURE),
            {"question": ident("Colour"), "op": "equals", "value": ident("Red")},
            [("SHOW", "ALL", ["answer"])],
        ),
        (shown(IS_MANAGER), {"question": "", "op": "equals", "value": ""}, [("SHOW", "ALL", ["role"])]),
        (
            shown({"match": "ANY", "terms": [IS_RED, IS_MANAGER]}),
            {"question": "", "op": "equals", "value": ""},
            [("SHOW", "ANY", ["answer", "role"])],
        ),
        (
            shown({"match": "NONE", "terms": [IS_RED, {"match": "ALL", "terms": [IS_RED, IS_SURE]}]}),
            {"question": "", "op": "equals", "value": ""},
            [("SKIP", "ANY", ["answer", "group"])],
        ),
        (
            shown({"match": "NONE", "terms": [{"match": "ALL", "terms": [IS_RED, IS_SURE]}]}),
            {"question": "", "op": "equals", "value": ""},
            [("SKIP", "ALL", ["answer", "answer"])],
        ),
    ],
)
def test_an_editor_meets_a_rule_in_words_that_say_it(rule, condition, rules):
    found = rule_blocks(rule, None)
    assert found["condition"] == condition
    assert [(one["effect"], one["match"], [term["type"] for term in one["terms"]]) for one in found["rules"]] == rules


def test_a_rule_that_requires_comes_last():
    needed = {"match": "ANY", "terms": [IS_SURE]}
    assert rule_blocks(shown(IS_RED), needed)["rules"] == [
        {
            "effect": "REQUIRE",
            "match": "ANY",
            "terms": [{"type": "answer", "value": {"question": ident("Sure?"), "op": "equals", "value": "yes"}}],
        }
    ]


@pytest.mark.parametrize(
    ("key", "rule", "path"),
    [
        ("visible_if", {"match": "ANY", "terms": [IS_RED]}, "visible_if.match"),
        ("required_if", {"match": "NONE", "terms": [IS_RED]}, "required_if.match"),
        (
            "required_if",
            {"match": "ALL", "terms": [{"match": "ANY", "terms": [{"match": "ALL", "terms": [IS_RED]}]}]},
            "required_if.terms[0].terms[0]",
        ),
        ("visible_if", shown({**IS_MANAGER, "value": "BOSS"}), "visible_if.terms[0].value"),
        ("visible_if", shown({"fact": "REPORTS", "op": "equals", "value": "yes"}), "visible_if.terms[0].value"),
    ],
)
def test_a_rule_that_no_editor_could_have_written_is_refused(key, rule, path):
    schema = asking(COLOUR, SURE, asks("long_text", "Why?"))
    why = list(questions(schema))[2]
    why[key] = rule
    with pytest.raises(SchemaError) as refused:
        validate(schema)
    assert refused.value.path == f"sections[0].questions[2].{path}"
