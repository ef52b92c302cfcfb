"""Rows that one question takes from another."""

import pytest
from bs4 import BeautifulSoup

from mus_workflow.formbuilder.compiler import CompileError
from mus_workflow.formbuilder.completeness import missing
from mus_workflow.formbuilder.fields import Asked
from mus_workflow.formbuilder.linking import with_rows
from mus_workflow.formbuilder.parts import assembled
from mus_workflow.formbuilder.preview import Viewpoint, preview
from mus_workflow.formbuilder.projection import FormKey, for_audience, joint, side_id
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import SchemaError, digest, questions, validate
from mus_workflow.formbuilder.wording import localised
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, options, part

TOPICS = asks("multiple_choice", "Topics", options=options("Pay", "Time"))
MANAGERS_TOPICS = asks("multiple_choice", "Topics", options=options("Pay", "Time"), audience="MANAGER")
SKILLS = asks("competence_wheel", "Skills", rows=options("Method", "Care"))


def about(**value):
    return asking(TOPICS, asks("matrix", "Mood", **{"rows_from": ident("Topics"), "every_row": True, **value}))


def question(schema, label):
    return next(one for one in questions(schema) if one["label"] == label)


def test_the_frozen_form_holds_the_link_and_reading_it_fills_the_rows_in():
    schema = about()
    assert question(schema, "Mood")["settings"]["rows"] == []
    read = with_rows(schema)
    assert [row["label"] for row in question(read, "Mood")["settings"]["rows"]] == ["Pay", "Time"]
    validate(read)
    assert part("Mood", "Pay") in Asked(for_audience(schema, "EMPLOYEE"))


def test_a_form_without_links_is_left_alone():
    schema = asking(TOPICS)
    assert with_rows(schema) is schema


def test_only_what_was_chosen_is_asked_about():
    schema = with_rows(about())
    flat = {ident("Topics"): [ident("Time")], part("Mood", "Pay"): 1, part("Mood", "Time"): 4}
    answers = assembled(schema, flat)
    assert answers[ident("Mood")] == {ident("Time"): 4}
    assert missing(schema, answers) == []
    begun = {ident("Topics"): [ident("Pay"), ident("Time")], ident("Mood"): {ident("Time"): 4}}
    assert [one.key for one in missing(schema, begun)] == [part("Mood", "Pay")]


def test_nothing_is_missing_where_nothing_was_chosen():
    assert missing(with_rows(about(required=True)), {}) == []


def test_rows_that_were_not_chosen_wait_on_the_page():
    schema = about()
    flat = {ident("Topics"): [ident("Time")]}
    html = render_form(FormKey(digest(schema), "EMPLOYEE", "en"), schema, flat)
    rows = BeautifulSoup(html, "html.parser").select("[data-mus-row]")
    assert [row.has_attr("hidden") for row in rows] == [True, False]


@pytest.mark.parametrize(("role", "is_hidden"), [("EVERYTHING", False), ("EMPLOYEE", True)])
def test_a_preview_of_everything_shows_all_the_rows_and_one_to_try_out_waits_for_them_to_be_chosen(role, is_hidden):
    html = preview(about, Viewpoint(role))["questions"]
    rows = BeautifulSoup(html, "html.parser").select("[data-mus-row]")
    assert [row.has_attr("hidden") for row in rows] == [is_hidden, is_hidden]


def test_a_table_can_take_its_rows_from_a_wheel():
    column = {"type": "item", "id": ident("Plan"), "value": {"label": "Plan", "type": "long_text"}}
    schema = asking(SKILLS, asks("table", "Plans", columns=[column], rows_from="Skills"))
    assert question(schema, "Plans")["settings"]["rows_from"] == ident("Skills")
    value = {ident("Care"): {ident("Plan"): "Listen"}}
    assert registry.get("table").text(question(with_rows(schema), "Plans"), value) == "Care: Plan: Listen"


def test_translated_rows_are_translated_wherever_they_are_asked_about():
    words = {"da": {ident("Pay"): {"label": "Løn"}}}
    read = localised(with_rows({**about(), "translations": words}), "da")
    assert question(read, "Mood")["settings"]["rows"][0]["label"] == "Løn"


def test_on_one_sheet_each_side_takes_the_rows_from_its_own_answer():
    sheet = with_rows(joint(about()))
    links = {one["settings"]["rows_from"] for one in questions(sheet) if one["type"] == "matrix"}
    assert links == {side_id(ident("Topics"), "EMPLOYEE"), side_id(ident("Topics"), "MANAGER")}


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        ([TOPICS, asks("matrix", "Mood", rows_from="Nobody")], "There is no earlier question worded “Nobody”."),
        ([asks("matrix", "Mood", rows_from=ident("Topics")), TOPICS], "does not stand earlier in the form"),
        ([asks("yes_no", "Sure?"), asks("matrix", "Mood", rows_from="Sure?")], "or has no rows"),
        (
            [SKILLS, asks("double_scale", "Work", rows_from="Skills"), asks("matrix", "Mood", rows_from="Work")],
            "“Work” takes its own rows from another question: pick that one.",
        ),
        (
            [
                {**TOPICS, "value": {**TOPICS["value"], "audience": "MANAGER"}},
                asks("matrix", "Mood", rows_from="Topics"),
            ],
            "“Topics” is not asked of everyone who is asked “Mood”.",
        ),
        (
            [TOPICS, asks("matrix", "Mood", rows_from="Topics", rows=options("Calm"))],
            "Rows are either written here or taken from another question, not both.",
        ),
    ],
)
def test_a_link_that_cannot_serve_is_refused_with_its_place(asked, reason):
    with pytest.raises(CompileError, match=reason) as error:
        asking(*asked)
    assert all(problem.question is not None for problem in error.value.problems)


def test_a_document_that_names_rows_of_nobody_is_refused():
    schema = about()
    question(schema, "Mood")["settings"]["rows_from"] = ident("Nobody")
    with pytest.raises(SchemaError, match=r"questions\[1\].settings.rows_from"):
        validate(schema)
