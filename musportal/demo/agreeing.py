"""The talk, and what is agreed in it: written together, presented, signed."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from mus_workflow.actions.record_progress import record_outcome
from mus_workflow.actions.save_draft import save_agreement_draft
from mus_workflow.actions.sign_agreement import sign_agreement
from mus_workflow.actions.write_revision import present_agreement, save_revision, take_back_agreement
from mus_workflow.documents.merge import Typed
from mus_workflow.models import AgreementItem, DraftKind, Outcome, Progress, Purpose, Role, open_sealed

from .course import Course
from .diary import Story
from .texts import Answers, Item

BOTH = (Role.EMPLOYEE, Role.MANAGER)
NEXT_FOLLOW_UP = 150  # days after the talk, where the agreement does not say
DAYS_OF_A_ROUND = 4  # between one state of the agreement and the next
FROM_THE_EMPLOYEE = ("employee_does", "employee_remark", "employee_words")
FIELDS = {"what": "what", "who": "responsible", "about": "category", "support": "support", "measure": "measure"}
Items = dict[str, dict[str, Any]]


def agree(course: Course) -> Story:
    """Hold the talk, write the agreement and sign it, as far as the talk gets."""
    yield from course.hold()
    yield course.on(0, 10, 25)
    _settle(course)
    yield course.on(0, 10, 50)
    items = take_in(course, course.talk.items)
    if not course.reaches("SIGN_OFF"):
        write(course, course.talk.agreement, items, role=Role.MANAGER)
        return
    yield from _present(course, items)
    yield from sign(course, course.talk.signed_by, day=1 + DAYS_OF_A_ROUND * (len(course.talk.rounds) - 1))


def write(course: Course, answers: Answers, items: Items, *, role: Role) -> None:
    """Type in the agreement. Whoever keeps the pen types all but what is the employee's own to say."""
    own = {name: value for name, value in answers.items() if name in FROM_THE_EMPLOYEE}
    rest = {name: value for name, value in answers.items() if name not in own}
    _type(course, rest if role == Role.MANAGER else {**rest, **own}, items, role=role)
    if own and role == Role.MANAGER:
        _type(course, own, {}, role=Role.EMPLOYEE)


def take_in(course: Course, items: Iterable[Item]) -> Items:
    """Give these items their ids; return their fields by id. One that repeats an item of last time has its id."""
    fields = {}
    for item in items:
        item_id = _repeated_id(course, item) if item.again else uuid.uuid4()
        course.items[item.key] = (item, item_id)
        fields[str(item_id)] = item_fields(course, vars(item))
    return fields


def item_fields(course: Course, words: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of an item as the draft stores them, from the demo's words."""
    fields = {FIELDS[name]: value for name, value in words.items() if name in FIELDS}
    if words.get("due"):
        fields["due_date"] = (course.day + timedelta(days=words["due"])).isoformat()
    return fields


def changed_fields(course: Course, by_key: Mapping[str, Mapping[str, Any]]) -> Items:
    """The changed fields of items by id."""
    return {str(course.items[key][1]): item_fields(course, words) for key, words in by_key.items()}


def sign(course: Course, roles: Iterable[str], *, day: int) -> Story:
    """Sign the presented revision, the one in the morning and the other after lunch."""
    for role, hour in zip(roles, (9, 13), strict=False):
        yield course.on(day, hour, 20)
        shown = course.dialogue.agreement.presentations.order_by("-revision").first()
        sha, by = shown.document_sha256, course.by(role)
        given = {"acknowledgement": "Jeg underskriver", "remark": "", "auth_method": "password"}
        course.do(sign_agreement, document_sha256=sha, **given, by=by)


def _settle(course: Course) -> None:
    """Say how each open item of last time went, in a word from each side."""
    for key, (item, item_id) in course.previous.items.items() if course.previous else ():
        if course.talk.settle is not None and key not in course.talk.settle:
            continue
        done = bool(item.progress) and item.progress[-1][1] == Progress.DONE
        outcome = Outcome(item.outcome or (Outcome.REACHED if done else Outcome.PARTLY))
        for role, comment in zip(BOTH, (item.said, item.replied), strict=True):
            course.do(
                record_outcome,
                item_id=item_id,
                outcome=outcome,
                comment=comment,
                repeat=item.repeat and role == Role.MANAGER,
                by=course.by(role),
            )


def _present(course: Course, items: Items) -> Story:
    """Write each state of the agreement, days apart, and save or present it; take back what was presented too soon."""
    rounds = course.talk.rounds
    for number, state in enumerate(rounds):
        yield course.on(DAYS_OF_A_ROUND * number, 11, 5)
        if number and rounds[number - 1].then == "present":
            course.do(take_back_agreement, by=course.employee)
        answers = {"next_date": NEXT_FOLLOW_UP, **course.talk.agreement, **state.answers}
        changed = changed_fields(course, state.items)
        write(
            course,
            answers,
            {key: {**fields, **changed.get(key, {})} for key, fields in items.items()},
            role=Role.MANAGER,
        )
        yield course.on(DAYS_OF_A_ROUND * number, 11, 25)
        course.do(present_agreement if state.then == "present" else save_revision, by=course.manager)


def _type(course: Course, answers: Answers, items: Items, *, role: Role) -> None:
    sheet = course.sheet(Purpose.AGREEMENT)
    typed = Typed(
        request=str(uuid.uuid4()), base=_draft(course).version, answers=sheet.answers(answers, role), items=items
    )
    course.do(save_agreement_draft, typed=typed, allowed=sheet.allowed(role), by=course.by(role))


def _draft(course: Course) -> Any:
    return course.dialogue.drafts.get(kind=DraftKind.AGREEMENT, participant=None)


def _repeated_id(course: Course, item: Item) -> uuid.UUID:
    if course.previous is None:
        raise KeyError(f"{item.what} repeats nothing")
    old = AgreementItem.objects.get(pk=course.previous.items[item.again][1])
    body = open_sealed(_draft(course).envelope)
    return uuid.UUID(next(key for key, each in body["items"].items() if each.get("lineage") == str(old.lineage)))
