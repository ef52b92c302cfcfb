"""Changing a signed agreement: the old revision holds until the new one is signed by all."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from mus_workflow.actions.amend_agreement import amend_agreement, drop_amendment
from mus_workflow.actions.record_progress import record_progress
from mus_workflow.actions.save_draft import save_agreement_draft
from mus_workflow.actions.write_revision import present_agreement, save_revision, take_back_agreement
from mus_workflow.models import AgreementItem, Dialogue, Presentation, Progress, open_sealed
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage
from tests.builders import ITEM, Cast, change_manager, item_id_of, qid, sign_by_both, typed
from tests.ledger import assert_chain_holds, entries, payload_of
from tests.mus_workflow.actions.test_sign_agreement import in_force, sign
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

SECOND = "5f0c0f1e-0000-4000-8000-000000000002"


@pytest.fixture
def signed(dialogue_at: Callable[..., Dialogue]) -> Dialogue:
    return dialogue_at(Stage.FOLLOW_UP)


def amend(dialogue: Dialogue, by: Any, note: str = "Ny frist") -> Any:
    return amend_agreement(dialogue_id=dialogue.pk, change_note=note, by=by, at=NOW)


def write(dialogue: Dialogue, by: Any, items: dict[str, Any], answers: dict[str, Any] | None = None) -> None:
    save_agreement_draft(
        dialogue_id=dialogue.pk, typed=typed(answers, items=items), allowed=[qid("summary")], by=by, at=NOW
    )


def present(dialogue: Dialogue, by: Any) -> Presentation:
    return present_agreement(dialogue_id=dialogue.pk, by=by, at=NOW)


def test_a_change_opens_with_what_is_in_force(cast: Cast, signed: Dialogue) -> None:
    before = open_sealed(signed.agreement.document)
    amend(signed, cast.employee)
    present(signed, cast.employee)
    signed.agreement.refresh_from_db()
    after = open_sealed(signed.agreement.document)
    assert {**after, "revision": 1} == before
    assert open_sealed(signed.agreement.change_note) == "Ny frist"
    assert payload_of(entries(signed.pk)[-1])["change_note"] == "Ny frist"


def test_the_signed_revision_holds_until_both_have_signed_the_new_one(cast: Cast, signed: Dialogue) -> None:
    amend(signed, cast.manager)
    write(signed, cast.manager, {item_id_of(signed): {"due_date": "2026-12-01"}})
    present(signed, cast.manager)
    assert in_force(signed) == [1]
    sign(signed, cast.employee)
    assert in_force(signed) == [1]
    assert str(AgreementItem.objects.get().due_date) == "2026-09-01"
    sign(signed, cast.manager)
    assert in_force(signed) == [2]
    assert str(AgreementItem.objects.get().due_date) == "2026-12-01"
    assert Dialogue.objects.get(pk=signed.pk).stage == Stage.FOLLOW_UP
    assert_chain_holds(signed.pk)


def test_one_signs_the_other_takes_it_back_and_drops_it(cast: Cast, signed: Dialogue) -> None:
    amend(signed, cast.manager)
    write(signed, cast.manager, {}, {"summary": "Noget andet"})
    present(signed, cast.manager)
    sign(signed, cast.manager)
    take_back_agreement(dialogue_id=signed.pk, by=cast.employee, at=NOW)
    drop_amendment(dialogue_id=signed.pk, by=cast.employee, at=NOW)
    assert in_force(signed) == [1]
    assert signed.agreement.signatures.count() == 3
    draft = amend(signed, cast.employee, "En gang til")
    assert open_sealed(draft.envelope)["answers"][qid("summary")]["value"] == "Vi satser på formidling."
    assert present(signed, cast.employee).revision == 3
    sign_by_both(signed, cast)
    assert in_force(signed) == [3]


def test_an_item_that_is_gone_is_withdrawn_and_a_new_one_is_open(cast: Cast, signed: Dialogue) -> None:
    amend(signed, cast.manager)
    write(signed, cast.manager, {item_id_of(signed): {"removed": True}, SECOND: {**ITEM, "what": "Mentor"}})
    present(signed, cast.manager)
    sign_by_both(signed, cast)
    found = {str(item.pk): (item.outcome, item.revision) for item in AgreementItem.objects.all()}
    assert found == {item_id_of(signed): ("WITHDRAWN", 1), SECOND: ("", 2)}


def test_a_withdrawn_item_that_is_agreed_again_is_open_again(cast: Cast, signed: Dialogue) -> None:
    mine = item_id_of(signed)
    for items in ({mine: {"removed": True}}, {mine: {**ITEM, "removed": False}}):
        amend(signed, cast.manager)
        write(signed, cast.manager, items)
        present(signed, cast.manager)
        sign_by_both(signed, cast)
    item = AgreementItem.objects.get()
    assert (item.outcome, item.outcome_at, item.revision) == ("", None, 3)


def test_progress_survives_a_change_of_the_words(cast: Cast, signed: Dialogue) -> None:
    item_id = item_id_of(signed)
    record_progress(
        dialogue_id=signed.pk, item_id=item_id, progress=Progress.UNDER_WAY, note="I gang", by=cast.manager, at=NOW
    )
    amend(signed, cast.manager)
    write(signed, cast.manager, {item_id: {"what": "Kursus i at holde oplæg"}})
    present(signed, cast.manager)
    sign_by_both(signed, cast)
    item = AgreementItem.objects.get()
    assert (item.progress, open_sealed(item.text)["what"]) == ("UNDER_WAY", "Kursus i at holde oplæg")


@pytest.mark.parametrize("note", ["", "   ", "\n"])
def test_a_change_needs_a_reason(cast: Cast, signed: Dialogue, note: str) -> None:
    with pytest.raises(Refused, match="Say why the agreement is changed"):
        amend(signed, cast.manager, note)


def test_one_change_at_a_time(cast: Cast, signed: Dialogue) -> None:
    amend(signed, cast.manager)
    with pytest.raises(Refused, match="is being written already"):
        amend(signed, cast.employee)
    present(signed, cast.manager)
    with pytest.raises(Refused, match="waits for signatures already"):
        amend(signed, cast.employee)


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage != Stage.FOLLOW_UP])
def test_only_a_signed_agreement_of_an_open_dialogue_is_changed(
    cast: Cast, dialogue_at: Callable[..., Dialogue], stage: str
) -> None:
    with pytest.raises(Refused, match="An agreement can be changed when all have answered it"):
        amend(dialogue_at(stage), cast.manager)


def test_the_first_agreement_cannot_be_dropped(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    with pytest.raises(Refused, match="no change of the agreement to drop"):
        drop_amendment(dialogue_id=dialogue_at(Stage.TALK).pk, by=cast.manager, at=NOW)


def test_what_waits_is_taken_back_before_it_is_dropped(cast: Cast, signed: Dialogue) -> None:
    amend(signed, cast.manager)
    present(signed, cast.manager)
    with pytest.raises(Refused, match="Take it back first"):
        drop_amendment(dialogue_id=signed.pk, by=cast.manager, at=NOW)


def test_without_a_change_there_is_nothing_to_drop(cast: Cast, signed: Dialogue) -> None:
    with pytest.raises(Refused, match="begin a change and say why"):
        drop_amendment(dialogue_id=signed.pk, by=cast.manager, at=NOW)


def test_a_saved_revision_of_a_change_is_not_in_force(cast: Cast, signed: Dialogue) -> None:
    amend(signed, cast.manager)
    assert save_revision(dialogue_id=signed.pk, by=cast.manager, at=NOW).revision == 2
    assert in_force(signed) == [1]


def test_a_successor_changes_an_agreement_that_the_predecessor_signed(cast: Cast, signed: Dialogue) -> None:
    later = NOW + timedelta(days=1)
    change_manager(cast.employee, cast.other_manager, by=cast.hr, confirmed_by=cast.manager, at=later)
    amend_agreement(dialogue_id=signed.pk, change_note="Ny leder", by=cast.other_manager, at=later)
    present_agreement(dialogue_id=signed.pk, by=cast.other_manager, at=later)
    for by in (cast.employee, cast.other_manager):
        sign(signed, by, at=later)
    assert in_force(signed) == [2]
    signed.agreement.refresh_from_db()
    names = [party["name"] for party in open_sealed(signed.agreement.document)["parties"]]
    assert names == ["Emma Lund", "Olga Vestergaard"]
