"""Where a dialogue stands, and the two ways in which it ends."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from mus_workflow.actions.hold_talk import close_dialogue, mark_not_held
from mus_workflow.forms.not_held import NotHeldForm
from mus_workflow.models import Role
from mus_workflow.policies.dialogues import can_mark_not_held
from mus_workflow.policies.holds import is_held
from mus_workflow.policies.retention_facts import terms_for
from mus_workflow.stages import BEFORE_TALK, CAN_PREPARE, Stage

from .framing import dialogue_frame, page_frame
from .gate import parked_fields, personal_page
from .granted import live_grants
from .last_time import open_items_of, worded
from .loading import seat_or_404
from .talk_context import record_succession

HAS_AGREEMENT = frozenset({Stage.SIGN_OFF, Stage.FOLLOW_UP, Stage.CLOSED})


@personal_page("GET")
def dialogue_detail(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """Where the dialogue stands for this participant, and what comes next."""
    seat = seat_or_404(request, dialogue_id)
    stage, is_manager = seat.dialogue.stage, seat.participant.role == Role.MANAGER
    frame = dialogue_frame(request, seat)
    items = open_items_of(frame["participants"], but=seat.dialogue)
    record_succession(request, seat, {item.agreement_id for item in items})
    context = {
        **frame,
        "items": worded(items),
        "grants": live_grants(seat),
        "has_agreement": stage in HAS_AGREEMENT,
        "can_prepare": stage in CAN_PREPARE,
        "is_before_talk": stage in BEFORE_TALK,
        "is_manager": is_manager,
        "may_arrange": is_manager and stage in BEFORE_TALK,
        "may_end": bool(can_mark_not_held(participant=seat.participant, dialogue=seat.dialogue)),
        "may_close": is_manager and stage == Stage.FOLLOW_UP,
        "is_held": is_held(seat.dialogue),
        "terms": terms_for(seat.dialogue),
    }
    return render(request, "mus_workflow/dialogue_detail.html", context)


@personal_page("GET", "POST")
def dialogue_not_held(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """End a dialogue without a talk, with the reason."""
    seat = seat_or_404(request, dialogue_id)
    can_mark_not_held(participant=seat.participant, dialogue=seat.dialogue).or_refuse()
    form = NotHeldForm(request.POST if request.method == "POST" else None, initial=_typed_before(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        mark_not_held(dialogue_id=dialogue_id, reason=reason, by=request.user, at=timezone.now())
        messages.success(request, _("The dialogue has ended without a talk."))
        return redirect("mus_workflow:dialogue_detail", dialogue_id=dialogue_id)
    context = {**page_frame(request, seat), "form": form, "is_before_talk": seat.dialogue.stage in BEFORE_TALK}
    return render(request, "mus_workflow/dialogue_not_held.html", context, status=422 if form.is_bound else 200)


@personal_page("POST")
def dialogue_close(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """End the follow-up."""
    seat = seat_or_404(request, dialogue_id)
    close_dialogue(dialogue_id=seat.dialogue.pk, by=request.user, at=timezone.now())
    messages.success(request, _("The dialogue is closed. What is still open waits for the next one."))
    return redirect("mus_workflow:dialogue_detail", dialogue_id=dialogue_id)


def _typed_before(request: HttpRequest) -> dict[str, str]:
    parked = parked_fields(request) or {}
    return {name: values[-1] for name, values in parked.items() if values}
