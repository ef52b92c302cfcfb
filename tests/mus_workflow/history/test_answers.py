"""Answers against the ledger: each of the three, what was typed to give it, and those given before anything was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from mus_workflow.actions import sign_agreement as signing
from mus_workflow.history.listing import (
    Standing,
    agreements_for_audit,
    by_signing,
    latest_revisions_for_audit,
    standing_of,
)
from mus_workflow.history.revisions import revisions_of
from mus_workflow.history.verification import verify_dialogue
from mus_workflow.models import Dialogue, LedgerEntry, Meaning, Signature
from mus_workflow.stages import Stage
from tests.builders import Cast, answer
from tests.ledger import payload_of, tear_down_the_wall

pytestmark = pytest.mark.django_db


@pytest.fixture
def dialogue(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> Dialogue:
    """One party signs that they received it, and the other declines."""
    dialogue = dialogue_at(Stage.SIGN_OFF)
    answer(dialogue, Meaning.RECEIVED, by=cast.employee, remark="Jeg ser det anderledes.")
    answer(dialogue, Meaning.DECLINED, by=cast.manager, remark="Fristen.")
    return dialogue


def test_all_three_answers_verify(dialogue: Dialogue) -> None:
    assert verify_dialogue(dialogue.pk) == []


def test_answers_from_before_words_were_typed_verify(
    cast: Cast, dialogue_at: Callable[..., Dialogue], monkeypatch: pytest.MonkeyPatch
) -> None:
    record = signing.record_event

    def as_before(*, payload: dict[str, Any], **given: Any) -> LedgerEntry:
        return record(payload={key: value for key, value in payload.items() if key != "acknowledgement"}, **given)

    monkeypatch.setattr(signing, "record_event", as_before)
    dialogue = dialogue_at(Stage.SIGN_OFF)
    for by in (cast.employee, cast.manager):
        answer(dialogue, by=by)
    assert "acknowledgement" not in payload_of(LedgerEntry.objects.filter(event="SIGNED").earliest("n"))
    assert verify_dialogue(dialogue.pk) == []


@pytest.mark.parametrize(("was", "becomes"), [("DECLINED", "AGREED"), ("RECEIVED", "AGREED"), ("RECEIVED", "DECLINED")])
def test_an_answer_that_is_made_to_say_another_is_named(dialogue: Dialogue, was: str, becomes: str) -> None:
    tear_down_the_wall()
    signature = Signature.objects.get(meaning=was)
    Signature.objects.filter(pk=signature.pk).update(meaning=becomes)
    (finding,) = verify_dialogue(dialogue.pk)
    assert f"signature {signature.pk} says something else than the ledger" in str(finding)


def test_an_answer_that_declined_and_is_gone_is_named(dialogue: Dialogue) -> None:
    tear_down_the_wall()
    signature = Signature.objects.get(meaning="DECLINED")
    key = signature.pk
    signature.delete()
    assert [f"signature {key} is gone" in str(finding) for finding in verify_dialogue(dialogue.pk)] == [True]


def test_what_was_declined_counts_as_no_signature(cast: Cast, dialogue: Dialogue) -> None:
    (agreement,) = agreements_for_audit(cast.auditor)
    assert standing_of(agreement) == Standing(parties=2, signed=1, declined=1)
    latest = latest_revisions_for_audit(cast.auditor)
    assert {state: by_signing(latest, state).count() for state in ("signed", "unsigned", "waiting", "refused")} == {
        "signed": 0,
        "unsigned": 1,
        "waiting": 0,
        "refused": 1,
    }
    (revision,) = revisions_of(agreement)
    assert (revision.signed, revision.is_signed_by_all) == (1, False)
    assert {one.meaning: one.is_declined for one in revision.signatures} == {
        "I have received it, and do not agree": False,
        "I decline to sign": True,
    }
