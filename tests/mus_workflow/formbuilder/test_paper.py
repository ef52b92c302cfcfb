"""A form on paper: room for every answer, and a number for each question."""

import pytest
from bs4 import BeautifulSoup
from hypothesis import given

from mus_workflow.formbuilder.paper import numbers_of, paper, with_numbers
from mus_workflow.formbuilder.projection import for_audience
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.schema import questions
from tests.mus_workflow.formbuilder.strategies import SCHEMAS
from tests.mus_workflow.formbuilder.writing import asking, asks, form, ident, only_if, options, section


def soup_of(schema):
    return BeautifulSoup(paper(schema), "html.parser")


def numbers(schema):
    found = numbers_of(schema)
    return [found[question["id"]] for question in questions(schema) if question["id"] in found]


def test_questions_are_numbered_across_sections_and_texts_are_not():
    schema = form(
        section(asks("long_text", "A"), asks("information", "Read"), heading="One"),
        section(asks("yes_no", "B"), heading="Two"),
    )
    assert numbers(schema) == ["1", "2"]


def test_the_editors_own_numbers_are_used_where_they_tell_all_apart():
    assert numbers(asking(asks("long_text", "A", number="2.1"), asks("yes_no", "B", number="2.2"))) == ["2.1", "2.2"]


@pytest.mark.parametrize("second", ["1", ""])
def test_own_numbers_that_do_not_are_not(second):
    schema = asking(asks("long_text", "A", number="1"), asks("yes_no", "B", number=second))
    assert numbers(schema) == ["1", "2"]


def test_choices_are_boxes_and_texts_are_lines():
    page = soup_of(
        asking(
            asks("single_choice", "Colour", options=options("Red", "Blue")),
            asks("short_text", "Name", max_length=80),
            asks("long_text", "Story"),
        )
    )
    colour, name, story = page.select(".mus-paper__question")
    assert [one.text for one in colour.select("li")] == ["Red", "Blue"]
    assert len(colour.select(".mus-paper__box")) == 2
    assert (len(name.select(".mus-paper__line")), len(story.select(".mus-paper__line"))) == (1, 8)


def test_the_options_stand_above_the_line_for_another():
    page = soup_of(asking(asks("multiple_choice", "Colour", options=options("Red", "Blue"), other=True)))
    assert [one.text for one in page.select("li")][:2] == ["Red", "Blue"]
    assert len(page.select("tbody .mus-paper__line")) > 0


def test_the_points_of_a_scale_have_their_words_and_a_long_scale_has_a_line():
    scales = [asks("scale", "Load", min=1, max=2, min_label="low"), asks("scale", "Share", min=0, max=100)]
    page = soup_of(asking(*scales))
    load, share = page.select(".mus-paper__question")
    assert [one.text for one in load.select("li")] == ["1: low", "2"]
    assert (len(share.select("li")), len(share.select(".mus-paper__line"))) == (0, 1)


def test_a_table_that_grows_has_its_columns_and_rows_to_write_in():
    columns = options("Course", "When")
    page = soup_of(asking(asks("table", "Courses", rows=[], columns=columns, grows=True)))
    assert [one.text for one in page.select("th[scope=col]")] == ["Course", "When"]
    assert [len(row.select("td")) for row in page.select("tbody tr")] == [2] * 6


def test_a_sentence_to_agree_to_is_there_once():
    page = soup_of(asking(asks("consent", "I agree to it all")))
    assert page.text.count("I agree to it all") == 1
    assert len(page.select(".mus-paper__box")) == 1


def test_a_question_says_when_it_is_asked():
    page = soup_of(asking(asks("yes_no", "Dog"), asks("short_text", "Name", condition=only_if("Dog", "equals", "yes"))))
    assert "Dog" in page.select(".mus-paper__question")[1].select_one(".mus-paper__note").text


def test_nothing_an_editor_writes_becomes_markup():
    schema = form(section(asks("long_text", "<b>A</b>"), heading="<i>One</i>"))
    assert soup_of(schema).select("b, i") == []


def test_the_numbers_on_the_screen_are_those_of_the_readers_paper():
    whole = asking(asks("long_text", "Theirs", audience="MANAGER"), asks("long_text", "Mine", audience="EMPLOYEE"))
    numbered = with_numbers(whole, for_audience(whole, "EMPLOYEE"))
    found = {question["id"]: question["number"] for question in questions(numbered)}
    assert found == {ident("Theirs"): "", ident("Mine"): "1"}


@given(SCHEMAS)
def test_every_form_can_be_put_on_paper_with_room_for_each_answer(schema):
    page = soup_of(schema)
    asked = [question for question in questions(schema) if registry.get(question["type"]).asks]
    assert len(page.select(".mus-paper__number")) == len(asked)
    assert len(page.select(".mus-paper__lines, .mus-paper__choices")) >= len(asked)
    assert len(set(numbers(schema))) == len(asked)
