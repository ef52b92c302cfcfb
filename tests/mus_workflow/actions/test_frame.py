"""What actions stand on: the table of moves, the clock of a chain, and the actor's name."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from mus_workflow.actions.frame import SYSTEM, acting, locked, move, record_event
from mus_workflow.models import ClockWentBack, Dialogue, DialogueLock, Event
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import MOVES, Stage
from tests.builders import Cast
from tests.ledger import assert_chain_holds, entries
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

UNLAWFUL = [(before, after) for before in Stage for after in Stage if after not in MOVES[before]]


@pytest.mark.parametrize(("before", "after"), UNLAWFUL, ids=lambda stage: stage.value)
def test_the_course_has_no_other_moves(before: Stage, after: Stage) -> None:
    dialogue = Dialogue(stage=before)
    with pytest.raises(Refused, match="not possible from where the dialogue stands"):
        move(dialogue=dialogue, to=after, by=None, at=NOW)
    assert dialogue.stage == before


def test_a_lock_is_taken_and_given_back(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.PLANNED)
    before = DialogueLock.objects.get(dialogue=dialogue).taken
    with locked(dialogue.pk) as held:
        assert held == dialogue
    assert DialogueLock.objects.get(dialogue=dialogue).taken == before + 1


@pytest.mark.parametrize("name", ["other_manager", "former_manager", "delegate", "hr", "auditor", "admin"])
def test_only_participants_act(cast: Cast, dialogue_at: Callable[..., Dialogue], name: str) -> None:
    with pytest.raises(Refused, match="do not take part"):
        acting(getattr(cast, name), dialogue_at(Stage.TALK))


def test_an_event_without_a_person_is_the_systems(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.PLANNED)
    entry = record_event(dialogue=dialogue, event=Event.OPENED, obj=dialogue, payload={}, by=None, at=NOW)
    assert entry.actor == SYSTEM
    assert_chain_holds(dialogue.pk)


def test_a_chain_takes_no_entry_from_the_past(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.PLANNED)
    known = len(entries(dialogue.pk))

    def record(seconds: float) -> None:
        at = NOW + timedelta(seconds=seconds)
        record_event(dialogue=dialogue, event=Event.OPENED, obj=dialogue, payload={}, by=None, at=at)

    record(-4.9)  # two servers' clocks differ a little
    record(0)
    with pytest.raises(ClockWentBack):
        record(-5.1)
    assert len(entries(dialogue.pk)) == known + 2
    assert_chain_holds(dialogue.pk)
