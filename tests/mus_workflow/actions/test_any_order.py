"""Whatever two people try, in whatever order: what is in force, and what the evidence says, stays true."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from mus_workflow.actions.amend_agreement import amend_agreement, drop_amendment
from mus_workflow.actions.hold_talk import break_off_talk, close_dialogue, hold_talk, mark_not_held
from mus_workflow.actions.sign_agreement import sign_agreement
from mus_workflow.actions.write_revision import present_agreement, save_revision, take_back_agreement
from mus_workflow.documents.agreement import document_sha256
from mus_workflow.models import Dialogue, Meaning, Presentation, Signature, open_sealed
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage, is_lawful
from tests.builders import Cast, make_dialogue, write_agreement
from tests.ledger import assert_chain_holds, entries, payload_of
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

LATER = NOW + timedelta(days=30)


@pytest.fixture(scope="module")
def talk(module_cast: Cast) -> Dialogue:
    return make_dialogue(module_cast, Stage.TALK)


def answers_newest(meaning: Meaning) -> Callable[..., None]:
    def answer_newest(dialogue_id: Any, by: Any, at: Any) -> None:
        newest = Presentation.objects.filter(agreement__dialogue=dialogue_id).order_by("-revision").first()
        given = {"document_sha256": newest.document_sha256 if newest else "0" * 64, "meaning": meaning}
        sign_agreement(dialogue_id=dialogue_id, **given, remark="", auth_method="password", by=by, at=at)

    return answer_newest


VERBS: dict[str, Callable[..., Any]] = {
    "write": lambda dialogue_id, by, at: write_agreement(Dialogue.objects.get(pk=dialogue_id), by=by, at=at),
    "save": save_revision,
    "present": present_agreement,
    "sign": answers_newest(Meaning.AGREED),
    "sign as received": answers_newest(Meaning.RECEIVED),
    "decline": answers_newest(Meaning.DECLINED),
    "take back": take_back_agreement,
    "amend": lambda **given: amend_agreement(change_note="Frist", **given),
    "drop": drop_amendment,
    "talk": hold_talk,
    "break off": break_off_talk,
    "not held": lambda **given: mark_not_held(reason="", **given),
    "close": close_dialogue,
}
RARE = {"not held", "close", "break off"}
STEPS = st.tuples(st.sampled_from([*VERBS] + [verb for verb in VERBS if verb not in RARE] * 3), st.booleans())


@settings(max_examples=settings().max_examples // 6)
@given(st.lists(STEPS, min_size=8, max_size=30))
def test_the_rules_hold_after_any_sequence(module_cast: Cast, talk: Dialogue, steps: list[tuple[str, bool]]) -> None:
    here = transaction.savepoint()
    try:
        stages = [Stage.TALK]
        for verb, employee in steps:
            by = module_cast.employee if employee else module_cast.manager
            before = in_force(talk)
            try:
                VERBS[verb](dialogue_id=talk.pk, by=by, at=LATER)
            except Refused:
                continue
            assert verb.startswith("sign") or in_force(talk) == before, f"{verb} changed what is in force"
            assert in_force(talk) == in_force_by_hand(talk)
            stages.append(Stage(Dialogue.objects.get(pk=talk.pk).stage))
            assert stages[-1] == stages[-2] or is_lawful(stages[-2], stages[-1])
        assert_evidence_agrees(talk)
    finally:
        transaction.savepoint_rollback(here)


def in_force(dialogue: Dialogue) -> list[int]:
    return [row.revision for row in Presentation.objects.filter(agreement__dialogue=dialogue).in_force()]


def in_force_by_hand(dialogue: Dialogue) -> list[int]:
    """The highest revision that everybody it was presented to has signed."""
    signed = [
        presentation.revision
        for presentation in Presentation.objects.filter(agreement__dialogue=dialogue)
        if {str(one.participant_id) for one in presentation.signatures.all() if one.meaning != Meaning.DECLINED}
        == set(presentation.parties)
    ]
    return [max(signed)] if signed else []


def assert_evidence_agrees(dialogue: Dialogue) -> None:
    assert_chain_holds(dialogue.pk)
    agreement = getattr(Dialogue.objects.get(pk=dialogue.pk), "agreement", None)
    if agreement is None:
        return
    rows = list(agreement.history.order_by("history_id"))
    recorded = [entry for entry in entries(dialogue.pk) if entry.event in ("REVISION_SAVED", "PRESENTED")]
    assert [row.revision for row in rows] == list(range(1, agreement.revision + 1))
    assert [str(row.history_id) for row in rows] == [entry.history_id for entry in recorded]
    documents = [open_sealed(row.document) for row in rows]
    assert documents == [payload_of(entry)["document"] for entry in recorded]
    assert documents[-1] == open_sealed(agreement.document)
    for signature in Signature.objects.filter(agreement=agreement):
        assert document_sha256(documents[signature.revision - 1]) == signature.document_sha256
        assert signature.ledger_entry.event == ("DECLINED" if signature.meaning == Meaning.DECLINED else "SIGNED")
    answered = {one.revision: one.answers for one in Presentation.objects.answered_by_all()}
    waits = Presentation.objects.waiting().filter(revision=agreement.revision).exists()
    assert waits == (agreement.revision not in answered and is_presented(agreement))
    if waits:
        assert Dialogue.objects.get(pk=dialogue.pk).stage in (Stage.SIGN_OFF, Stage.FOLLOW_UP, Stage.CLOSED)


def is_presented(agreement: Any) -> bool:
    newest = agreement.presentations.filter(revision=agreement.revision).first()
    return newest is not None and not hasattr(newest, "recall")
