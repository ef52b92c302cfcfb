"""The stories of the organisation: every person's dialogues, the changes of manager, and the audits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta

from mus_workflow.actions.give_grant import approve_grant, request_grant

from .agreeing import agree
from .course import Course
from .diary import Clock, Story
from .following_up import follow_up
from .organisation import Organisation, manager_changes
from .texts import Person

READ_BY_THE_AUDITOR = "louise.ankersen"
WANTED_BY_THE_AUDITOR = "karen.thygesen"
FOR_READING = (
    "Stikprøve 3 i årets revision: Er ændringen af den underskrevne aftale begrundet, og har begge skrevet under igen?"
)
FOR_WAITING = (
    "Stikprøve 4 i årets revision: Aftalen er ændret to gange på tre måneder. Vi vil se, om punkterne hænger sammen."
)


@dataclass
class Stories:
    """Everything that happens, and each person's dialogues so far."""

    organisation: Organisation
    people: list[Person]
    courses: dict[str, list[Course]] = field(default_factory=dict)

    def all(self) -> Iterator[Story]:
        """Every story, to be told in the order of time."""
        yield from manager_changes(self.organisation, self.people)
        for person in self.people:
            yield from self._dialogues(person)
        yield self._audit()

    def _dialogues(self, person: Person) -> Iterable[Story]:
        previous: Course | None = None
        for talk in person.talks:
            course = Course(self.organisation, person, talk, previous)
            self.courses.setdefault(person.login, []).append(course)
            yield _tell(course)
            if course.reaches("FOLLOW_UP"):
                previous = course

    def _audit(self) -> Story:
        clock, users = Clock(self.organisation.now), self.organisation.users
        read, wanted = self.courses[READ_BY_THE_AUDITOR][0], self.courses[WANTED_BY_THE_AUDITOR][-1]
        today = self.organisation.today
        yield clock.on(today - timedelta(days=4), 9, 10)
        grant = request_grant(dialogue_id=read.dialogue.pk, reason=FOR_READING, by=users["auditor"], at=clock.at)
        yield clock.on(today - timedelta(days=2), 11, 5)
        approve_grant(grant_id=grant.pk, by=users["auditor2"], at=clock.at)
        yield clock.on(today - timedelta(days=1), 15, 30)
        request_grant(dialogue_id=wanted.dialogue.pk, reason=FOR_WAITING, by=users["auditor"], at=clock.at)


def _tell(course: Course) -> Story:
    yield from course.before_the_talk()
    if course.reaches("TALK"):
        yield from agree(course)
    if course.reaches("FOLLOW_UP"):
        yield from follow_up(course)
