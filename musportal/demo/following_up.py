"""What happens with an agreement between one talk and the next."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

from mus_workflow.actions.amend_agreement import amend_agreement
from mus_workflow.actions.record_progress import record_follow_up, record_progress
from mus_workflow.actions.save_draft import save_follow_up_draft
from mus_workflow.actions.write_revision import present_agreement
from mus_workflow.documents.merge import Typed
from mus_workflow.models import DraftKind, Progress, Purpose, Role

from .agreeing import BOTH, FROM_THE_EMPLOYEE, changed_fields, sign, take_in, write
from .course import Course
from .diary import Story
from .texts import Answers, Change


def follow_up(course: Course) -> Story:
    """Record progress, change the agreement and follow up, day by day; close at the end where the talk says so."""
    talk = course.talk
    added = [item for change in talk.changes for item in change.added]
    events: list[tuple[int, Story]] = [(change.day, _change(course, change)) for change in talk.changes]
    events += [(row[0], _progress(course, item.key, *row)) for item in [*talk.items, *added] for row in item.progress]
    if talk.follow_up:
        events.append((talk.follow_up["day"], _meet(course, talk.follow_up)))
    for _day, event in sorted(events, key=lambda pair: pair[0]):
        yield from event
    yield from course.close()


def _progress(course: Course, key: str, day: int, progress: str, note: str, by: str) -> Story:
    yield course.on(day, 14, 30)
    item_id = course.items[key][1]
    course.do(record_progress, item_id=item_id, progress=Progress(progress), note=note, by=course.by(by))


def _change(course: Course, change: Change) -> Story:
    yield course.on(change.day, 8, 35)
    by, role = course.by(change.by), Role(change.by)
    course.do(amend_agreement, change_note=change.note, by=by)
    yield course.on(change.day, 8, 50)
    write(course, change.answers, {**changed_fields(course, change.items), **take_in(course, change.added)}, role=role)
    if change.until == "signed":
        yield course.on(change.day, 9, 10)
        course.do(present_agreement, by=by)
        yield from sign(course, BOTH, day=change.day + 1)


def _meet(course: Course, written: Answers) -> Story:
    yield course.on(written["day"], 10)
    own = {name: value for name, value in written.items() if name in FROM_THE_EMPLOYEE}
    rest = {name: value for name, value in written.items() if name not in {*own, "day"}}
    for role, answers in ((Role.MANAGER, rest), (Role.EMPLOYEE, own)):
        _type(course, answers, role=role, day=written["day"])
    yield course.on(written["day"], 10, 20)
    course.do(record_follow_up, by=course.manager)


def _type(course: Course, answers: Answers, *, role: Role, day: int) -> None:
    if not answers:
        return
    sheet = course.sheet(Purpose.FOLLOW_UP, course.day + timedelta(days=day))
    draft: Any = course.dialogue.drafts.get(kind=DraftKind.FOLLOW_UP, participant=None)
    typed = Typed(request=str(uuid.uuid4()), base=draft.version, answers=sheet.answers(answers, role))
    course.do(save_follow_up_draft, typed=typed, allowed=sheet.allowed(role), by=course.by(role))
