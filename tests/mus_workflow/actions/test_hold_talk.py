"""Opening the talk, breaking it off, ending without one, and closing."""

from collections.abc import Callable

import pytest

from mus_workflow.actions.amend_agreement import amend_agreement
from mus_workflow.actions.hold_talk import break_off_talk, close_dialogue, hold_talk, mark_not_held
from mus_workflow.models import Dialogue, Draft, open_sealed
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage
from tests.builders import Cast, qid, write_agreement
from tests.ledger import entries, events, payload_of
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


def agreement_draft(dialogue: Dialogue) -> Draft:
    return dialogue.drafts.get(kind="AGREEMENT", participant=None)


@pytest.mark.parametrize("stage", [Stage.INVITED, Stage.PREPARING])
def test_the_talk_opens_an_empty_agreement(cast: Cast, dialogue_at: Callable[..., Dialogue], stage: str) -> None:
    dialogue = hold_talk(dialogue_id=dialogue_at(stage).pk, by=cast.employee, at=NOW)
    assert (dialogue.stage, dialogue.held_at) == (Stage.TALK, NOW)
    assert open_sealed(agreement_draft(dialogue).envelope)["answers"] == {}


def test_nobody_talks_before_the_invitation(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    with pytest.raises(Refused, match="not been invited yet"):
        hold_talk(dialogue_id=dialogue_at(Stage.PLANNED).pk, by=cast.manager, at=NOW)


@pytest.mark.parametrize("stage", [Stage.TALK, Stage.SIGN_OFF, Stage.FOLLOW_UP, Stage.CLOSED, Stage.NOT_HELD])
def test_a_talk_is_held_once(cast: Cast, dialogue_at: Callable[..., Dialogue], stage: str) -> None:
    with pytest.raises(Refused, match="open already, or has been held"):
        hold_talk(dialogue_id=dialogue_at(stage).pk, by=cast.manager, at=NOW)


def test_what_was_written_in_a_broken_off_talk_is_there_in_the_next(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at(Stage.TALK)
    write_agreement(dialogue, by=cast.employee)
    broken = break_off_talk(dialogue_id=dialogue.pk, by=cast.employee, at=NOW)
    assert (broken.stage, broken.held_at) == (Stage.INVITED, None)
    hold_talk(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    assert open_sealed(agreement_draft(dialogue).envelope)["answers"][qid("summary")]["value"]


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage != Stage.TALK])
def test_only_an_open_talk_is_broken_off(cast: Cast, dialogue_at: Callable[..., Dialogue], stage: str) -> None:
    with pytest.raises(Refused, match="no open talk"):
        break_off_talk(dialogue_id=dialogue_at(stage).pk, by=cast.employee, at=NOW)


@pytest.mark.parametrize("stage", [Stage.PLANNED, Stage.INVITED, Stage.PREPARING, Stage.TALK])
def test_the_manager_ends_it_as_not_held_with_a_sealed_reason(
    cast: Cast, dialogue_at: Callable[..., Dialogue], stage: str
) -> None:
    dialogue = mark_not_held(dialogue_id=dialogue_at(stage).pk, reason="Sygdom", by=cast.manager, at=NOW)
    assert dialogue.stage == Stage.NOT_HELD
    last = entries(dialogue.pk)[-1]
    assert payload_of(last) == {"reason": "Sygdom"}
    assert b"Sygdom" not in bytes(last.payload.envelope)


@pytest.mark.parametrize("stage", [Stage.SIGN_OFF, Stage.FOLLOW_UP, Stage.CLOSED, Stage.NOT_HELD])
def test_a_held_talk_cannot_end_as_not_held(cast: Cast, dialogue_at: Callable[..., Dialogue], stage: str) -> None:
    with pytest.raises(Refused, match="The talk has been held"):
        mark_not_held(dialogue_id=dialogue_at(stage).pk, reason="", by=cast.manager, at=NOW)


def test_the_employee_cannot_end_it_as_not_held(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    with pytest.raises(Refused, match="Only the manager can end"):
        mark_not_held(dialogue_id=dialogue_at(Stage.INVITED).pk, reason="", by=cast.employee, at=NOW)


def test_closing_leaves_the_items_open_for_the_next_dialogue(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = close_dialogue(dialogue_id=dialogue_at(Stage.FOLLOW_UP).pk, by=cast.manager, at=NOW)
    assert dialogue.stage == Stage.CLOSED
    assert dialogue.agreement.items.open().count() == 1
    assert events(dialogue.pk)[-1] == "STAGE_CHANGED"


@pytest.mark.parametrize("stage", [stage for stage in Stage if stage != Stage.FOLLOW_UP])
def test_only_a_followed_dialogue_is_closed(cast: Cast, dialogue_at: Callable[..., Dialogue], stage: str) -> None:
    with pytest.raises(Refused, match="when all have answered its agreement"):
        close_dialogue(dialogue_id=dialogue_at(stage).pk, by=cast.manager, at=NOW)


def test_a_dialogue_whose_agreement_is_being_changed_is_not_closed(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at(Stage.FOLLOW_UP)
    amend_agreement(dialogue_id=dialogue.pk, change_note="Frist", by=cast.employee, at=NOW)
    with pytest.raises(Refused, match=r"is being written\. Sign it or drop it"):
        close_dialogue(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
