"""The free “other” of a choice, lists, and explanations."""

import pytest
from bs4 import BeautifulSoup

from mus_workflow.formbuilder.completeness import missing
from mus_workflow.formbuilder.fields import Asked, UnknownQuestion, field_name, partial_clean
from mus_workflow.formbuilder.parts import assembled
from mus_workflow.formbuilder.projection import FormKey
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import digest
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_if, only_question, options

RED, BLUE = ident("Red"), ident("Blue")
COLOUR, TEXT = ident("Colour"), f"{ident('Colour')}/other"


def choice(kind="single_choice", **settings):
    return asking(asks(kind, "Colour", options=options("Red", "Blue"), **{"other": True, **settings}))


def page(schema, answers=None, errors=None):
    return BeautifulSoup(render_form(FormKey(digest(schema), None, "en"), schema, answers or {}, errors), "html.parser")


def text(schema, value):
    question = only_question(schema)
    return registry.get(question["type"]).text(question, value)


@pytest.mark.parametrize(
    ("kind", "flat", "whole"),
    [
        ("single_choice", {"": "other", "other": "Grey"}, {"chosen": "other", "other": "Grey"}),
        ("single_choice", {"": "other", "other": None}, "other"),
        ("single_choice", {"": RED, "other": "Grey"}, RED),
        ("single_choice", {"other": "Grey"}, None),
        ("multiple_choice", {"": [RED, "other"], "other": "Grey"}, {"chosen": [RED, "other"], "other": "Grey"}),
        ("multiple_choice", {"": ["other"]}, ["other"]),
        ("multiple_choice", {"": [RED], "other": "Grey"}, [RED]),
        ("multiple_choice", {"": None, "other": "Grey"}, None),
    ],
)
def test_the_text_is_part_of_the_answer_only_while_other_is_chosen(kind, flat, whole):
    answers = {f"{COLOUR}/{part}".rstrip("/"): value for part, value in flat.items()}
    assert assembled(choice(kind), answers) == {COLOUR: whole}


@pytest.mark.parametrize(("kind", "raw"), [("single_choice", "other"), ("multiple_choice", ["other"])])
def test_other_and_its_text_are_saved_each_by_itself(kind, raw):
    assert partial_clean(choice(kind), {COLOUR: raw}) == ({COLOUR: raw}, {})
    assert partial_clean(choice(kind), {TEXT: " Grey "}) == ({TEXT: " Grey "}, {})
    _values, errors = partial_clean(choice(kind), {TEXT: "x" * 251})
    assert errors == {TEXT: ["“Colour: other” is 251 characters long, and at most 250 can be saved."]}


def test_other_is_refused_where_it_is_not_offered():
    plain = choice(other=False)
    assert partial_clean(plain, {COLOUR: "other"})[1] != {}
    assert TEXT not in Asked(plain)
    with pytest.raises(UnknownQuestion):
        partial_clean(choice(), {f"{COLOUR}/another": "x"})


@pytest.mark.parametrize(("kind", "value"), [("single_choice", "other"), ("multiple_choice", [RED, "other"])])
def test_other_alone_says_nothing_yet(kind, value):
    told = [(TEXT, "Write what “other” stands for in “Colour”.")]
    assert [(one.key, one.sentence) for one in missing(choice(kind), {COLOUR: value})] == told
    assert missing(choice(kind), {COLOUR: {"chosen": value, "other": "Grey"}}) == []
    assert missing(choice(kind), {}) == []


def test_other_counts_among_the_fewest_choices():
    schema = choice("multiple_choice", min_choices=3)
    assert missing(schema, {COLOUR: {"chosen": [RED, BLUE, "other"], "other": "Grey"}}) == []
    few = missing(schema, {COLOUR: {"chosen": [RED, "other"], "other": "Grey"}})
    assert [one.sentence for one in few] == ["“Colour” needs at least 3 choices."]


def test_other_in_words():
    assert text(choice(), {"chosen": "other", "other": "Grey"}) == "Other: Grey"
    assert text(choice(), "other") == "Other"
    both = {"chosen": [RED, "other"], "other": "Grey"}
    assert text(choice("multiple_choice"), both) == "Red, Other: Grey"


def test_a_condition_can_wait_for_other():
    schema = asking(
        asks("single_choice", "Colour", options=options("Red", "Blue"), other=True),
        asks("long_text", "Why?", condition=only_if("Colour", "equals", "other")),
    )
    assert schema["sections"][0]["questions"][1]["visible_if"]["terms"][0]["value"] == "other"


@pytest.mark.parametrize("kind", ["single_choice", "multiple_choice"])
def test_the_line_to_write_on_has_a_label_its_text_and_its_own_error(kind):
    chosen = "other" if kind == "single_choice" else ["other"]
    soup = page(choice(kind), {COLOUR: chosen, TEXT: "Grey"}, {TEXT: ["Too long."]})
    line = soup.find(id=field_name(TEXT))
    assert (line["value"], line["aria-invalid"]) == ("Grey", "true")
    assert soup.find("label", attrs={"for": line["id"]}).get_text() == "If “other”: write what"
    assert soup.find("input", value="other").has_attr("checked")
    assert "Too long." in soup.find(id=f"{line['id']}-error").get_text()


def test_a_list_that_opens_is_labelled_and_has_its_answer():
    soup = page(choice(display="LIST", other=False), {COLOUR: BLUE})
    opens = soup.find("select")
    assert opens.find("option", selected=True)["value"] == BLUE
    assert [option.get_text() for option in opens.find_all("option")] == ["No answer", "Red", "Blue"]
    assert soup.find("label", attrs={"for": opens["id"]}).get_text(strip=True) == "Colour"
    assert "aria-label" not in opens.attrs


def test_a_list_that_must_be_answered_asks_one_to_choose():
    assert page(choice(display="LIST", required=True)).find("option").get_text() == "Choose"


def test_a_list_with_a_line_for_other_is_a_group_in_which_each_has_a_name():
    soup = page(choice(display="LIST"), {COLOUR: "other"})
    opens = soup.find("select")
    assert opens["aria-label"] == "Colour"
    assert opens.find("option", selected=True).get_text() == "Other"
    assert opens.find_parent("fieldset").legend.get_text(strip=True) == "Colour"


@pytest.mark.parametrize("kind", ["single_choice", "multiple_choice"])
def test_an_explanation_describes_its_option_and_is_no_part_of_its_name(kind):
    explained = options("Red", "Blue")
    explained[1]["value"]["help"] = "As the sea"
    soup = page(asking(asks(kind, "Colour", options=explained)))
    red, blue = (soup.find("input", value=key) for key in (RED, BLUE))
    assert "aria-describedby" not in red.attrs
    assert soup.find(id=blue["aria-describedby"]).get_text() == "As the sea"
    assert blue.find_parent("label").get_text(strip=True) == "Blue"


def test_the_explanations_of_a_list_stand_under_it_and_describe_it():
    explained = options("Red", "Blue")
    explained[1]["value"]["help"] = "As the sea"
    soup = page(asking(asks("single_choice", "Colour", options=explained, display="LIST")))
    about = soup.find(id=soup.find("select")["aria-describedby"])
    assert [(term.get_text(), term.find_next("dd").get_text()) for term in about.find_all("dt")] == [
        ("Blue", "As the sea")
    ]
