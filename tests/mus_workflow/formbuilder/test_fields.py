import pytest

from mus_workflow.formbuilder.completeness import missing
from mus_workflow.formbuilder.fields import Asked, UnknownQuestion, field_name, partial_clean, posted_answers
from mus_workflow.formbuilder.projection import for_audience
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_if, options, post, saved_from


@pytest.fixture
def schema():
    return asking(
        asks("short_text", "Name", required=True, help="<p>Your <b>own</b></p>"),
        asks("yes_no", "Sure?"),
        asks("long_text", "Why?", required=True, condition=only_if("Sure?", "equals", "no")),
        asks("multiple_choice", "Colours", options=options("Red", "Blue")),
        asks("information", "Read", help="<p>Words</p>"),
        asks("number", "Budget", audience="MANAGER"),
    )


def test_every_question_can_be_answered_and_a_text_cannot(schema):
    asked = Asked(schema)
    assert list(asked.questions) == [ident(label) for label in ("Name", "Sure?", "Why?", "Colours", "Budget")]
    assert ident("Name") in asked
    assert ident("Read") not in asked


@pytest.mark.parametrize("key", ["", "x", "/", ident("Name") + "/1", ident("Name") + "/", ident("Nobody")])
def test_a_key_that_is_no_controls_is_nobodys(schema, key):
    assert key not in Asked(schema)


def test_a_control_is_named_for_its_question_and_part():
    question_id = "6f0d3c1e-55f0-4b0c-9c0a-3d1f5c1f7a10"
    assert field_name(question_id) == "q_6f0d3c1e55f04b0c9c0a3d1f5c1f7a10"
    assert field_name(f"{question_id}/r1_c2") == "q_6f0d3c1e55f04b0c9c0a3d1f5c1f7a10__r1_c2"


def test_anothers_question_is_absent_and_an_answer_to_it_has_no_effect(schema):
    mine = for_audience(schema, "EMPLOYEE")
    assert saved_from(mine, post({"Name": "Bo", "Budget": "7"})) == {ident("Name"): "Bo"}


def test_answers_come_out_as_json_by_key(schema):
    data = post({"Name": "Bo", "Sure?": "yes", "Colours": ["", ident("Blue")], "Budget": "7"})
    assert saved_from(schema, data) == {
        ident("Name"): "Bo",
        ident("Sure?"): True,
        ident("Colours"): [ident("Blue")],
        ident("Budget"): "7",
    }


def test_a_missing_answer_is_told_in_a_sentence_that_names_the_question(schema):
    assert [(one.key, one.sentence) for one in missing(schema, {})] == [
        (ident("Name"), "“Name” must be answered."),
    ]


def test_a_required_question_is_required_only_when_it_is_asked(schema):
    name = {ident("Name"): "Bo"}
    assert [one.key for one in missing(schema, {**name, ident("Sure?"): False})] == [ident("Why?")]
    assert missing(schema, {**name, ident("Sure?"): True}) == []


def test_no_tick_at_all_is_posted_and_clears_the_answer(schema):
    assert saved_from(schema, post({"Colours": [""]})) == {ident("Colours"): None}


def test_posted_answers_leave_out_what_the_page_did_not_have(schema):
    data = post({"Name": "Bo", "Colours": ["", ident("Red")], "Nobody's": "x"})
    assert posted_answers(schema, data) == {ident("Name"): "Bo", ident("Colours"): [ident("Red")]}


def test_typing_is_saved_though_the_form_is_far_from_finished(schema):
    values, errors = partial_clean(schema, {ident("Name"): "", ident("Sure?"): "no", ident("Colours"): []})
    assert errors == {}
    assert values == {ident("Name"): None, ident("Sure?"): False, ident("Colours"): None}


def test_an_unfinished_set_of_ticks_is_saved():
    schema = asking(asks("multiple_choice", "Colours", required=True, min_choices=2, options=options("Red", "Blue")))
    assert partial_clean(schema, {ident("Colours"): [ident("Red")]}) == ({ident("Colours"): [ident("Red")]}, {})
    assert [one.sentence for one in missing(schema, {ident("Colours"): [ident("Red")]})] == [
        "“Colours” needs at least 2 choices."
    ]


def test_a_malformed_value_is_refused_and_the_others_are_saved(schema):
    values, errors = partial_clean(schema, {ident("Budget"): "many", ident("Name"): "Bo"})
    assert values == {ident("Name"): "Bo"}
    assert errors == {ident("Budget"): ["“Budget” must be a number, such as 7 or 2.5, of at most 15 digits."]}


@pytest.mark.parametrize(
    ("label", "raw"),
    [
        ("Name", 7),
        ("Name", ["Bo"]),
        ("Name", {"a": 1}),
        ("Name", True),
        ("Sure?", True),
        ("Sure?", 1),
        ("Sure?", "maybe"),
        ("Colours", "Red"),
        ("Colours", [1]),
        ("Colours", ["x"]),
        ("Budget", 1.5),
        ("Budget", True),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_in_a_sentence(schema, label, raw):
    values, errors = partial_clean(schema, {ident(label): raw})
    assert values == {}
    assert label in errors[ident(label)][0]


@pytest.mark.parametrize("question_id", ["x", "", ident("nobody"), ident("Read")])
def test_an_answer_to_no_question_is_an_error(schema, question_id):
    with pytest.raises(UnknownQuestion):
        partial_clean(schema, {question_id: "x"})


def test_an_answer_to_anothers_question_is_an_error_that_says_no_more_than_for_no_question(schema):
    mine = for_audience(schema, "EMPLOYEE")
    with pytest.raises(UnknownQuestion):
        partial_clean(mine, {ident("Budget"): "7"})
