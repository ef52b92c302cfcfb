"""Addresses that guide pages can link to without knowing whose dialogue it is."""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from mus_workflow.models import Dialogue
from mus_workflow.stages import CAN_PREPARE, HAS_TALKED

from .gate import personal_page


@personal_page("GET")
def my_preparation(request: HttpRequest) -> HttpResponse:
    """The viewer's own preparation, where one dialogue is open for it; otherwise My MUS."""
    return _to_the_only(Dialogue.objects.visible_to(request.user).filter(stage__in=CAN_PREPARE), "preparation_edit")


@personal_page("GET")
def my_agreement(request: HttpRequest) -> HttpResponse:
    """The viewer's own agreement, where they are the employee of one; otherwise My MUS."""
    mine = Dialogue.objects.filter(
        participants__user=request.user, participants__left_at=None, participants__role="EMPLOYEE"
    )
    return _to_the_only(mine.filter(stage__in=HAS_TALKED, agreement__isnull=False), "agreement_detail")


def _to_the_only(dialogues: QuerySet[Dialogue], name: str) -> HttpResponse:
    newest = list(dialogues.order_by("-created_at").values_list("pk", flat=True)[:2])
    # A manager with several dialogues chooses one on My MUS; an employee's newest agreement is the one in question.
    if not newest or (name == "preparation_edit" and len(newest) > 1):
        return redirect("mus_workflow:my_mus")
    return redirect(f"mus_workflow:{name}", dialogue_id=newest[0])
