"""Two revisions side by side, with and without the words."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mus_workflow.documents.compare import compare_documents, compare_without_words
from mus_workflow.history.comparison import NoSuchRevision, Which, _veiled, compare_masked, compare_words
from mus_workflow.history.revisions import revisions_of
from mus_workflow.models import Agreement, Artefact, DataKey, Dialogue
from tests.builders import item_id_of, qid
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def agreement(dialogue: Dialogue) -> Agreement:
    return dialogue.agreement


def both(agreement: Agreement, old: int, new: int) -> tuple[Which, Which]:
    return Which(agreement, old), Which(agreement, new)


def test_the_revisions_tell_what_happened_newest_first(agreement: Agreement) -> None:
    third, second, first = revisions_of(agreement)
    assert [revision.number for revision in (third, second, first)] == [3, 2, 1]
    assert (first.event, first.reason, first.actor, first.role) == (
        "Presented for signing",
        "",
        "Mikkel Holm",
        "Manager",
    )
    assert {signed.name for signed in first.signatures} == {"Emma Lund", "Mikkel Holm"}
    assert (first.is_signed_by_all, second.is_signed_by_all, third.is_signed_by_all) == (True, False, True)
    assert (second.reason, second.taken_back) == ("Ny frist", True)
    assert first.entry
    assert first.entry < second.entry < third.entry


def test_a_masked_comparison_holds_no_words(agreement: Agreement) -> None:
    comparison = compare_masked(*both(agreement, 1, 3))
    told = repr([asdict(change) for change in comparison.changes])
    for words in ("formidling", "Kursus", "arbejdsdage", "september"):
        assert words not in told
    assert all(change.pieces == () for change in comparison.changes)


def test_masked_or_not_the_same_questions_have_changed(agreement: Agreement) -> None:
    masked, worded = compare_masked(*both(agreement, 1, 3)), compare_words(*both(agreement, 1, 3))
    assert masked.changes == tuple(change.masked() for change in worded.changes)


def test_a_comparison_can_be_made_backwards_and_with_itself(agreement: Agreement) -> None:
    assert {change.kind for change in compare_words(*both(agreement, 1, 1)).changes} == {"SAME"}
    assert compare_words(*both(agreement, 3, 1)).old.number == 3


def test_a_revision_that_does_not_exist_is_refused(agreement: Agreement) -> None:
    with pytest.raises(NoSuchRevision):
        compare_masked(*both(agreement, 1, 4))


def test_erased_words_are_told_by_their_rule(agreement: Agreement) -> None:
    keys = DataKey.objects.filter(dialogue=agreement.dialogue, artefact=Artefact.AGREEMENT)
    keys.update(wrapped=None, destroyed_at=NOW, destroyed_rule="five years")
    for compare in (compare_masked, compare_words):
        comparison = compare(*both(agreement, 1, 2))
        assert (comparison.erased, comparison.changes) == ("five years", ())
    assert "five years" in revisions_of(agreement)[0].reason


def test_the_items_of_the_builders_are_compared(agreement: Agreement, dialogue: Dialogue) -> None:
    kinds = {change.key: change.kind for change in compare_words(*both(agreement, 1, 3)).changes}
    assert kinds[qid("summary")] == kinds[f"{item_id_of(dialogue)}.what"] == "SAME"


def long_document(words: list[str]) -> dict[str, Any]:
    """Forty answers with these words shared among them."""
    size = len(words) // 40
    answers = [
        {"id": f"q{n}", "label": f"Spørgsmål {n}", "by": "", "text": " ".join(words[n * size : (n + 1) * size])}
        for n in range(40)
    ]
    return {"parties": [], "sections": [{"heading": "Afsnit", "answers": answers}], "items": [], "settled": []}


@contextmanager
def counted_calls() -> Iterator[list[int]]:
    """How many functions are called inside, ours and Python's own: what the time follows, and steadier than it."""
    calls = [0]

    def note(frame: Any, event: str, argument: Any) -> None:
        calls[0] += event in ("call", "c_call")

    sys.setprofile(note)
    try:
        yield calls
    finally:
        sys.setprofile(None)


def test_comparing_without_words_is_the_same_work_whatever_was_written() -> None:
    """Neither its answer nor its time can tell how much was written or how much of it was changed."""
    short = long_document(["ja"] * 40), long_document(["nej"] * 40)
    long = long_document(["udvikling"] * 4_000), long_document(["kursus"] * 40)
    work, answers = [], []
    compare_without_words(_veiled(short[0]), _veiled(short[1]))  # what the first call of a process sets up
    for old, new in (short, long):
        with counted_calls() as calls:
            answers.append(compare_without_words(_veiled(old), _veiled(new)))
        work.append(calls[0])
    assert work[0] == work[1]
    assert answers[0] == answers[1]


def test_six_hundred_words_in_forty_questions_are_compared_with_little_work(agreement: Agreement) -> None:
    words = [("og", "at", "vi", "den", "udvikling", "kursus")[n % 6] for n in range(600)]
    old, same = long_document(words), long_document(words)
    with counted_calls() as unchanged:
        compare_documents(old, same)
    with counted_calls() as anew:
        compare_documents(old, long_document(words[::-1]))
    # About ten million calls take a second: a tenth of a second is a million.
    assert unchanged[0] < 3_000
    assert anew[0] < 100_000
    with CaptureQueriesContext(connection) as captured:
        compare_words(*both(agreement, 1, 3))
    assert len(captured) <= 9


def test_each_changed_question_among_forty_is_found() -> None:
    words = [("og", "at", "vi", "den", "udvikling", "kursus")[n % 6] for n in range(600)]
    changed = [word if n % 50 else "ændret" for n, word in enumerate(words)]
    old, new = long_document(words), long_document(changed)
    changes = compare_documents(old, new)
    assert sum(change.kind == "CHANGED" for change in changes) == 12
