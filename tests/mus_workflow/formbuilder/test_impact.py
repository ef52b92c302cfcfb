"""What a new version of a form changes, and how much each change matters."""

import copy
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mus_workflow.formbuilder.impact import Choice, Kind, impact, orphaning
from mus_workflow.formbuilder.rewriting import is_rewritten
from mus_workflow.formbuilder.schema import questions
from mus_workflow.formbuilder.wording import FORM_ID
from tests.mus_workflow.formbuilder.mutating import versions
from tests.mus_workflow.formbuilder.strategies import SCHEMAS
from tests.mus_workflow.formbuilder.writing import asking, asks, form, ident, only_if, options, section


def kinds(old: dict[str, Any], new: dict[str, Any]) -> dict[str, set[str]]:
    """{id: kinds of change}."""
    found: dict[str, set[str]] = {}
    for change in impact(old, new):
        found.setdefault(change.id, set()).add(str(change.kind))
    return found


def one(kind: str = "long_text", label: str = "Hvad lykkedes i år?", **value: Any) -> dict[str, Any]:
    return asking({"type": kind, "id": ident("q"), "value": {"label": label, **value}})


Q = ident("q")
MARKS = {"options": options("Ja", "Nej", "Måske")}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (one(), one(label="Hvad lykkedes for dig i år?"), "WORDING"),
        (one(), one(label="Hvem vil du samarbejde med?"), "MEANING"),
        (one(), one(number="2.1"), "WORDING"),
        (one(), one(placeholder="Skriv her"), "WORDING"),
        (one(), one(help="<p>Tænk tilbage</p>"), "HELP"),
        (one(), one(required=True), "REQUIRED"),
        (one(), one(max_length=500), "OPTIONS"),
        (one(), one(audience="EMPLOYEE"), "MEANING"),
        (one(), one(sharing="PRIVATE"), "MEANING"),
        (one(sharing="PRIVATE"), one(), "PRIVACY"),
        (one(), one(sensitive=True), "MEANING"),
        (one(sensitive=True), one(), "PRIVACY"),
        (one(), one(countable=True), "PRIVACY"),
        (one("scale", min=1, max=5), one("scale", min=1, max=7), "MEANING"),
        (one("scale", best="HIGHEST"), one("scale", best="LOWEST"), "MEANING"),
        (one("scale", min_label="Slet ikke"), one("scale", min_label="Meget"), "MEANING"),
        (one("number", unit="timer"), one("number", unit="dage"), "MEANING"),
        (one("number", max="10"), one("number", max="20"), "OPTIONS"),
        (one("date"), one("date", latest="2027-01-01"), "OPTIONS"),
        (one("single_choice", **MARKS), one("single_choice", options=options("Ja", "Nej")), "MEANING"),
        (one("single_choice", options=options("Ja", "Nej")), one("single_choice", **MARKS), "OPTIONS"),
        (one("single_choice", **MARKS), one("single_choice", options=options("Nej", "Ja", "Måske")), "OPTIONS"),
        (one("multiple_choice", **MARKS), one("multiple_choice", max_choices=2, **MARKS), "OPTIONS"),
        (one("short_text"), one("long_text", max_length=200), "TYPE"),
    ],
)
def test_a_change_is_classified_by_what_it_does_to_an_answer(old: Any, new: Any, expected: str) -> None:
    assert kinds(old, new) == {Q: {expected}}


def test_a_reworded_option_is_wording_and_another_option_in_its_place_is_meaning() -> None:
    old = one("single_choice", **MARKS)
    for label, kind in (("Ja!", "WORDING"), ("Aldrig", "MEANING")):
        new = copy.deepcopy(old)
        new["sections"][0]["questions"][0]["settings"]["options"][0]["label"] = label
        assert kinds(old, new) == {Q: {kind}}


def test_questions_that_come_go_and_move_are_told_by_their_ids() -> None:
    a, b, c = asks("long_text", "A"), asks("long_text", "B"), asks("long_text", "C")
    assert kinds(asking(a, b), asking(a, b, c)) == {ident("C"): {"ADDED"}}
    assert kinds(asking(a, b, c), asking(a, c)) == {ident("B"): {"REMOVED"}}
    assert kinds(asking(a, b, c), asking(c, a, b)) == {"order": {"ORDER"}}
    moved = form(section(a), section(b, heading="Andet"))
    assert kinds(asking(a, b), moved) == {ident("section Andet"): {"SECTION"}, "order": {"ORDER"}}


def test_a_rule_that_asks_others_changes_what_an_answer_means() -> None:
    a, b = asks("yes_no", "A"), asks("long_text", "B")
    assert kinds(asking(a, b), asking(a, {**b, "value": {**b["value"], "condition": only_if("A", "answered")}})) == {
        ident("B"): {"MEANING"}
    }


