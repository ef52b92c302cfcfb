"""Inviting, moving the time, and accepting."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from mus_workflow.actions.invite import accept_invitation, invite
from mus_workflow.models import Delegation, Dialogue
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage
from tests.builders import Cast
from tests.ledger import entries, events, payload_of
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


def ask(dialogue: Dialogue, by: Any, **changes: Any) -> Dialogue:
    given = {"meeting_at": NOW + timedelta(days=9), "minutes": 60, "place": "Lokale 4", "at": NOW}
    return invite(dialogue_id=dialogue.pk, by=by, **{**given, **changes})


def test_an_invitation_has_a_time_and_a_place(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = ask(dialogue_at(Stage.PLANNED), cast.manager)
    assert (dialogue.stage, dialogue.meeting_place, dialogue.meeting_minutes) == (Stage.INVITED, "Lokale 4", 60)
    assert dialogue.invitation_sequence == 0
    assert payload_of(entries(dialogue.pk)[-1])["place"] == "Lokale 4"


def test_a_new_time_raises_the_sequence_and_asks_anew(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.PREPARING)
    for sequence in (1, 2):
        dialogue = ask(dialogue, cast.delegate, meeting_at=NOW + timedelta(days=9 + sequence))
        assert (dialogue.stage, dialogue.invitation_sequence) == (Stage.INVITED, sequence)


@pytest.mark.parametrize("when", [timedelta(0), timedelta(seconds=-1), timedelta(days=-1)])
def test_a_time_that_has_passed_is_refused(cast: Cast, dialogue_at: Callable[..., Dialogue], when: timedelta) -> None:
    with pytest.raises(Refused, match="must lie in the future"):
        ask(dialogue_at(Stage.PLANNED), cast.manager, meeting_at=NOW + when)


@pytest.mark.parametrize("stage", [Stage.TALK, Stage.SIGN_OFF, Stage.FOLLOW_UP, Stage.CLOSED, Stage.NOT_HELD])
def test_the_time_of_a_talk_that_has_begun_is_settled(
    cast: Cast, dialogue_at: Callable[..., Dialogue], stage: str
) -> None:
    with pytest.raises(Refused, match="its time is settled"):
        ask(dialogue_at(stage), cast.manager)


def test_the_employee_cannot_set_the_time(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    with pytest.raises(Refused, match="Only the manager"):
        ask(dialogue_at(Stage.PLANNED), cast.employee)


def test_a_delegate_of_yesterday_cannot_set_the_time(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.PLANNED)
    Delegation.objects.update(end_date=NOW.date() - timedelta(days=1))
    with pytest.raises(Refused, match="Only the manager"):
        ask(dialogue, cast.delegate)


def test_accepting_says_so_and_nothing_more(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = accept_invitation(dialogue_id=dialogue_at(Stage.INVITED).pk, by=cast.employee, at=NOW)
    assert dialogue.stage == Stage.PREPARING
    assert events(dialogue.pk)[-1] == "STAGE_CHANGED"


def test_the_manager_cannot_accept_for_the_employee(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    with pytest.raises(Refused, match="Only the person who was invited"):
        accept_invitation(dialogue_id=dialogue_at(Stage.INVITED).pk, by=cast.manager, at=NOW)


@pytest.mark.parametrize("stage", [Stage.PLANNED, Stage.PREPARING, Stage.TALK, Stage.CLOSED])
def test_there_is_nothing_to_accept_at_other_steps(
    cast: Cast, dialogue_at: Callable[..., Dialogue], stage: str
) -> None:
    with pytest.raises(Refused, match="no invitation waiting"):
        accept_invitation(dialogue_id=dialogue_at(stage).pk, by=cast.employee, at=NOW)
