import pytest
from bs4 import BeautifulSoup

from mus_workflow.formbuilder.compiler import CompileError
from mus_workflow.formbuilder.completeness import missing
from mus_workflow.formbuilder.fields import UnknownQuestion, partial_clean
from mus_workflow.formbuilder.parts import assembled
from mus_workflow.formbuilder.projection import FormKey
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import digest
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_question, options, part

ROWS = {"rows": options("Trust", "Calm")}


def mood(**value):
    return asking(asks("matrix", "Mood", **{**ROWS, "min_label": "rarely", "max_label": "often", **value}))


def chosen(**value):
    return mood(answer="CHOICE", columns=options("Weekly", "Monthly"), **value)


def test_each_row_is_a_control_of_its_own_and_the_answer_is_by_row():
    schema = mood()
    values, errors = partial_clean(schema, {part("Mood", "Trust"): "4", part("Mood", "Calm"): ""})
    assert (values, errors) == ({part("Mood", "Trust"): 4, part("Mood", "Calm"): None}, {})
    assert assembled(schema, values) == {ident("Mood"): {ident("Trust"): 4}}


def test_a_row_is_answered_with_one_of_the_columns():
    values, errors = partial_clean(chosen(), {part("Mood", "Trust"): ident("Monthly")})
    assert (values, errors) == ({part("Mood", "Trust"): ident("Monthly")}, {})


@pytest.mark.parametrize("raw", ["6", "0", "often", True, ["4"]])
def test_what_is_not_on_the_scale_is_refused_in_the_rows_name(raw):
    values, errors = partial_clean(mood(), {part("Mood", "Trust"): raw})
    assert values == {}
    assert "Trust" in errors[part("Mood", "Trust")][0]


@pytest.mark.parametrize("key", [ident("Mood"), part("Mood", "Nobody"), part("Mood", "Trust", "Calm")])
def test_a_row_that_is_not_there_is_no_control(key):
    with pytest.raises(UnknownQuestion):
        partial_clean(mood(), {key: "4"})


def test_a_matrix_that_was_begun_wants_every_row_where_the_editor_says_so():
    answers = {ident("Mood"): {ident("Trust"): 4}}
    assert missing(mood(), answers) == []
    wanted = missing(mood(every_row=True), answers)
    assert [(one.key, one.sentence) for one in wanted] == [(part("Mood", "Calm"), "“Calm” must be answered in “Mood”.")]
    assert missing(mood(every_row=True), {}) == []
    assert len(missing(mood(every_row=True, required=True), {})) == 2


def test_the_words_name_the_row_and_the_ends_of_the_scale():
    question = only_question(mood(not_applicable=True))
    value = {ident("Trust"): 5, ident("Calm"): "not_applicable"}
    matrix = registry.get("matrix")
    assert matrix.text(question, value) == "Trust: 5\nCalm: Not applicable\n(1 = rarely – 5 = often)"
    assert matrix.table(question, value) == {
        "columns": ["", "1 = rarely – 5 = often"],
        "rows": [["Trust", "5"], ["Calm", "Not applicable"]],
    }
    assert matrix.text(only_question(chosen()), {ident("Calm"): ident("Weekly")}) == "Calm: Weekly"


def test_every_button_says_its_row_and_its_column():
    schema = mood(required=True, every_row=True)
    soup = BeautifulSoup(render_form(FormKey(digest(schema), "EMPLOYEE", "en"), schema, {}), "html.parser")
    names = [button["aria-label"] for button in soup.find_all("input", type="radio")]
    assert names[:5] == ["Trust: 1, rarely", "Trust: 2", "Trust: 3", "Trust: 4", "Trust: 5, often"]
    assert soup.table.caption.get_text() == "Mood"
    assert {heading["scope"] for heading in soup.find_all("th")} == {"col", "row"}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"rows": []}, "Write the rows, or pick the question they are taken from."),
        ({"rows": options("Trust", "TRUST")}, "Two rows are called “Trust”."),
        ({"min": 0, "max": 40}, "The scale has too many points: at most 21 fit."),
        ({"answer": "CHOICE"}, "There must be from 2 to 12 columns to choose among."),
    ],
)
def test_a_matrix_that_cannot_work_is_refused(value, reason):
    with pytest.raises(CompileError, match=reason):
        mood(**value)


def test_the_way_back_to_the_editor_is_the_same_question():
    schema = chosen(every_row=True)
    settings = only_question(schema)["settings"]
    again = asking(asks("matrix", "Mood", **registry.get("matrix").block_value(settings)))
    assert only_question(again)["settings"] == settings