def test_sections_and_the_form_itself_are_told_apart() -> None:
    a = asks("long_text", "A")
    old = asking(a)
    new = copy.deepcopy(old)
    new["sections"][0]["intro"] = "<p>Nyt</p>"
    new["title"], new["retention"] = "Ny titel", "UNTIL_SIGNED"
    assert kinds(old, new) == {ident("section Section"): {"SECTION"}, FORM_ID: {"FORM", "MEANING"}}


def test_a_translation_belongs_to_the_text_it_translates() -> None:
    old = {**one(), "translations": {"sv": {Q: {"label": "Vad lyckades?"}}}}
    new = {**one(), "translations": {"sv": {Q: {"label": "Vad gick bra?"}}}}
    assert kinds(old, new) == {Q: {"WORDING"}}
    rewritten = {**one(label="Hvem hjælper dig?"), "translations": {"sv": {Q: {"label": "Vem hjälper dig?"}}}}
    assert kinds(old, rewritten) == {Q: {"MEANING"}}


def test_several_changes_of_one_question_are_decided_apart() -> None:
    old, new = (
        one("single_choice", **MARKS),
        one("single_choice", label="Hvad lykkedes nu i år?", help="<p>?</p>", **MARKS),
    )
    new["sections"][0]["questions"][0]["settings"]["options"].pop()
    assert kinds(old, new) == {Q: {"WORDING", "HELP", "MEANING"}}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("Hvad lykkedes?", "HVAD LYKKEDES", False),
        ("Trivesl", "Trivsel", False),
        ("Er du glad for dit arbejde?", "Er du glad for dit nye arbejde?", False),
        ("Er du glad for dit arbejde?", "Er du ikke glad for dit arbejde?", True),
        ("Mål for de næste 2 år", "Mål for de næste 3 år", True),
        ("mulig", "umulig", True),
        ("Udvikling", "Løn", True),
        ("Mest tilfreds", "Mindst tilfreds", True),
        ("Mest tilfreds", "mest tilfreds med det", False),
        ("Hvad lykkedes?", "", True),
        ("Hvad er dit mål i år og næste år?", "Hvad er dit mål?", True),
    ],
)
def test_words_are_rewritten_when_few_are_left_or_the_sentence_turns(old: str, new: str, expected: bool) -> None:
    assert is_rewritten(old, new) is expected
    assert is_rewritten(new, old) is expected


def test_types_that_cannot_read_the_answers_are_named() -> None:
    (orphan,) = orphaning(one("long_text"), one("scale"))
    assert orphan.id == Q
    assert "Long text" in str(orphan)
    assert orphaning(one("short_text"), one("long_text")) == []
    assert [orphan.new_type for orphan in orphaning(one("long_text"), one("short_text"))] == ["short_text"]
    told, asked = (
        asking({"type": kind, "id": Q, "value": {"label": "Trivsel"}}, asks("date", "Dato"))
        for kind in ("information", "scale")
    )
    assert orphaning(told, asked) == []
    assert [orphan.new_type for orphan in orphaning(asked, told)] == ["information"]


def test_what_meant_something_else_can_never_be_taken_over_unseen() -> None:
    for change in impact(one("scale", min=1, max=5), one("scale", min=1, max=7)):
        assert change.offered == (Choice.STAY, Choice.CONFIRM)
        assert change.suggested is Choice.CONFIRM


def test_what_was_private_stays_so_in_running_dialogues() -> None:
    (change,) = impact(one(sharing="PRIVATE"), one())
    assert change.offered == (Choice.STAY,)


@given(SCHEMAS)
def test_a_form_does_not_change_into_itself(schema: dict[str, Any]) -> None:
    assert impact(schema, copy.deepcopy(schema)) == []
    assert orphaning(schema, schema) == []


@given(versions())
def test_no_change_is_told_twice_and_the_same_is_told_every_time(pair: tuple[dict[str, Any], dict[str, Any]]) -> None:
    changes = impact(*pair)
    assert len({change.key for change in changes}) == len(changes)
    atoms = [(atom.id, atom.path) for change in changes for atom in change.atoms]
    assert len(set(atoms)) == len(atoms)
    assert changes == impact(*copy.deepcopy(pair))
    assert all(change.suggested in change.offered for change in changes)
    assert bool(changes) is (pair[0] != pair[1])


@given(versions(), st.randoms(use_true_random=False))
def test_ids_of_changes_are_parts_of_one_of_the_forms(pair: Any, rnd: random.Random) -> None:
    known = {FORM_ID, "order"}
    for schema in pair:
        known |= {section["id"] for section in schema["sections"]} | {one["id"] for one in questions(schema)}
    assert {change.id for change in impact(*pair)} <= known
    assert {change.kind for change in impact(*pair)} <= set(Kind)
