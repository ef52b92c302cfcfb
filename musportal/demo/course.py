"""One dialogue, played through the actions that people would use."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from mus_workflow.actions.hold_talk import close_dialogue, hold_talk, mark_not_held
from mus_workflow.actions.invite import accept_invitation, invite
from mus_workflow.actions.plan_dialogue import manager_of, plan_dialogue
from mus_workflow.actions.record_reading import record_reading
from mus_workflow.actions.save_draft import save_preparation
from mus_workflow.actions.share_preparation import share_preparation, withdraw_preparation
from mus_workflow.documents.merge import Typed
from mus_workflow.models import Dialogue, Purpose, ReadingPurpose, Role

from .answers import Sheet
from .diary import Clock, Story, moment_on, working_day
from .organisation import Organisation
from .texts import Answers, Item, Person, Talk

STAGES = ("PLANNED", "INVITED", "PREPARING", "TALK", "SIGN_OFF", "FOLLOW_UP")
A_YEAR = 365


class Course:
    """One dialogue of one person. ``items`` are the agreed items by key, each with the id it got."""

    dialogue: Dialogue

    def __init__(self, organisation: Organisation, person: Person, talk: Talk, previous: Course | None) -> None:
        self.organisation, self.person, self.talk, self.previous = organisation, person, talk, previous
        self.clock = Clock(organisation.now)
        self.day = working_day(organisation.today + timedelta(days=talk.day))
        self.employee = organisation.users[person.login]
        self.items: dict[str, tuple[Item, uuid.UUID]] = {}

    def before_the_talk(self) -> Story:
        """Plan, invite and prepare, as far as the talk gets."""
        yield from self._plan()
        if self.talk.reaches == "NOT_HELD":
            yield from self._invite()
            yield from self._give_up()
            return
        steps = {"INVITED": self._invite, "PREPARING": self._prepare}
        for stage, step in steps.items():
            if self.reaches(stage):
                yield from step()

    def reaches(self, stage: str) -> bool:
        """Whether the dialogue gets as far as this stage."""
        return self.talk.reaches in STAGES and STAGES.index(self.talk.reaches) >= STAGES.index(stage)

    @property
    def manager(self) -> Any:
        """The one who is manager in the dialogue at this point of the story."""
        return self.dialogue.participants.present().get(role=Role.MANAGER).user

    def by(self, role: str) -> Any:
        """The user in this role."""
        return self.employee if role == Role.EMPLOYEE else self.manager

    def on(self, day: int, hour: int, minute: int = 0) -> Any:
        """Set the clock to a day counted from the talk, and return the moment."""
        return self.clock.on(self.day + timedelta(days=day), hour, minute)

    def on_date(self, days_from_today: int, hour: int) -> Any:
        """Set the clock to a day counted from today, and return the moment."""
        return self.clock.on(self.organisation.today + timedelta(days=days_from_today), hour)

    def do(self, action: Callable[..., Any], **kwargs: Any) -> Any:
        """Let an action happen to this dialogue now."""
        return action(dialogue_id=self.dialogue.pk, at=self.clock.at, **kwargs)

    def sheet(self, purpose: Purpose, day: date | None = None) -> Sheet:
        """A form of this dialogue, to fill in."""
        return Sheet(self.dialogue, purpose, day or self.day)

    def _plan(self) -> Story:
        yield self.on(-35, 8, 40) if self.talk.planned_day is None else self.on_date(self.talk.planned_day, 9)
        employment = self.organisation.employments[self.person.login]
        arranger = self.organisation.users.get(self.talk.arranged_by)
        self.dialogue = plan_dialogue(
            employment=employment,
            due_date=self._due_date(),
            by=arranger or manager_of(employment, on=self.clock.at.date()),
            at=self.clock.at,
        )

    def _due_date(self) -> date:
        if self.talk.due_day is not None:
            return self.organisation.today + timedelta(days=self.talk.due_day)
        a_week_after = self.day + timedelta(days=7)
        return max(a_week_after, self.previous.day + timedelta(days=A_YEAR)) if self.previous else a_week_after

    def _invite(self) -> Story:
        yield self.on(-28, 9, 15)
        place = f"Mødelokale 2, {self.person.unit}"
        self.do(invite, meeting_at=moment_on(self.day, 10), minutes=90, place=place, by=self.manager)

    def _give_up(self) -> Story:
        yield self.on_date(self.talk.ended_day or 0, 11)
        self.do(mark_not_held, reason=self.talk.reason, by=self.manager)

    def _prepare(self) -> Story:
        yield self.on(-26, 13, 5)
        self.do(accept_invitation, by=self.employee)
        # For a talk to come, people have prepared already; for one that was held, the week before it.
        begun = min(-7, -2 - (self.day - self.organisation.today).days)
        yield self.on(begun, 15, 20)
        written = list(self.talk.employee.items())
        half = (len(written) + 1) // 2
        self._write(Purpose.EMPLOYEE_PREPARATION, dict(written[:half]), Role.EMPLOYEE)
        yield self.on(begun + 1, 8, 30)
        self._write(Purpose.MANAGER_PREPARATION, self.talk.manager, Role.MANAGER)
        yield self.on(begun + 1, 8, 55)
        self._share(Purpose.MANAGER_PREPARATION, self.talk.manager, Role.MANAGER, None)
        yield self.on(begun + 1, 15, 10)
        self._write(Purpose.EMPLOYEE_PREPARATION, dict(written[half:]), Role.EMPLOYEE)
        yield self.on(begun + 1, 15, 30)
        self._share(Purpose.EMPLOYEE_PREPARATION, self.talk.employee, Role.EMPLOYEE, self.talk.share)
        if self.talk.shares_again:
            yield from self._share_again()

    def _share_again(self) -> Story:
        yield self.on(-5, 9)
        self.do(withdraw_preparation, by=self.employee)
        yield self.on(-4, 14, 20)
        self._share(Purpose.EMPLOYEE_PREPARATION, self.talk.employee, Role.EMPLOYEE, self.talk.share)

    def _write(self, purpose: Purpose, written: Answers, role: Role) -> None:
        if not written:
            return
        sheet = self.sheet(purpose)
        chosen = set(sheet.to_share(written, self.talk.share if role == Role.EMPLOYEE else None))
        answers = sheet.answers(written, role)
        sharing = {key: key in chosen for key in answers}
        typed = Typed(request=str(uuid.uuid4()), base=self._version(role), answers=answers, sharing=sharing)
        self.do(save_preparation, typed=typed, allowed=sheet.allowed(role), by=self.by(role))

    def _version(self, role: Role) -> int:
        draft = self.dialogue.drafts.get(participant__role=role, participant__left_at=None, kind="PREPARATION")
        return draft.version

    def _share(self, purpose: Purpose, written: Answers, role: Role, share: list[str] | None) -> None:
        chosen = self.sheet(purpose).to_share(written, share)
        if chosen:
            self.do(share_preparation, chosen=chosen, by=self.by(role))

    def hold(self) -> Story:
        """Meet: each has read what the other shared, and the talk is opened."""
        yield self.on(0, 10, 2)
        for role in (Role.EMPLOYEE, Role.MANAGER):
            record_reading(
                dialogue=self.dialogue,
                reader=self.by(role),
                role=role,
                purpose=ReadingPurpose.TALK,
                at=self.clock.at,
            )
        self.do(hold_talk, by=self.manager)

    def close(self) -> Story:
        """End the follow-up before the next dialogue does."""
        if self.talk.closed_day is not None:
            yield self.on_date(self.talk.closed_day, 14)
            self.do(close_dialogue, by=self.manager)
