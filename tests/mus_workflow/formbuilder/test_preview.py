"""A draft as each reader will meet it."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from bs4 import BeautifulSoup

from mus_workflow.formbuilder.compiler import CompileError, Problem
from mus_workflow.formbuilder.preview import Viewpoint, preview, preview_modes, viewpoint
from mus_workflow.formbuilder.schema import validate
from tests.mus_workflow.formbuilder.writing import asking, asks, ident

STAGES = [("INVITED", "Invited"), ("TALK", "Talk"), ("FOLLOW_UP", "Follow-up")]


def ruled(schema: dict[str, Any], label: str, *terms: dict[str, Any]) -> dict[str, Any]:
    """The form with a rule for one question."""
    changed = copy.deepcopy(schema)
    for section in changed["sections"]:
        for question in section["questions"]:
            if question["label"] == label:
                question["visible_if"] = {"match": "ALL", "terms": list(terms)}
    validate(changed)
    return changed


def fact(name: str, value: Any, op: str = "equals") -> dict[str, Any]:
    return {"fact": name, "op": op, "value": value}


@pytest.fixture
def schema() -> dict[str, Any]:
    return asking(
        asks("short_text", "Both"),
        asks("short_text", "Mine", audience="EMPLOYEE"),
        asks("short_text", "Theirs", audience="MANAGER"),
        asks("short_text", "Ours", audience="AGREED"),
    )


def labels(shown: dict[str, Any]) -> list[str]:
    return [question["label"] for section in shown["schema"]["sections"] for question in section["questions"]]


def modes(schema: dict[str, Any], *, together: bool = False, languages: Any = ()) -> list[str]:
    return [mode for mode, _label in preview_modes(schema, together=together, stages=STAGES, languages=languages)]


def test_each_side_has_a_mode_and_everything_one_more(schema: dict[str, Any]) -> None:
    assert modes(schema) == ["EMPLOYEE", "MANAGER", "EVERYTHING"]


def test_a_sheet_that_both_write_on_has_one_audience(schema: dict[str, Any]) -> None:
    assert modes(schema, together=True) == ["TOGETHER", "EVERYTHING"]


def test_steps_are_offered_where_the_rules_tell_them_apart(schema: dict[str, Any]) -> None:
    staged = ruled(schema, "Mine", fact("STAGE", "TALK"))
    assert modes(staged) == ["EMPLOYEE.TALK", "EMPLOYEE.INVITED", "MANAGER.TALK", "MANAGER.INVITED", "EVERYTHING"]


def test_each_language_doubles_the_modes(schema: dict[str, Any]) -> None:
    named = dict(preview_modes(schema, together=False, stages=STAGES, languages=[("da", "Dansk")]))
    assert named["EMPLOYEE..da"] == "As employee · Dansk"
    assert len(named) == 5


@pytest.mark.parametrize(
    "point", [Viewpoint("MANAGER"), Viewpoint("EMPLOYEE", "TALK"), Viewpoint("TOGETHER", "", "da")]
)
def test_a_mode_names_its_viewpoint(point: Viewpoint) -> None:
    assert viewpoint(point.mode) == point


@pytest.mark.parametrize("mode", ["", "NOBODY", "....", "<script>"])
def test_an_unknown_mode_is_the_employees(mode: str) -> None:
    assert viewpoint(mode).role == "EMPLOYEE"


def test_each_audience_meets_its_own_questions(schema: dict[str, Any]) -> None:
    assert labels(preview(lambda: schema, Viewpoint("EMPLOYEE"))) == ["Both", "Mine", "Ours"]
    assert labels(preview(lambda: schema, Viewpoint("MANAGER"))) == ["Both", "Theirs", "Ours"]
    # On one sheet, a question that each answers is there for each.
    assert labels(preview(lambda: schema, Viewpoint("TOGETHER"))) == ["Both", "Both", "Mine", "Theirs", "Ours"]


def test_a_question_for_one_step_is_absent_at_others(schema: dict[str, Any]) -> None:
    staged = ruled(schema, "Mine", fact("STAGE", "TALK"))
    assert "Mine" in labels(preview(lambda: staged, Viewpoint("EMPLOYEE", "TALK")))
    assert "Mine" not in labels(preview(lambda: staged, Viewpoint("EMPLOYEE", "INVITED")))


def test_what_is_asked_of_some_employees_is_supposed_and_told_in_words(schema: dict[str, Any]) -> None:
    some = ruled(schema, "Mine", fact("REPORTS", True), fact("JOB_FAMILY", "VIP", "not_equals"))
    shown = preview(lambda: some, Viewpoint("EMPLOYEE"))
    assert "Mine" in labels(shown)
    assert [sentence for _number, sentence, _met in shown["supposed"]] == [
        "The employee has people reporting to them",
        "The employee belongs to another job family than VIP",
    ]


def test_a_translation_is_shown_in_its_language() -> None:
    schema = asking(asks("short_text", "Name"), translations={"da": {ident("Name"): {"label": "Navn"}}})
    assert labels(preview(lambda: schema, Viewpoint("EMPLOYEE", "", "da"))) == ["Navn"]
    assert labels(preview(lambda: schema, Viewpoint("EMPLOYEE"))) == ["Name"]


def test_questions_with_a_condition_begin_hidden_and_everything_shows_them_with_the_rule() -> None:
    condition = {"question": ident("Name"), "op": "answered", "value": ""}
    schema = asking(asks("short_text", "Name"), asks("short_text", "Why", condition=condition))
    boxes = BeautifulSoup(preview(lambda: schema, Viewpoint("EMPLOYEE"))["questions"], "html.parser")
    assert boxes.find(attrs={"data-question": ident("Why")}).has_attr("hidden")
    everything = BeautifulSoup(preview(lambda: schema, Viewpoint("EVERYTHING"))["questions"], "html.parser")
    box = everything.find(attrs={"data-question": ident("Why")})
    assert not box.has_attr("hidden")
    assert "you have answered “Name”" in box.text


def test_a_draft_that_cannot_be_frozen_says_why() -> None:
    def broken() -> dict[str, Any]:
        raise CompileError([Problem("The form has no title.")])

    assert preview(broken, Viewpoint("EMPLOYEE")) == {"problems": ["The form has no title."]}
