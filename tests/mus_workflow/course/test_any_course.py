"""Whatever people do to one dialogue, in any order: the product does and refuses what plain Python says it must."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.db.models import UUIDField
from hypothesis import HealthCheck, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from mus_workflow.actions.amend_agreement import amend_agreement, drop_amendment
from mus_workflow.actions.change_manager import confirm_manager, propose_manager
from mus_workflow.actions.frame import record_event
from mus_workflow.actions.hold_talk import break_off_talk, close_dialogue, hold_talk, mark_not_held
from mus_workflow.actions.invite import accept_invitation, invite
from mus_workflow.actions.plan_dialogue import add_participant, part_told
from mus_workflow.actions.record_progress import record_progress
from mus_workflow.actions.save_draft import save_agreement_draft, save_preparation
from mus_workflow.actions.share_preparation import share_preparation, withdraw_preparation
from mus_workflow.actions.sign_agreement import sign_agreement
from mus_workflow.actions.write_revision import present_agreement, save_revision, take_back_agreement
from mus_workflow.history.verification import verify_dialogue
from mus_workflow.models import (
    ClockWentBack,
    Dialogue,
    Employment,
    Event,
    HrPartner,
    Kind,
    LedgerEntry,
    Participant,
    Presentation,
    Progress,
    Purpose,
    Role,
    SharedPreparation,
    Unit,
)
from mus_workflow.models.kept_query import KeptQuery, Slot
from mus_workflow.policies.agreements import waiting_presentation
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage
from tests.builders import ITEM, Cast, item_id_of, make_dialogue, qid, typed
from tests.mus_workflow.course.reference import Course
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

PEOPLE = ("employee", "manager", "other_manager", "former_manager", "delegate", "hr")
who = st.sampled_from([*PEOPLE, *["employee", "manager"] * 6, *["other_manager", "former_manager"] * 2])
ANSWERED = {"EMPLOYEE": "year", "MANAGER": "praise"}
ALLOWED = [qid("year"), qid("praise"), qid("summary")]
# Asked after every step: kept, or most of the time would go into making their SQL.
KEY = Slot("dialogue", UUIDField())
STANDING = KeptQuery(lambda: Dialogue.objects.select_related("agreement").filter(pk=KEY))
IN_FORCE = KeptQuery(lambda: Presentation.objects.filter(agreement__dialogue=KEY).in_force())


class AnyCourse(RuleBasedStateMachine):
    """One dialogue beside its reference. ``cast`` and ``planned`` are set by the test."""

    cast: Cast
    planned: Dialogue

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.hours = 0

    @initialize(group=st.booleans(), steps=st.sampled_from([0, 2, 4, 5, 6, 7, 8, 9, 9, 10, 10, 11, 11]))
    def begin(self, group: bool, steps: int) -> None:
        """The employee and the manager, or a group: a colleague takes part too. They have gone some way already."""
        self.key, self.item = self.planned.pk, item_id_of(self.planned)
        present = {"employee": "EMPLOYEE", "manager": "MANAGER"}
        if group:
            form = self.planned.forms.get(purpose=Purpose.EMPLOYEE_PREPARATION).form_version
            dialogue = Dialogue.objects.get(pk=self.key)
            dialogue.kind = Kind.GROUP
            dialogue.save()
            joined = add_participant(
                dialogue=dialogue, user=self.cast.former_manager, role=Role.EMPLOYEE, form_version=form, at=NOW
            )
            told = {"event": Event.ROLE_CHANGED, "obj": joined, "payload": part_told(joined)}
            record_event(dialogue=dialogue, by=self.cast.manager, at=NOW, **told)
            present["former_manager"] = "EMPLOYEE"
        self.course = Course(
            present=present,
            joined=dict.fromkeys(present, 1),
            since=dict.fromkeys(present, 0),
            delegates={"delegate": "manager"},
        )
        for step in self.ordinary_course()[:steps]:
            step()

    def ordinary_course(self) -> list[Callable[[], None]]:
        """How it mostly goes: random steps alone would hardly ever come to a signature."""
        parties = list(self.course.present)
        return [
            partial(self.invites, "manager"),
            partial(self.accepts, "employee"),
            partial(self.prepares, "employee"),
            partial(self.shares, "employee"),
            partial(self.opens_the_talk, "employee"),
            partial(self.writes, "manager"),
            partial(self.presents, "manager"),
            *(partial(self.answers, person, "AGREED") for person in parties),
            partial(self.amends, "manager"),
            partial(self.presents, "employee"),
        ]

    def teardown(self) -> None:
        """The evidence of the whole course agrees with itself and with what is stored."""
        try:
            if hasattr(self, "course"):
                event(f"ended at {self.course.stage}, in force: {self.course.in_force > 0}")
                assert verify_dialogue(self.key) == []
        finally:
            transaction.savepoint_rollback(self.savepoint)

    @property
    def at(self) -> Any:
        return NOW + timedelta(hours=self.hours)

    def both(self, expected: bool, action: Callable[..., Any], person: str, **given: Any) -> None:
        """The product does it, or refuses it, as the reference said."""
        try:
            action(dialogue_id=self.key, by=getattr(self.cast, person), at=self.at, **given)
        except Refused:
            assert not expected, f"{action.__name__} by {person} was refused"
        else:
            assert expected, f"{action.__name__} by {person} was done"

    @rule(hours=st.sampled_from([1, 30, 24 * 40]))
    def time_passes(self, hours: int) -> None:
        self.hours += hours
        self.course.now = self.hours

    @rule(person=who)
    def the_clock_went_back(self, person: str) -> None:
        """A server whose clock is behind can record nothing."""
        before = self.evidence()
        last = LedgerEntry.objects.filter(chain=self.key).latest("n").at
        at, user = last - timedelta(minutes=1), getattr(self.cast, person)
        for action in (accept_invitation, hold_talk, save_revision, take_back_agreement, close_dialogue):
            with pytest.raises((ClockWentBack, Refused)):
                action(dialogue_id=self.key, by=user, at=at)
        assert self.evidence() == before

    @rule(person=who)
    def invites(self, person: str) -> None:
        meeting = {"meeting_at": self.at + timedelta(days=9), "minutes": 60, "place": ""}
        self.both(self.course.invite(person), invite, person, **meeting)

    @rule(person=who)
    def accepts(self, person: str) -> None:
        self.both(self.course.accept(person), accept_invitation, person)

    @rule(person=who)
    def prepares(self, person: str) -> None:
        words = typed(dict.fromkeys(ANSWERED.values(), "Ord"))
        self.both(self.course.prepare(person), save_preparation, person, typed=words, allowed=ALLOWED)

    @rule(person=who)
    def shares(self, person: str) -> None:
        self.both(self.course.share(person), share_preparation, person, chosen=ALLOWED)

    @rule(person=who)
    def withdraws(self, person: str) -> None:
        self.both(self.course.withdraw(person), withdraw_preparation, person)

    @rule(person=who)
    def opens_the_talk(self, person: str) -> None:
        self.both(self.course.talk(person), hold_talk, person)

    @rule(person=who)
    def breaks_off(self, person: str) -> None:
        self.both(self.course.break_off(person), break_off_talk, person)

    @rule(person=who, sure=st.sampled_from([False] * 7 + [True]))
    def ends_it_unheld(self, person: str, sure: bool) -> None:
        if sure:
            self.both(self.course.end_unheld(person), mark_not_held, person, reason="Orlov")

    @rule(person=who)
    def writes(self, person: str) -> None:
        words = typed({"summary": "Enige"}, items={self.item: ITEM})
        self.both(self.course.write(person), save_agreement_draft, person, typed=words, allowed=ALLOWED)

    @rule(person=who)
    def saves(self, person: str) -> None:
        self.both(self.course.save(person), save_revision, person)

    @rule(person=who)
    def presents(self, person: str) -> None:
        self.both(self.course.present_it(person), present_agreement, person)

    @rule(person=who, meaning=st.sampled_from(["AGREED", "AGREED", "AGREED", "RECEIVED", "DECLINED"]))
    def answers(self, person: str, meaning: str) -> None:
        newest = Presentation.objects.filter(agreement__dialogue=self.key).order_by("-revision").first()
        given = {"document_sha256": newest.document_sha256 if newest else "0" * 64, "remark": "", "meaning": meaning}
        self.both(self.course.answer(person, meaning), sign_agreement, person, auth_method="password", **given)

    @rule(person=who)
    def takes_back(self, person: str) -> None:
        self.both(self.course.take_back(person), take_back_agreement, person)

    @rule(person=who)
    def amends(self, person: str) -> None:
        self.both(self.course.amend(person), amend_agreement, person, change_note="Frist")

    @rule(person=who)
    def drops(self, person: str) -> None:
        self.both(self.course.drop(person), drop_amendment, person)

    @rule(person=who, sure=st.sampled_from([False] * 3 + [True]))
    def closes(self, person: str, sure: bool) -> None:
        if sure:
            self.both(self.course.close(person), close_dialogue, person)

    @rule(person=who)
    def records_progress(self, person: str) -> None:
        if self.course.items:
            given = {"item_id": self.item, "progress": Progress.UNDER_WAY, "note": "I gang"}
            self.both(self.course.progress(person), record_progress, person, **given)

    @rule(to=st.sampled_from(["manager", "other_manager", "former_manager"]))
    def is_handed_over(self, to: str) -> None:
        """Two people of HR give the employee another manager. A colleague of the group stays one."""
        if self.course.present.get(to) is not None:
            return
        employment = Employment.objects.get(user=self.cast.employee)
        today = self.at.date()
        line = propose_manager(
            employment=employment, manager=getattr(self.cast, to), start_date=today, by=self.cast.hr, at=self.at
        )
        confirm_manager(relation_id=line.pk, by=self.cast.auditor2, at=self.at)
        assert self.course.hand_over(to)

    @invariant()
    def it_stands_where_it_should(self) -> None:
        if not hasattr(self, "course"):
            return
        (dialogue,) = STANDING.all(dialogue=self.key)
        agreement = getattr(dialogue, "agreement", None)
        waiting = waiting_presentation(agreement)
        stands = (
            dialogue.stage,
            agreement.revision if agreement else 0,
            waiting.revision if waiting else 0,
            sum(one.revision for one in IN_FORCE.all(dialogue=self.key)),
        )
        due = self.course.waiting
        assert stands == (
            self.course.stage,
            self.course.revisions,
            due.revision if due else 0,
            self.course.in_force,
        )

    @rule(name=st.sampled_from([*PEOPLE, "auditor", "admin"]))
    def sees_what_is_for_them(self, name: str) -> None:
        """Nobody else sees that there is a dialogue; those who take part read what was shared with them."""
        user = getattr(self.cast, name)
        sees = Dialogue.objects.visible_to(user).filter(pk=self.key).exists()
        assert sees == (name in self.course.present), name
        mine = Participant.objects.present().filter(dialogue=self.key, user=user).first()
        read = SharedPreparation.objects.readable_by(mine).count() if mine else 0
        assert read == len(self.course.reads(name)), name

    def evidence(self) -> tuple[Any, ...]:
        """Enough to notice that anything was written."""
        return (
            LedgerEntry.objects.count(),
            Presentation.objects.count(),
            *Dialogue.objects.filter(pk=self.key).values_list("stage", "stage_since"),
        )


def run(cast: Cast, planned: Dialogue, *, courses: int) -> None:
    AnyCourse.cast, AnyCourse.planned = cast, planned
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    chosen = settings(max_examples=courses, stateful_step_count=50, deadline=None, suppress_health_check=quiet)
    run_state_machine_as_test(AnyCourse, settings=chosen)


@pytest.fixture(scope="module")
def planned(module_cast: Cast) -> Dialogue:
    HrPartner.objects.create(user=module_cast.auditor2, unit=Unit.objects.get(name="Biblioteket"))
    return make_dialogue(module_cast, Stage.PLANNED)


def test_20_000_steps(module_cast: Cast, planned: Dialogue) -> None:
    run(module_cast, planned, courses=int(os.environ.get("COURSES", "400")))


@pytest.mark.prove
@pytest.mark.parametrize("part", range(100))
def test_1_000_000_steps(module_cast: Cast, planned: Dialogue, part: int) -> None:
    run(module_cast, planned, courses=200)
