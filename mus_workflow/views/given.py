"""What is known already, for the places a form has for it: the person, their work, what was agreed last time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mus_workflow.formbuilder.schema import questions
from mus_workflow.formbuilder.shapes import Question, Schema
from mus_workflow.formbuilder.sides import side_id
from mus_workflow.models import Employment, Erased, Participant, Presentation, Role

from .agreement_context import ItemRow, item_rows
from .loading import Seat
from .placed import component
from .talk_context import opened, record_succession

SIDES = (Role.EMPLOYEE, Role.MANAGER)


@dataclass(frozen=True)
class Given:
    """Sentences, and where they are from: an agreement of a day, or what is known today."""

    lines: Sequence[str]
    agreed_on: date | None = None
    known_today: bool = False


def given_in(
    request: HttpRequest, seat: Seat, participants: Sequence[Participant], schema: Schema
) -> dict[str, SafeString]:
    """HTML by question id for what the form shows of what is known; no query for a form that shows none.

    Only of a dialogue with one employee, and only to that employee and their manager. Who came after an agreement
    was made has the reading recorded.
    """
    wanted = [question for question in questions(schema) if question["type"] == "prefill"]
    employees = [one for one in participants if one.role == Role.EMPLOYEE]
    if not wanted:
        return {}
    if len(employees) != 1 or seat.participant.role not in SIDES:
        return {question["id"]: component("given", {"lines": []}) for question in wanted}
    known = Known(request, seat, employees[0], participants)
    return {
        question["id"]: component("given", vars(SOURCES[question["settings"]["source"]](known, question)))
        for question in wanted
    }


@dataclass
class Known:
    """What is known of one employee, looked up once each."""

    request: HttpRequest
    seat: Seat
    employee: Participant
    participants: Sequence[Participant]
    today: date = field(default_factory=timezone.localdate)

    @cached_property
    def employments(self) -> list[Employment]:
        """Where the person works today."""
        held = Employment.objects.on(self.today).filter(user=self.employee.user_id)
        return list(held.select_related("unit").order_by("start_date"))

    @cached_property
    def last(self) -> Presentation | None:
        """The last agreement of the two alone that both signed; where the reading must be recorded, it is."""
        found = (
            Presentation.objects.in_force()
            .filter(
                party_count=len(SIDES),
                agreement__dialogue__participants__user=self.employee.user_id,
                agreement__dialogue__participants__role=Role.EMPLOYEE,
            )
            .exclude(agreement__dialogue=self.seat.dialogue)
            .select_related("agreement")
            .order_by("-presented_at")
            .first()
        )
        if found is not None:
            record_succession(self.request, self.seat, {found.agreement_id})
        return found

    @cached_property
    def signed_on(self) -> date | None:
        """The day its last party signed it."""
        signed = self.last.signatures.order_by("-signed_at").values_list("signed_at", flat=True) if self.last else []
        return next((timezone.localdate(at) for at in signed), None)

    @cached_property
    def document(self) -> Mapping[str, Any] | Erased | None:
        """What they signed, opened."""
        if self.last is None:
            return None
        row = self.last.agreement.history.filter(revision=self.last.revision).latest()
        found: Mapping[str, Any] | Erased = opened([row.document])[0]
        return found


def _person(known: Known, question: Question) -> Given:
    titles = [one.title for one in known.employments if one.title]
    return Given([", ".join([known.employee.name, *titles])], known_today=True)


def _employment(known: Known, question: Question) -> Given:
    sentence = _("%(unit)s, since %(date)s")
    lines = [
        sentence % {"unit": one.unit.name, "date": date_format(one.start_date, "DATE_FORMAT")}
        for one in known.employments
    ]
    return Given(lines, known_today=True)


def _manager(known: Known, question: Question) -> Given:
    return Given([one.name for one in known.participants if one.role == Role.MANAGER], known_today=True)


def _last_answer(known: Known, question: Question) -> Given:
    if isinstance(known.document, Erased):
        return Given([_("The text has been erased.")], known.signed_on)
    sought = question["settings"]["question"]
    ids = {sought, *(side_id(sought, role) for role in SIDES)}
    sections = known.document["sections"] if known.document else []
    lines = [answer["text"] for section in sections for answer in section["answers"] if answer["id"] in ids]
    return Given(lines, known.signed_on if lines else None)


def _last_items(known: Known, question: Question) -> Given:
    rows = item_rows(known.last.agreement) if known.last else []
    return Given([_item(row) for row in rows], known.signed_on if rows else None)


def _item(row: ItemRow) -> str:
    what = _("The text has been erased.") if row.is_erased else row.words.get("what", "")
    return f"{what} ({row.outcome_label or row.item.get_progress_display()})"


SOURCES: dict[str, Callable[[Known, Question], Given]] = {
    "PERSON": _person,
    "EMPLOYMENT": _employment,
    "MANAGER": _manager,
    "LAST_ANSWER": _last_answer,
    "LAST_ITEMS": _last_items,
}
