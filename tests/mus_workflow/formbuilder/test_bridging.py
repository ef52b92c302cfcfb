"""A form between two versions: the old one with the changes that were chosen, and nothing else."""

import copy
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mus_workflow.formbuilder.bridging import CannotGoTogether, bridged, choices_for, to_confirm
from mus_workflow.formbuilder.impact import Choice, impact, orphaning
from mus_workflow.formbuilder.schema import questions, validate
from tests.mus_workflow.formbuilder.mutating import versions
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_if, options

Pair = tuple[dict[str, Any], dict[str, Any]]


def boldest(pair: Pair) -> dict[str, Choice]:
    """As much as the editor may move."""
    return {change.key: change.offered[-1] for change in impact(*pair)}


def labels(schema: dict[str, Any]) -> list[str]:
    return [question["label"] for question in questions(schema)]


@given(versions())
def test_with_nothing_chosen_it_is_the_old_form(pair: Pair) -> None:
    assert bridged(*pair, {}) == pair[0]


@given(versions())
def test_with_everything_chosen_it_is_the_new_form(pair: Pair) -> None:
    old, new = copy.deepcopy(pair)
    assume(not orphaning(old, new) and Choice.STAY not in boldest(pair).values())
    assert bridged(*pair, boldest(pair)) == new
    assert pair == (old, new)


@given(versions(), st.data())
def test_whatever_is_chosen_makes_a_form_or_says_what_cannot_go_together(pair: Pair, data: st.DataObject) -> None:
    changes = impact(*pair)
    choices = {change.key: data.draw(st.sampled_from(change.offered)) for change in changes}
    try:
        between = bridged(*pair, choices)
    except CannotGoTogether as clash:
        between, named = None, (clash.changes, clash.reason)
    if between is None:
        assert all(named)
        return
    validate(between)
    # What is left to do from here is what was left behind, and what was moved is done.
    left = {atom.id for change in impact(between, pair[1]) for atom in change.atoms}
    behind = {atom.id for change in changes if choices[change.key] is Choice.STAY for atom in change.atoms}
    orphans = {orphan.id for orphan in orphaning(*pair)}
    moved_whole = {change.id for change in changes} - behind - orphans - {"order"}
    sections = {section["id"] for schema in pair for section in schema["sections"]}
    still_there = {one["id"] for one in questions(between)}
    assert not (left & moved_whole & still_there) - sections - behind


def test_only_the_chosen_changes_of_a_question_are_taken() -> None:
    old = asking(asks("single_choice", "Kursus", options=options("Ja", "Nej", "Måske"), help=""))
    new = copy.deepcopy(old)
    question = new["sections"][0]["questions"][0]
    question["label"], question["help"] = "Kursus nu", "<p>Tænk efter</p>"
    question["settings"]["options"] = [
        question["settings"]["options"][1],
        {"id": ident("Senere"), "label": "Senere", "help": ""},
    ]
    chosen = {f"WORDING:{ident('Kursus')}": "MOVE", f"OPTIONS:{ident('Kursus')}": "MOVE"}
    between = bridged(old, new, chosen)["sections"][0]["questions"][0]
    assert (between["label"], between["help"]) == ("Kursus nu", "")
    assert [option["label"] for option in between["settings"]["options"]] == ["Ja", "Nej", "Senere", "Måske"]


def test_an_added_question_stands_after_what_it_follows_and_a_kept_one_where_it_was() -> None:
    a, b, c, x = (asks("long_text", name) for name in "ABCX")
    old, new = asking(a, b, c), asking(a, x, c)
    assert labels(bridged(old, new, {f"ADDED:{ident('X')}": "MOVE"})) == ["A", "X", "B", "C"]
    assert labels(bridged(old, new, {f"REMOVED:{ident('B')}": "MOVE"})) == ["A", "C"]


def test_a_section_stays_while_a_question_in_it_does() -> None:
    a, b = asks("long_text", "A"), asks("long_text", "B")
    old = asking(a)
    second = {**copy.deepcopy(asking(b)["sections"][0]), "id": ident("s2")}
    old["sections"].append(second)
    new = asking(a)
    between = bridged(old, new, {f"SECTION:{ident('s2')}": "MOVE"})
    assert labels(between) == ["A", "B"]
    assert labels(bridged(old, new, {f"REMOVED:{ident('B')}": "MOVE"})) == ["A"]


def test_choices_that_make_no_form_are_named() -> None:
    a, b = asks("yes_no", "A"), asks("long_text", "B")
    old = asking(a, {**b, "value": {**b["value"], "condition": only_if("A", "answered")}})
    new = asking(b)
    with pytest.raises(CannotGoTogether) as clash:
        bridged(old, new, {f"REMOVED:{ident('A')}": "MOVE"})
    assert {change.key for change in clash.value.changes} == {f"REMOVED:{ident('A')}", f"MEANING:{ident('B')}"}


def test_a_choice_that_is_not_offered_stays() -> None:
    old, new = asking(asks("scale", "A", min=1, max=5)), asking(asks("scale", "A", min=1, max=7))
    changes = impact(old, new)
    assert set(choices_for(changes, {changes[0].key: "MOVE"}).values()) == {Choice.STAY}
    assert set(choices_for(changes, {changes[0].key: "NONSENSE"}).values()) == {Choice.STAY}
    assert bridged(old, new, {changes[0].key: "MOVE"}) == old
    assert to_confirm(changes, choices_for(changes, {changes[0].key: "CONFIRM"})) == [ident("A")]


def test_a_type_that_would_orphan_answers_never_moves() -> None:
    old, new = asking(asks("long_text", "A")), asking(asks("scale", "A"))
    assert bridged(old, new, boldest((old, new))) == old
