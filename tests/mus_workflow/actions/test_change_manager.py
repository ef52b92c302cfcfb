"""Reporting lines: two people change one, and the running dialogues follow it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from mus_workflow.actions.change_manager import confirm_manager, propose_manager
from mus_workflow.models import Dialogue, Employment, HrPartner, ManagerRelation, SharedPreparation, relations_chain
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, make_person, make_unit
from tests.ledger import assert_chain_holds, entries, events, payload_of
from tests.mus_workflow.actions.verbs import LAST_YEAR
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

TODAY = NOW.date()


def propose(cast: Cast, manager: Any = None, by: Any = None, start_date: date = TODAY) -> ManagerRelation:
    employment = Employment.objects.get(user=cast.employee)
    manager = manager or cast.other_manager
    return propose_manager(employment=employment, manager=manager, start_date=start_date, by=by or cast.hr, at=NOW)


def confirm(relation: ManagerRelation, by: Any) -> ManagerRelation:
    return confirm_manager(relation_id=relation.pk, by=by, at=NOW)


def managed(user: Any) -> set[str]:
    found = Employment.objects.managed_by(user, today=NOW.date())
    return {employment.user.username for employment in found}


def test_a_proposal_gives_nobody_access(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue_at(Stage.TALK)
    propose(cast)
    assert managed(cast.other_manager) == set()
    assert not Dialogue.objects.visible_to(cast.other_manager).exists()
    assert managed(cast.manager) == {"employee"}


@pytest.mark.parametrize("stage", list(Stage))
def test_a_confirmed_change_hands_the_dialogue_over_ended_or_not(
    cast: Cast, dialogue_at: Callable[..., Dialogue], stage: str
) -> None:
    dialogue = dialogue_at(stage)
    confirm(propose(cast), cast.manager)
    assert (managed(cast.other_manager), managed(cast.manager)) == ({"employee"}, set())
    assert list(Dialogue.objects.visible_to(cast.other_manager)) == [dialogue]
    assert not Dialogue.objects.visible_to(cast.manager).exists()
    assert dialogue.participants.present().get(role="MANAGER").preparation.draft.envelope is None
    assert payload_of(entries(dialogue.pk)[-1])["role"] == "MANAGER"
    assert_chain_holds(dialogue.pk)


def test_a_manager_who_takes_part_already_is_not_handed_what_is_theirs(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at(Stage.TALK)
    known = len(entries(dialogue.pk))
    confirm(propose(cast, manager=cast.manager), second_hr(cast))
    assert dialogue.participants.filter(role="MANAGER").count() == 1
    assert len(entries(dialogue.pk)) == known


def second_hr(cast: Cast) -> Any:
    HrPartner.objects.create(user=cast.auditor2, unit=Employment.objects.get(user=cast.employee).unit)
    return cast.auditor2


def test_both_running_dialogues_of_a_year_are_handed_over(cast: Cast) -> None:
    last, this = make_dialogue(cast, at=LAST_YEAR), make_dialogue(cast, Stage.TALK)
    confirm(propose(cast), cast.manager)
    assert set(Dialogue.objects.visible_to(cast.other_manager)) == {last, this}


def test_a_manager_who_comes_back_sees_the_dialogue_once(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.TALK)
    confirm(propose(cast), cast.manager)
    confirm(propose(cast, manager=cast.manager), cast.other_manager)
    assert list(Dialogue.objects.visible_to(cast.manager)) == [dialogue]
    assert dialogue.participants.filter(role="MANAGER").count() == 3


def test_the_chain_of_a_persons_lines_says_who_proposed_and_who_confirmed(cast: Cast) -> None:
    chain = relations_chain(cast.employee.pk)
    known = len(entries(chain))
    confirm(propose(cast), cast.manager)
    told = [(entry.actor, payload_of(entry)["confirmed"]) for entry in entries(chain)[known:]]
    assert told == [(str(cast.hr.pk), False), (str(cast.manager.pk), True)]
    assert set(events(chain)) == {"RELATION_CHANGED"}
    assert_chain_holds(chain)


def test_whoever_proposed_it_does_not_confirm_it(cast: Cast) -> None:
    with pytest.raises(Refused, match="A second person must confirm"):
        confirm(propose(cast), cast.hr)


def test_nobody_confirms_their_own_access(cast: Cast) -> None:
    relation = propose(cast)
    HrPartner.objects.create(user=cast.other_manager, unit=Employment.objects.get(user=cast.employee).unit)
    with pytest.raises(Refused, match="cannot confirm their own access"):
        confirm(relation, cast.other_manager)


def test_a_change_is_confirmed_once(cast: Cast) -> None:
    relation = propose(cast)
    confirm(relation, cast.manager)
    with pytest.raises(Refused, match="has been confirmed"):
        confirm(relation, second_hr(cast))


@pytest.mark.parametrize("name", ["employee", "other_manager", "former_manager", "delegate", "auditor", "admin"])
def test_only_hr_of_the_unit_or_the_outgoing_manager_confirms(cast: Cast, name: str) -> None:
    with pytest.raises(Refused, match="Only an HR partner of the unit or the outgoing manager"):
        confirm(propose(cast), getattr(cast, name))


def test_an_hr_partner_of_another_unit_proposes_nothing_here(cast: Cast) -> None:
    elsewhere = make_person("elsewhere")
    HrPartner.objects.create(user=elsewhere, unit=make_unit("Museet"))
    with pytest.raises(Refused, match="Only an HR partner of the unit"):
        propose(cast, by=elsewhere)


def test_nobody_is_their_own_manager(cast: Cast) -> None:
    with pytest.raises(Refused, match="Nobody is their own manager"):
        propose(cast, manager=cast.employee)
    with pytest.raises(IntegrityError), transaction.atomic():
        ManagerRelation.objects.create(employee=cast.employee, manager=cast.employee, start_date=NOW.date())


def test_the_former_line_ends_the_day_before_the_new_one_begins(cast: Cast) -> None:
    start = NOW.date() + timedelta(days=1)
    confirm(propose(cast, start_date=start), cast.manager)
    lines = ManagerRelation.objects.confirmed().filter(employee=cast.employee).order_by("start_date")
    assert [line.end_date for line in lines][-2:] == [NOW.date(), None]


def test_no_day_has_two_managers_after_a_change(cast: Cast) -> None:
    confirm(propose(cast), cast.manager)
    for day in (NOW.date() - timedelta(days=1), NOW.date()):
        assert ManagerRelation.objects.on(day).confirmed().filter(employee=cast.employee).count() == 1


def test_the_former_manager_loses_sight_of_ended_dialogues_too(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at(Stage.CLOSED, at=NOW - timedelta(days=2))
    confirm(propose(cast), by=cast.manager)
    assert not Dialogue.objects.visible_to(cast.manager).filter(pk=dialogue.pk).exists()
    successor = dialogue.participants.get(user=cast.other_manager)
    assert not SharedPreparation.objects.readable_by(successor).exists()
    assert events(dialogue.pk)[-1] == "ROLE_CHANGED"
