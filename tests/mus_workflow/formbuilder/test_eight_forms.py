"""Eight whole forms, for each side and step: drawn, filled in, put in words, exported and imported."""

import json

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from mus_workflow.formbuilder.completeness import missing
from mus_workflow.formbuilder.conditions import DECIDED, FACTS, MATCHES, terms_of, visible_ids
from mus_workflow.formbuilder.decompiling import blocks_of
from mus_workflow.formbuilder.exchange import as_text, exported, read
from mus_workflow.formbuilder.fields import Asked, UnknownQuestion, partial_clean, posted_answers
from mus_workflow.formbuilder.parts import assembled, flattened
from mus_workflow.formbuilder.projection import FormKey, joint, met_terms, projected
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.base import OPERATORS
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import AUDIENCES, LAYOUTS, SHARINGS, digest, questions, validate
from tests.mus_workflow.formbuilder.eight_forms import EIGHT, UNIT
from tests.mus_workflow.formbuilder.strategies import answered
from tests.mus_workflow.formbuilder.test_properties import posted_from
from tests.mus_workflow.formbuilder.writing import BODY

FORMS = {name: make() for name, make in EIGHT.items()}
SIDES = ["EMPLOYEE", "MANAGER"]
STAGES = ["PREPARING", "TALK"]


def every_rule():
    for schema in FORMS.values():
        for part in (*schema["sections"], *questions(schema)):
            yield from (part[key] for key in ("visible_if", "required_if") if part.get(key))


def groups_in(rule):
    yield rule["match"]
    for term in rule["terms"]:
        if "terms" in term:
            yield from groups_in(term)


def test_together_they_use_every_type_owner_sharing_and_layout():
    asked = [question for schema in FORMS.values() for question in questions(schema)]
    assert {question["type"] for question in asked} == {question_type.type for question_type in registry}
    assert {question["audience"] for question in asked} == set(AUDIENCES)
    assert {question["sharing"] for question in asked} == set(SHARINGS)
    assert {schema["layout"] for schema in FORMS.values()} == set(LAYOUTS)
    columns = [column for question in asked for column in question["settings"].get("columns", ()) if "type" in column]
    assert {column["audience"] for column in columns} >= {"EMPLOYEE", "MANAGER", "AGREED"}


def test_together_they_use_every_rule():
    terms = [term for rule in every_rule() for term in terms_of(rule)]
    assert {term["op"] for term in terms if "question" in term} == set(OPERATORS)
    assert {term["fact"] for term in terms if "fact" in term} == set(FACTS) - {DECIDED}
    assert {match for rule in every_rule() for match in groups_in(rule)} == set(MATCHES)
    assert any(question["required_if"] for schema in FORMS.values() for question in questions(schema))


def seen_by(schema, role, stage):
    facts = {"ROLE": role, "STAGE": stage, "REPORTS": True, "UNIT": frozenset({UNIT}), "JOB_FAMILY": {"Library"}}
    key = FormKey(digest(schema), role, "en", met_terms(schema, facts))
    return key, projected(schema, key)


def is_sent(asked, key):
    try:
        return bool(asked.at(key))
    except UnknownQuestion:
        return False


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("role", SIDES)
@pytest.mark.parametrize("name", FORMS)
@settings(deadline=None, max_examples=5)
@given(data=st.data())
def test_what_a_side_fills_in_at_a_step_comes_back_as_it_was_given(name, role, stage, data):
    schema = joint(FORMS[name]) if name == "agreement" else FORMS[name]
    key, mine = seen_by(schema, role, stage)
    answers = data.draw(answered(mine))
    flat = flattened(mine, answers)
    soup = BeautifulSoup(render_form(key, schema, flat), "html.parser")
    saved, errors = partial_clean(mine, posted_answers(mine, posted_from(soup)))
    assert errors == {}
    kept = {one: value for one, value in saved.items() if value is not None}
    # What stands in the other side's column is read here, and not sent.
    assert kept == {one: value for one, value in flat.items() if is_sent(Asked(mine), one)}
    whole = assembled(mine, kept)
    visible = visible_ids(mine, whole)
    boxes = {box["data-question"]: box for box in soup.find_all(attrs={"data-question": True})}
    assert {one for one, box in boxes.items() if not box.has_attr("hidden")} == visible
    assert all(one.question["id"] in visible for one in missing(mine, whole))
    for one, value in answers.items():
        question = Asked(mine).questions[one]
        assert registry.get(question["type"]).text(question, value).strip()


@pytest.mark.parametrize("name", FORMS)
def test_a_form_goes_out_and_comes_in_the_same(name):
    schema = FORMS[name]
    validate(schema)
    exchange = read(as_text(exported("a-form", "PREPARATION", schema)))
    assert exchange.schema == schema
    body = BODY.to_python(json.loads(json.dumps(blocks_of(schema))))
    assert [section.id for section in body] == [section["id"] for section in schema["sections"]]
