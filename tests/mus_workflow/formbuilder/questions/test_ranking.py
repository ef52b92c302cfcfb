import pytest

from mus_workflow.formbuilder.compiler import CompileError
from mus_workflow.formbuilder.completeness import missing
from mus_workflow.formbuilder.fields import partial_clean
from mus_workflow.formbuilder.parts import assembled
from mus_workflow.formbuilder.questions import registry
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_question, options, part

PAY, TIME, TASKS = ident("Pay"), ident("Time"), ident("Tasks")


def wishes(**value):
    return asking(asks("ranking", "Wishes", options=options("Pay", "Time", "Tasks"), **value))


def ranked(schema, **places):
    typed = {part("Wishes", label): place for label, place in places.items()}
    values, errors = partial_clean(schema, typed)
    assert errors == {}
    return assembled(schema, values).get(ident("Wishes"))


def sentences(schema, answer):
    return [one.sentence for one in missing(schema, {ident("Wishes"): answer} if answer else {})]


def test_a_finished_ranking_is_the_options_in_order():
    answer = ranked(wishes(), Pay="2", Time="3", Tasks="1")
    assert answer == [TASKS, PAY, TIME]
    assert sentences(wishes(required=True), answer) == []
    assert registry.get("ranking").text(only_question(wishes()), answer) == "1. Tasks\n2. Pay\n3. Time"


def test_two_in_the_same_place_are_named():
    answer = ranked(wishes(), Pay="1", Time="1", Tasks="3")
    assert sentences(wishes(), answer) == [
        "“Pay” and “Time” are all number 1 in “Wishes”: give them different places.",
        "Nothing is number 2 in “Wishes” yet.",
    ]


def test_a_ranking_nobody_began_is_missing_only_where_it_must_be_answered():
    assert sentences(wishes(), None) == []
    assert sentences(wishes(required=True), None) == ["“Wishes” must be answered."]


def test_only_the_first_few_are_asked_for_where_the_editor_says_so():
    assert ranked(wishes(places=2), Pay="2", Tasks="1") == [TASKS, PAY]
    _values, errors = partial_clean(wishes(places=2), {part("Wishes", "Pay"): "3"})
    assert errors


def test_more_places_than_options_are_refused():
    with pytest.raises(CompileError, match=r"There are fewer options than places\."):
        wishes(places=4)


def test_the_way_back_to_the_editor_is_the_same_question():
    settings = only_question(wishes(places=2))["settings"]
    again = asking(asks("ranking", "Wishes", **registry.get("ranking").block_value(settings)))
    assert only_question(again)["settings"] == settings
