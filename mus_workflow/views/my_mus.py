"""The personal area: my own dialogue, the people I talk with, and the people whose talks I arrange."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from mus_workflow.models import AgreementItem, Participant, Progress, Role
from mus_workflow.policies.overview import answers_grants, is_auditor, is_hr_partner
from mus_workflow.stages import ENDED, HAS_TALKED

from .framing import dialogue_frame
from .gate import author_token, personal_page
from .last_time import WordedItem, worded
from .loading import Seat
from .people import people_of


@dataclass(frozen=True)
class ItemRow:
    """An agreed item of mine, and whether its day has passed."""

    worded: WordedItem
    is_overdue: bool


@personal_page("GET")
def my_mus(request: HttpRequest) -> HttpResponse:
    """What is mine to do, and what was agreed. The number of queries does not follow the number of people."""
    people = people_of(request.user, today=timezone.localdate())
    mine = _my_parts(request)
    current = next((part for part in mine if part.dialogue.stage not in ENDED), None)
    context = {
        "author_token": author_token(request),
        "current": dialogue_frame(request, Seat(current.dialogue, current)) if current else None,
        "earlier": [part.dialogue for part in mine if part is not current],
        "items": _my_items(request, mine),
        "people": [person for person in people if person.is_mine],
        "arranged": [person for person in people if not person.is_mine],
        "is_employee": bool(mine),
        **_other_entrances(request),
    }
    return render(request, "mus_workflow/my_mus.html", context)


def _my_parts(request: HttpRequest) -> Sequence[Participant]:
    mine = Participant.objects.present().filter(user=request.user, role=Role.EMPLOYEE)
    return list(mine.select_related("dialogue", "dialogue__unit").order_by("-dialogue__created_at"))


def _my_items(request: HttpRequest, mine: Sequence[Participant]) -> list[ItemRow]:
    if not any(part.dialogue.stage in HAS_TALKED for part in mine):
        return []
    today = timezone.localdate()
    items = AgreementItem.objects.of_employee(request.user).open().select_related("agreement")
    rows = worded(list(items.order_by(F("due_date").asc(nulls_last=True), "position")))
    return [
        ItemRow(
            worded=row,
            is_overdue=bool(row.item.due_date and row.item.due_date < today) and row.item.progress != Progress.DONE,
        )
        for row in rows
    ]


def _other_entrances(request: HttpRequest) -> dict[str, Any]:
    user = request.user
    return {
        "is_hr_partner": is_hr_partner(user),
        "is_auditor": is_auditor(user),
        "answers_grants": answers_grants(user),
        "is_editor": user.has_perm("mus_workflow.change_formdefinition") and user.has_perm("wagtailadmin.access_admin"),
    }
