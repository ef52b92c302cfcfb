import pytest
from django import forms
from django.utils import translation

from mus_workflow.formbuilder.fields import UnknownQuestion, field_name, form_class, partial_clean, posted_answers
from mus_workflow.formbuilder.schema import for_audience
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_if, options, post


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


def errors_of(form):
    return {
        label: form.answer_errors().get(ident(label))
        for label in ("Name", "Why?")
        if ident(label) in form.answer_errors()
    }


def test_the_form_has_a_field_for_each_question_and_none_for_a_text(schema):
    fields = form_class(schema)().fields
    assert list(fields) == [field_name(ident(label)) for label in ("Name", "Sure?", "Why?", "Colours", "Budget")]
    name = fields[field_name(ident("Name"))]
    assert (name.label, name.help_text, name.required) == ("Name", "<p>Your <b>own</b></p>", True)


def test_a_field_is_named_for_its_question():
    assert field_name("6f0d3c1e-55f0-4b0c-9c0a-3d1f5c1f7a10") == "q_6f0d3c1e55f04b0c9c0a3d1f5c1f7a10"


def test_the_class_is_built_once_for_a_document_and_language(schema):
    assert form_class(schema) is form_class(dict(schema))
    with translation.override("da"):
        danish = form_class(schema)
    assert danish is not form_class(schema)


def test_anothers_question_is_absent_and_an_answer_to_it_has_no_effect(schema):
    answer_form = form_class(for_audience(schema, "EMPLOYEE"))
    form = answer_form(post({"Name": "Bo", "Budget": "7"}))
    assert field_name(ident("Budget")) not in form.fields
    assert form.is_valid()
    assert ident("Budget") not in form.cleaned_answers()


def test_answers_come_out_as_json_by_question(schema):
    form = form_class(schema)(post({"Name": "Bo", "Sure?": "yes", "Colours": ["", ident("Blue")], "Budget": "7"}))
    assert form.is_valid()
    assert form.cleaned_answers() == {
        ident("Name"): "Bo",
        ident("Sure?"): True,
        ident("Why?"): None,
        ident("Colours"): [ident("Blue")],
        ident("Budget"): "7",
    }


def test_a_missing_answer_is_told_in_a_sentence_that_names_the_question(schema):
    form = form_class(schema)(post({"Name": "  "}))
    assert not form.is_valid()
    assert errors_of(form) == {"Name": ["“Name” must be answered."]}
    assert form.error_links() == [(field_name(ident("Name")), "“Name” must be answered.")]


def test_a_required_question_is_required_only_when_it_is_asked(schema):
    shown = form_class(schema)(post({"Name": "Bo", "Sure?": "no", "Why?": ""}))
    assert errors_of(shown) == {"Why?": ["“Why?” must be answered."]}
    hidden = form_class(schema)(post({"Name": "Bo", "Sure?": "yes", "Why?": ""}))
    assert hidden.is_valid()
    assert hidden.hidden_ids() == {ident("Why?")}


def test_what_is_typed_in_a_hidden_question_is_kept_and_named_as_hidden(schema):
    form = form_class(schema)(post({"Name": "Bo", "Sure?": "yes", "Why?": "Because"}))
    assert form.is_valid()
    assert form.cleaned_answers()[ident("Why?")] == "Because"
    assert ident("Why?") in form.hidden_ids()


def test_a_hidden_answer_that_cannot_be_saved_stops_nobody_and_the_old_one_stays():
    schema = asking(asks("yes_no", "Sure?"), asks("number", "Days", condition=only_if("Sure?", "equals", "yes")))
    form = form_class(schema)(post({"Sure?": "no", "Days": "many"}), initial_answers={ident("Days"): "3"})
    assert form.is_valid()
    assert form.cleaned_answers()[ident("Days")] == "3"


def test_what_was_not_posted_stays_as_it_was(schema):
    saved = {ident("Name"): "Bo", ident("Colours"): [ident("Red")], ident("Sure?"): False, ident("Why?"): "So"}
    form = form_class(schema)(post({"Sure?": "no"}), initial_answers=saved)
    assert form.is_valid()
    assert form.cleaned_answers() == {**saved, ident("Budget"): None}


def test_no_tick_at_all_is_posted_and_clears_the_answer(schema):
    saved = {ident("Name"): "Bo", ident("Colours"): [ident("Red")]}
    form = form_class(schema)(post({"Name": "Bo", "Colours": [""]}), initial_answers=saved)
    assert form.is_valid()
    assert form.cleaned_answers()[ident("Colours")] is None


def test_a_refused_form_shows_what_was_typed():
    schema = asking(
        asks("number", "Days"), asks("yes_no", "Sure?"), asks("multiple_choice", "Colours", options=options("A", "B"))
    )
    form = form_class(schema)(post({"Days": "many", "Sure?": "no", "Colours": ["", "x"]}))
    assert not form.is_valid()
    assert form.answers_to_show() == {ident("Days"): "many", ident("Sure?"): False, ident("Colours"): ["x"]}


def test_an_unbound_form_shows_the_saved_answers(schema):
    saved = {ident("Name"): "Bo", ident("Sure?"): True}
    form = form_class(schema)(initial_answers=saved)
    assert form.answers_to_show() == saved
    assert form.initial == {field_name(ident("Name")): "Bo", field_name(ident("Sure?")): "yes"}
    assert form.hidden_ids() == {ident("Why?")}


def test_two_forms_on_a_page_are_told_apart_by_prefix(schema):
    data = post({})
    data[f"mine-{field_name(ident('Name'))}"] = "Bo"
    form = form_class(schema)(data, prefix="mine")
    assert form.is_valid()
    assert posted_answers(schema, data, prefix="mine") == {ident("Name"): "Bo"}


def test_several_choices_are_a_group_with_a_legend(schema):
    field = form_class(schema)().fields[field_name(ident("Colours"))]
    assert isinstance(field.widget, forms.CheckboxSelectMultiple)
    assert field.widget.use_fieldset


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
    assert not form_class(schema)(post({"Colours": [ident("Red")]})).is_valid()


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
