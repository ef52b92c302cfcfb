"""Signing, as one of the parties, exactly what is on the screen."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from mus_workflow.actions.sign_agreement import sign_agreement
from mus_workflow.conf import DEFAULTS, app_settings
from mus_workflow.forms.agreement import SignForm
from mus_workflow.policies.agreements import can_revise, can_sign
from mus_workflow.policies.verdict import Refused

from .agreement_context import IN_FORCE, WAITING, Record, RevisionRow, record_of
from .framing import page_frame
from .gate import parked_fields, personal_page
from .loading import Seat, seat_or_404
from .reauthentication import require_presence

DEFAULT_MEANS = DEFAULTS["REAUTHENTICATE"]


@personal_page("GET", "POST")
def agreement_sign(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """Read the presented revision as a whole, and sign it; afterwards the receipt."""
    seat = seat_or_404(request, dialogue_id)
    if request.method == "GET":
        parked = parked_fields(request) or {}
        return _page(request, seat, _form(initial={"remark": parked.get("remark", [""])[0]}))
    form = _form(request.POST)
    method = _presence(request, form) if form.is_valid() else ""
    if not method:
        return _page(request, seat, form, status=422)
    sign_agreement(
        dialogue_id=seat.dialogue.pk,
        document_sha256=form.cleaned_data["document_sha256"],
        remark=form.cleaned_data["remark"],
        auth_method=method,
        by=request.user,
        at=timezone.now(),
    )
    messages.success(request, _("You have signed. The receipt is below."))
    return redirect("mus_workflow:agreement_sign", dialogue_id=dialogue_id)


def _form(*args: Any, **kwargs: Any) -> SignForm:
    form = SignForm(*args, **kwargs)
    if app_settings.REAUTHENTICATE != DEFAULT_MEANS:
        del form.fields["password"]  # the organisation's own login proves presence
    return form


def _presence(request: HttpRequest, form: SignForm) -> str:
    """How the person proved to be present; empty, with the reason at the field, when they did not."""
    try:
        return require_presence(request, form.cleaned_data.get("password", ""))
    except Refused as refusal:
        form.add_error("password" if "password" in form.fields else None, str(refusal))
        return ""


def _page(request: HttpRequest, seat: Seat, form: SignForm, *, status: int = 200) -> HttpResponse:
    frame = page_frame(request, seat)
    record = record_of(request, seat)
    shown = (record.find(WAITING) or record.find(IN_FORCE)) if record else None
    context = {**frame, "record": record, "shown": shown, "form": form}
    if record is not None:
        seat.dialogue.agreement = record.agreement
    if record is not None and shown is not None:
        context |= _signing(seat, record, shown)
    return render(request, "mus_workflow/agreement_sign.html", context, status=status)


def _signing(seat: Seat, record: Record, shown: RevisionRow) -> dict[str, Any]:
    dialogue, participant = seat.dialogue, seat.participant
    presentation = shown.presentation
    is_as_presented = not shown.erased and presentation is not None and presentation.document_sha256 == shown.sha256
    return {
        "signings": record.signings(shown, seat),
        "in_force": record.find(IN_FORCE),
        "is_waiting": shown.standing == WAITING,
        "has_signed": record.has_signed(shown, participant),
        "is_as_presented": is_as_presented,
        "sign": can_sign(participant=participant, dialogue=dialogue, presentation=presentation),
        "take_back": can_revise(participant=participant, dialogue=dialogue),
    }
