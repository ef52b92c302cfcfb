"""Who sees which dialogues, each of them once."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from mus_workflow.models import Delegation, Dialogue, Participant
from mus_workflow.models.dialogue import REFERENCE_LETTERS, new_reference
from mus_workflow.stages import Stage
from tests.builders import NAMES, Cast, change_manager, make_dialogue
from tests.mus_workflow.actions.verbs import LAST_YEAR
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


def seeing(cast: Cast, dialogue: Dialogue) -> set[str]:
    return {name for name in NAMES if dialogue in Dialogue.objects.visible_to(getattr(cast, name))}


@pytest.mark.parametrize("stage", list(Stage))
def test_only_those_who_take_part_see_it(cast: Cast, dialogue_at: Callable[..., Dialogue], stage: str) -> None:
    assert seeing(cast, dialogue_at(stage)) == {"employee", "manager"}
    assert not Dialogue.objects.visible_to(AnonymousUser()).exists()


def test_each_dialogue_is_listed_once(cast: Cast) -> None:
    first = make_dialogue(cast, at=LAST_YEAR)
    second = make_dialogue(cast, Stage.TALK)
    for step, manager in enumerate((cast.other_manager, cast.manager, cast.other_manager)):
        at = NOW + timedelta(days=step)
        confirmed_by = cast.manager if step % 2 == 0 else cast.other_manager
        change_manager(cast.employee, manager, by=cast.hr, confirmed_by=confirmed_by, at=at)
    for user in (cast.employee, cast.other_manager):
        assert sorted(Dialogue.objects.visible_to(user).values_list("pk", flat=True)) == sorted([first.pk, second.pk])
    assert not Dialogue.objects.visible_to(cast.manager).exists()


def test_a_delegate_arranges_and_sees_nothing(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.INVITED)
    today = NOW.date()
    assert list(Dialogue.objects.arranged_by(cast.delegate, today=today)) == [dialogue]
    assert not Dialogue.objects.visible_to(cast.delegate).exists()
    Delegation.objects.update(start_date=today + timedelta(days=1))
    assert not Dialogue.objects.arranged_by(cast.delegate, today=today).exists()


def test_two_delegations_of_one_manager_list_a_dialogue_once(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.INVITED)
    Delegation.objects.create(manager=cast.manager, delegate=cast.delegate, start_date=NOW.date())
    assert list(Dialogue.objects.arranged_by(cast.delegate, today=NOW.date())) == [dialogue]


def test_a_delegate_of_the_former_manager_arranges_no_more(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue_at(Stage.INVITED)
    change_manager(cast.employee, cast.other_manager, by=cast.hr, confirmed_by=cast.manager, at=NOW)
    assert not Dialogue.objects.arranged_by(cast.delegate, today=NOW.date()).exists()


def test_references_are_short_random_and_never_misread() -> None:
    made = {new_reference() for _time in range(200)}
    assert len(made) == 200
    assert {len(reference) for reference in made} == {13}
    assert set("".join(made)) - set(REFERENCE_LETTERS) <= set("MUS-")
    assert not set("AEIOUY01") & set(REFERENCE_LETTERS)


def test_nobody_takes_part_twice_at_once(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    person = dialogue_at(Stage.PLANNED).participants.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Participant.objects.create(
            dialogue=person.dialogue, user=person.user, user_key=person.user_key, role=person.role, joined_at=NOW
        )


def test_an_invited_dialogue_has_a_time(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.INVITED)
    dialogue.meeting_at = None
    with pytest.raises(IntegrityError), transaction.atomic():
        dialogue.save()


def test_an_account_that_is_deleted_leaves_name_and_key(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.FOLLOW_UP)
    key = str(cast.manager.pk)
    here = transaction.savepoint()
    type(cast.manager).objects.get(pk=cast.manager.pk).delete()
    person = dialogue.participants.get(role="MANAGER")
    assert (person.user, person.user_key, person.name) == (None, key, "Mikkel Holm")
    assert dialogue.agreement.history.latest().actor_label == "Mikkel Holm"
    transaction.savepoint_rollback(here)
