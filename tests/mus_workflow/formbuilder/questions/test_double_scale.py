import json

from bs4 import BeautifulSoup

from mus_workflow.formbuilder.completeness import missing
from mus_workflow.formbuilder.fields import partial_clean
from mus_workflow.formbuilder.parts import assembled
from mus_workflow.formbuilder.projection import FormKey
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import digest
from mus_workflow.formbuilder.wheel import in_one_wheel
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_question, options, part

ROWS = options("Method", "Language", "Care")


def work(**value):
    return asking(asks("double_scale", "Work", rows=ROWS, a_label="Matters", b_label="Have", **value))


def drawn(schema, flat):
    return BeautifulSoup(render_form(FormKey(digest(schema), "EMPLOYEE", "en"), schema, flat), "html.parser")


def test_each_row_has_two_controls_and_the_answer_is_by_row_and_scale():
    schema = work()
    typed = {f"{part('Work', 'Method')}_a": "5", f"{part('Work', 'Method')}_b": "2", f"{part('Work', 'Care')}_a": "3"}
    values, errors = partial_clean(schema, typed)
    assert errors == {}
    assert assembled(schema, values) == {ident("Work"): {ident("Method"): {"a": 5, "b": 2}, ident("Care"): {"a": 3}}}


def test_half_a_row_is_pointed_out_where_every_row_counts():
    answers = {ident("Work"): {ident("Method"): {"a": 5}, ident("Language"): {"a": 1, "b": 1}}}
    assert missing(work(), answers) == []
    wanted = [(one.key, one.sentence) for one in missing(work(every_row=True), answers)]
    assert wanted[0] == (f"{part('Work', 'Method')}_b", "“Method: Have” must be answered in “Work”.")
    assert len(wanted) == 3


def test_the_words_name_both_scales():
    value = {ident("Method"): {"a": 5, "b": 2}, ident("Care"): {"a": 3}}
    question, kind = only_question(work()), registry.get("double_scale")
    assert kind.text(question, value) == "Method: Matters 5, Have 2\nCare: Matters 3\n(1 – 5)"
    assert kind.table(question, value) == {
        "columns": ["", "Matters", "Have"],
        "rows": [["Method", "5", "2"], ["Care", "3", "–"]],
        "wheel": {"lowest": 1, "highest": 5},
    }


def test_the_wheel_is_a_picture_with_a_name_and_stands_beside_the_table():
    soup = drawn(work(), {f"{part('Work', 'Method')}_a": 5})
    wheel = soup.select_one("svg[role=img]")
    named = [soup.find(id=one).get_text() for one in wheel["aria-labelledby"].split()]
    assert named[0] == "Wheel: Work"
    assert "Matters, Have" in named[1]
    assert soup.select_one("table")
    assert not soup.find_all(style=True)
    shown = [mark for mark in wheel.select(".mus-wheel__mark") if not mark.has_attr("visibility")]
    # The first spoke points straight up, and the highest point is at its end.
    assert [mark["transform"] for mark in shown] == ["translate(0.0 -110.0)"]


def test_the_competence_wheel_has_its_own_two_scales():
    schema = asking(asks("competence_wheel", "Skills", rows=ROWS))
    value = {ident("Care"): {"a": 2, "b": 4}}
    assert registry.get("competence_wheel").text(only_question(schema), value) == "Care: Now 2, Needed 4\n(1 – 5)"
    assert "a_label" not in only_question(schema)["settings"]


def tables_of(**answers):
    kind, question = registry.get("double_scale"), only_question(work())
    return [(who, kind.table(question, value)) for who, value in answers.items()]


def test_the_answers_of_several_are_drawn_in_one_wheel():
    emma = {ident("Method"): {"a": 5, "b": 1}, ident("Language"): {"a": 2}}
    shown = in_one_wheel(tables_of(Emma=emma, Mikkel={ident("Care"): {"a": 4}}), label="Work")
    keys = BeautifulSoup(shown["legend"], "html.parser").select("li")
    assert [key.text for key in keys] == ["Emma: Matters", "Emma: Have", "Mikkel: Matters", "Mikkel: Have"]
    soup = BeautifulSoup(shown["svg"], "html.parser")
    drawn = [
        [not mark.has_attr("visibility") for mark in one.select(".mus-wheel__mark")]
        for one in soup.select(".mus-wheel__series")
    ]
    assert drawn == [[True, True, False], [True, False, False], [False, False, True], [False, False, False]]
    assert soup.title.text == "Wheel: Work"


def test_an_answer_from_before_wheels_were_kept_draws_none():
    assert in_one_wheel([("Emma", {"columns": ["", "Now"], "rows": [["Care", "4"]]})], label="Work") is None


def test_the_way_back_to_the_editor_is_the_same_question():
    for schema in (work(every_row=True), asking(asks("competence_wheel", "Work", rows=ROWS))):
        question = only_question(schema)
        value = json.loads(json.dumps(registry.get(question["type"]).block_value(question["settings"])))
        assert only_question(asking(asks(question["type"], "Work", **value)))["settings"] == question["settings"]
