"""Comparing two revisions: what changed, in which order, and not a word too many."""

from __future__ import annotations

import itertools
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mus_workflow.documents.compare import Change, compare_documents, compare_without_words
from mus_workflow.documents.word_difference import word_difference

WORDS = st.lists(st.sampled_from(["ja", "nej", "og", "æble", ",", ".", " ", "\n", "i", "2026", "🍎"]), max_size=30)
PARTIES = [{"id": "e", "name": "Emma Lund"}, {"id": "m", "name": "Mikkel Holm"}]


def document(
    answers: dict[str, str] | None = None,
    items: list[dict[str, str]] | None = None,
    settled: Any = (),
    *,
    sections: dict[str, dict[str, str]] | None = None,
    labels: dict[str, str] | None = None,
    language: str = "da",
) -> dict[str, Any]:
    """A document whose questions are called “Q id”; ``sections`` are {id: answers}, each called after its id."""
    blank = dict.fromkeys(("what", "responsible_label", "due_date_label", "support", "measure", "category_label"), "")
    named = labels or {}

    def said(answers: dict[str, str]) -> list[dict[str, str]]:
        return [
            {"id": key, "label": named.get(key, f"Q {key}"), "text": text, "by": "e"} for key, text in answers.items()
        ]

    return {
        "parties": PARTIES,
        "language": language,
        "sections": [
            {"id": key, "heading": key, "answers": said(answers)}
            for key, answers in (sections or {"Trivsel": answers or {}}).items()
        ],
        "items": [{"by": "m", **blank, **item} for item in items or []],
        "settled": list(settled),
    }


def kinds(changes: list[Change]) -> dict[str, str]:
    return {change.key: change.kind for change in changes}


@given(WORDS.map("".join) | st.text(max_size=60), WORDS.map("".join) | st.text(max_size=60))
def test_the_pieces_put_together_are_both_texts(old: str, new: str) -> None:
    pieces = word_difference(old, new)
    assert "".join(piece.text for piece in pieces if piece.kind != "ins") == old
    assert "".join(piece.text for piece in pieces if piece.kind != "del") == new
    assert {piece.kind for piece in pieces} <= {"same", "ins", "del"}
    assert all(piece.text for piece in pieces)


@given(st.text(max_size=60))
def test_equal_texts_have_no_difference(text: str) -> None:
    assert {piece.kind for piece in word_difference(text, text)} <= {"same"}


def test_only_the_words_that_changed_are_marked() -> None:
    pieces = word_difference("Kurset er i maj.", "Kurset er i juni.")
    assert [(piece.kind, piece.text) for piece in pieces] == [
        ("same", "Kurset er i "),
        ("del", "maj"),
        ("ins", "juni"),
        ("same", "."),
    ]


@pytest.mark.parametrize(
    ("old", "new", "kind"),
    [
        ({}, {"a": "x"}, "ADDED"),
        ({"a": "x"}, {}, "REMOVED"),
        ({"a": "x"}, {"a": "y"}, "CHANGED"),
        ({"a": "x"}, {"a": "x"}, "SAME"),
    ],
)
def test_how_a_question_changed(old: dict[str, str], new: dict[str, str], kind: str) -> None:
    (change,) = compare_documents(document(old), document(new))
    assert (change.kind, change.where, change.label, change.by) == (kind, "Trivsel", "Q a", "Emma Lund")


def test_everything_is_added_in_the_first_revision() -> None:
    first = document({"a": "x"}, [{"id": "1", "what": "Kursus"}])
    assert set(kinds(compare_documents(None, first)).values()) == {"ADDED"}


def test_each_field_of_an_item_is_compared_by_itself() -> None:
    old = document(items=[{"id": "1", "what": "Kursus", "due_date_label": "1. maj"}])
    new = document(items=[{"id": "1", "what": "Kursus", "due_date_label": "1. juni", "support": "Tid"}])
    changes = compare_documents(old, new)
    assert kinds(changes) == {"1.what": "SAME", "1.due_date_label": "CHANGED", "1.support": "ADDED"}
    assert {change.by for change in changes} == {"Mikkel Holm"}


def test_an_item_that_moved_is_the_same_item_and_moves_as_one() -> None:
    one, two = {"id": "1", "what": "Kursus", "support": "Tid"}, {"id": "2", "what": "Mentor", "support": "Ro"}
    changes = compare_documents(document(items=[one, two]), document(items=[two, one]))
    found = kinds(changes)
    assert sorted(found.values()) == ["MOVED", "SAME", "SAME", "SAME"]
    assert found["1.support"] == found["2.support"] == "SAME"


def test_an_item_is_known_by_its_lineage_across_years() -> None:
    last_year = {"id": "1", "lineage": "1", "what": "Kursus"}
    this_year = {"id": "7", "lineage": "1", "what": "Kursus i ledelse"}
    assert kinds(compare_documents(document(items=[last_year]), document(items=[this_year]))) == {"1.what": "CHANGED"}


def test_two_items_of_one_lineage_are_two_items() -> None:
    twins = [{"id": "1", "lineage": "1", "what": "Kursus"}, {"id": "7", "lineage": "1", "what": "Igen"}]
    changes = compare_documents(document(items=twins), document(items=twins))
    assert kinds(changes) == {"1.what": "SAME", "7.what": "SAME"}


