import pytest
from django.utils import translation

from mus_workflow.formbuilder.completeness import missing
from mus_workflow.formbuilder.fields import partial_clean
from mus_workflow.formbuilder.questions import registry
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_question, options, post, saved_from

RED, BLUE, GREEN = ident("Red"), ident("Blue"), ident("Green")


def saved(schema, raw):
    question_id = only_question(schema)["id"]
    values, errors = partial_clean(schema, {question_id: raw})
    return errors.get(question_id) or values[question_id]


def text(schema, value):
    question = only_question(schema)
    return registry.get(question["type"]).text(question, value)


def test_one_option_is_stored_by_its_id_and_shown_by_its_words():
    schema = asking(asks("single_choice", "Colour", options=options("Red", "Blue")))
    assert saved(schema, BLUE) == BLUE
    assert text(schema, BLUE) == "Blue"
    assert saved(schema, "") is None


@pytest.mark.parametrize("raw", ["Blue", GREEN, "0"])
def test_an_option_that_is_not_offered_is_refused(raw):
    schema = asking(asks("single_choice", "Colour", options=options("Red", "Blue")))
    assert saved(schema, raw) == ["“Colour” has no such answer. Choose among the answers shown."]


@pytest.mark.parametrize(("kind", "raw"), [("single_choice", "Blue"), ("multiple_choice", ["Blue"]), ("scale", "900")])
def test_a_label_with_a_per_cent_sign_is_refused_in_its_own_words(kind, raw):
    more = {} if kind == "scale" else {"options": options("Red", "Blue")}
    (sentence,) = saved(asking(asks(kind, "100 %s, 50 %”", **more)), raw)
    assert sentence.startswith("“100 %s, 50 %”” ")


def test_several_options_are_stored_in_the_order_of_the_form_and_once_each():
    schema = asking(asks("multiple_choice", "Colours", options=options("Red", "Blue", "Green")))
    assert saved(schema, [GREEN, RED, GREEN]) == [RED, GREEN]
    assert text(schema, [RED, GREEN]) == "Red, Green"


def test_the_number_of_choices_is_bounded():
    schema = asking(
        asks("multiple_choice", "Colours", options=options("Red", "Blue", "Green"), min_choices=2, max_choices=2)
    )
    assert missing(schema, {ident("Colours"): [RED, BLUE]}) == []
    few = missing(schema, {ident("Colours"): [RED]})
    assert [one.sentence for one in few] == ["“Colours” needs at least 2 choices."]
    _values, many = partial_clean(schema, {ident("Colours"): [RED, BLUE, GREEN]})
    assert many == {ident("Colours"): ["“Colours” takes at most 2 choices."]}


def test_a_question_that_may_be_left_out_is_not_held_to_its_fewest_choices():
    schema = asking(asks("multiple_choice", "Colours", options=options("Red", "Blue"), min_choices=2))
    assert missing(schema, {}) == []


def test_no_is_an_answer():
    schema = asking(asks("yes_no", "Sure?", required=True))
    assert saved_from(schema, post({"Sure?": "no"})) == {ident("Sure?"): False}
    assert missing(schema, {ident("Sure?"): False}) == []
    assert registry.get("yes_no").is_blank(False) is False


def test_yes_and_no_are_shown_in_the_editors_words_or_the_readers_language():
    assert text(asking(asks("yes_no", "Sure?")), False) == "No"
    assert text(asking(asks("yes_no", "Sure?", no_label="Not yet")), False) == "Not yet"
    assert text(asking(asks("yes_no", "Sure?")), None) == ""


def test_zero_is_a_point_on_the_scale():
    schema = asking(asks("scale", "Mood", min=0, max=2, required=True))
    assert saved_from(schema, post({"Mood": "0"})) == {ident("Mood"): 0}
    assert missing(schema, {ident("Mood"): 0}) == []
    assert registry.get("scale").is_blank(0) is False


@pytest.mark.parametrize("raw", ["-1", "6", "1.0", "01", "not_applicable", "high"])
def test_what_is_not_on_the_scale_is_refused(raw):
    assert saved(asking(asks("scale", "Mood")), raw) == ["“Mood” has no such answer. Choose among the answers shown."]


def test_not_applicable_is_an_answer_where_it_is_offered():
    schema = asking(asks("scale", "Mood", not_applicable=True, required=True))
    assert saved(schema, "not_applicable") == "not_applicable"
    assert text(schema, "not_applicable") == "Not applicable"


def test_a_point_is_shown_with_the_ends_of_its_scale():
    plain = asking(asks("scale", "Mood", min=0, max=10))
    assert text(plain, 0) == "0 (0 – 10)"
    worded = asking(asks("scale", "Mood", min_label="bad", max_label="good", best="LOWEST"))
    assert text(worded, 4) == "4 (1 = bad – 5 = good)"


def test_a_stored_answer_comes_back_as_it_was():
    for kind, value in (("yes_no", False), ("scale", 0), ("scale", "not_applicable"), ("multiple_choice", [RED])):
        question_type = registry.get(kind)
        assert question_type.to_json(question_type.to_python(value)) == value


def test_an_answer_stays_readable_in_another_language():
    schema = asking(asks("yes_no", "Sikker?", yes_label="Ja da"), language="da")
    with translation.override("da"):
        assert text(schema, True) == "Ja da"
