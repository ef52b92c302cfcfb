"""Comparing two revisions: what changed, in which order, and not a word too many."""

from __future__ import annotations

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mus_workflow.documents.compare import Change, compare_documents, word_difference

WORDS = st.lists(st.sampled_from(["ja", "nej", "og", "æble", ",", ".", " ", "\n", "i", "2026", "🍎"]), max_size=30)
PARTIES = [{"id": "e", "name": "Emma Lund"}, {"id": "m", "name": "Mikkel Holm"}]


def document(
    answers: dict[str, str] | None = None, items: list[dict[str, str]] | None = None, settled: Any = ()
) -> dict[str, Any]:
    said = [{"id": key, "label": f"Q {key}", "text": text, "by": "e"} for key, text in (answers or {}).items()]
    blank = dict.fromkeys(("what", "responsible_label", "due_date_label", "support", "measure", "category_label"), "")
    return {
        "parties": PARTIES,
        "sections": [{"heading": "Trivsel", "answers": said}],
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


def test_an_item_that_moved_is_the_same_item() -> None:
    one, two = {"id": "1", "what": "Kursus"}, {"id": "2", "what": "Mentor"}
    assert set(kinds(compare_documents(document(items=[one, two]), document(items=[two, one]))).values()) == {"SAME"}


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