@pytest.mark.parametrize(
    ("old", "new", "moved"),
    [
        ("abc", "abc", set()),
        ("abcd", "bcda", {"a"}),
        ("abcd", "dabc", {"d"}),
        ("abcd", "acd", set()),
        ("abc", "axbyc", set()),
        ("abcdef", "abfcde", {"f"}),
    ],
)
def test_as_few_as_can_be_have_moved(old: str, new: str, moved: set[str]) -> None:
    changes = compare_documents(document(dict.fromkeys(old, "x")), document(dict.fromkeys(new, "x")))
    assert {change.key for change in changes if change.moved} == moved
    assert {change.key for change in changes if change.kind == "MOVED"} == moved


@given(st.permutations("abcdefg"))
def test_taking_away_what_moved_leaves_one_order_and_no_fewer_would_do(new: list[str]) -> None:
    changes = compare_documents(document(dict.fromkeys("abcdefg", "x")), document(dict.fromkeys(new, "x")))
    moved = {change.key for change in changes if change.moved}
    stayed = [key for key in new if key not in moved]
    assert stayed == sorted(stayed)
    most = max(len(rest) for n in range(8) for rest in itertools.combinations(new, n) if list(rest) == sorted(rest))
    assert len(stayed) == most


def test_a_question_in_another_section_has_moved() -> None:
    old = document(sections={"Trivsel": {"a": "x", "b": "x"}, "Udvikling": {"c": "x"}})
    new = document(sections={"Trivsel": {"a": "x"}, "Udvikling": {"b": "x", "c": "y"}})
    assert kinds(compare_documents(old, new)) == {"a": "SAME", "b": "MOVED", "c": "CHANGED"}


def test_a_question_that_is_worded_anew_says_how_it_was_put_before() -> None:
    old, new = document({"a": "x", "b": "x"}), document({"a": "x", "b": "y"}, labels={"a": "Ny a", "b": "Ny b"})
    a, b = compare_documents(old, new)
    assert (a.kind, a.kinds, a.label, a.old_label) == ("REWORDED", ("REWORDED",), "Ny a", "Q a")
    assert (b.kind, b.kinds) == ("CHANGED", ("CHANGED", "REWORDED"))


def test_a_question_may_be_changed_reworded_and_moved_at_once() -> None:
    old = document(sections={"Trivsel": {"a": "x"}, "Udvikling": {"b": "x"}})
    new = document(sections={"Udvikling": {"b": "x", "a": "y"}}, labels={"a": "Ny a"})
    found = {change.key: change.kinds for change in compare_documents(old, new)}
    assert found == {"a": ("CHANGED", "REWORDED", "MOVED"), "b": ("SAME",)}


def test_in_another_language_no_question_is_worded_anew() -> None:
    old = document({"a": "x", "b": "x"}, language="da")
    new = document({"a": "x", "b": "y"}, labels={"a": "In English", "b": "Too"}, language="en")
    assert [change.kinds for change in compare_documents(old, new)] == [("SAME",), ("CHANGED",)]


def test_outcomes_and_comments_of_last_years_items_are_compared() -> None:
    before = {"id": "9", "outcome_label": "Nået", "comments": {"EMPLOYEE": "Fint", "MANAGER": ""}}
    after = {"id": "9", "outcome_label": "Delvist", "comments": {"EMPLOYEE": "Fint", "MANAGER": "Enig"}}
    changes = compare_documents(document(settled=[before]), document(settled=[after]))
    assert kinds(changes) == {"9.outcome": "CHANGED", "9.EMPLOYEE": "SAME", "9.MANAGER": "ADDED"}


def test_what_is_gone_stands_where_it_used_to() -> None:
    old = document({"a": "1", "gone": "2", "gone too": "3", "b": "4"})
    new = document({"a": "1", "b": "4", "c": "5"})
    order = [change.key for change in compare_documents(old, new)]
    assert order == ["a", "gone", "gone too", "b", "c"]


@given(
    st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8),
    st.lists(st.sampled_from("abcdefgh"), unique=True, max_size=8),
)
def test_each_question_is_told_once_in_the_order_of_the_newer(old: list[str], new: list[str]) -> None:
    changes = compare_documents(document(dict.fromkeys(old, "x")), document(dict.fromkeys(new, "x")))
    keys = [change.key for change in changes]
    assert sorted(keys) == sorted(set(old) | set(new))
    assert [key for key in keys if key in new] == new


def test_a_masked_change_holds_no_word_of_an_answer() -> None:
    old = document({"a": "HEMMELIGT"}, [{"id": "1", "what": "FORTROLIGT"}])
    new = document({"a": "PRIVAT"}, [])
    masked = [change.masked() for change in compare_documents(old, new)]
    assert kinds(masked) == {"a": "CHANGED", "1.what": "REMOVED"}
    assert not [word for word in ("HEMMELIGT", "PRIVAT", "FORTROLIGT") if word in repr(masked)]
    assert {change.pieces for change in masked} == {()}
    assert compare_without_words(old, new) == masked


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("a " * 10_000, "b " + "a " * 9_999),
        ("a b " * 5_000, "b a " * 5_000),
        (" ".join(map(str, range(4_000))), "x " * 4_000),
    ],
    ids=["one word over and over", "two words that swap", "nothing alike"],
)
def test_a_very_long_or_a_malicious_text_is_compared_in_a_moment(old: str, new: str) -> None:
    """An auditor's page must not hang on what somebody typed into the largest answer there is."""
    began = time.process_time()
    pieces = word_difference(old, new)
    assert time.process_time() - began < 2
    assert "".join(piece.text for piece in pieces if piece.kind != "del") == new
