"""Answering, as one of the parties, exactly what is on the screen: signing it, or declining to."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy

from mus_workflow.actions.sign_agreement import sign_agreement
from mus_workflow.conf import DEFAULTS, app_settings
from mus_workflow.forms.signing import SignForm
from mus_workflow.models import Meaning
from mus_workflow.policies.agreements import can_sign
from mus_workflow.policies.verdict import Refused

from .agreement_context import IN_FORCE, WAITING, Record, RevisionRow, record_of
from .framing import page_frame
from .gate import log_in_again, parked_fields, personal_page
from .loading import Seat, seat_or_404
from .reauthentication import LogInAgain, require_presence

DEFAULT_MEANS = DEFAULTS["REAUTHENTICATE"]
KEPT_FIELDS = ("meaning", "remark", "acknowledgement")
DONE = {
    Meaning.AGREED: gettext_lazy("You have signed. The receipt is below."),
    Meaning.RECEIVED: gettext_lazy("You have signed that you received it, and do not agree. The receipt is below."),
    Meaning.DECLINED: gettext_lazy("You have declined to sign. The receipt is below."),
}


@personal_page("GET", "POST")
def agreement_sign(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """Read the presented revision as a whole, and answer it; afterwards the receipt."""
    seat = seat_or_404(request, dialogue_id)
    if request.method == "GET":
        parked = parked_fields(request) or {}
        return _page(request, seat, _form(initial={name: parked.get(name, [""])[0] for name in KEPT_FIELDS}))
    form = _form(request.POST)
    try:
        method = _presence(request, form) if form.is_valid() else ""
    except LogInAgain:
        return log_in_again(request, max_age=app_settings.PRESENCE_SECONDS)
    if not method:
        return _page(request, seat, form, status=422)
    said = form.cleaned_data
    sign_agreement(
        dialogue_id=seat.dialogue.pk,
        document_sha256=said["document_sha256"],
        meaning=Meaning(said["meaning"]),
        acknowledgement=said["acknowledgement"],
        remark=said["remark"],
        auth_method=method,
        by=request.user,
        at=timezone.now(),
    )
    messages.success(request, DONE[Meaning(said["meaning"])])
    return redirect("mus_workflow:agreement_sign", dialogue_id=dialogue_id)


def _form(*args: Any, **kwargs: Any) -> SignForm:
    form = SignForm(*args, **kwargs)
    if app_settings.REAUTHENTICATE != DEFAULT_MEANS:
        del form.fields["password"]  # the organisation's own login proves presence
    return form


def _presence(request: HttpRequest, form: SignForm) -> str:
    """How the person proved to be present; empty, with the reason at the field, when not. Raises LogInAgain."""
    try:
        return require_presence(request, form.cleaned_data.get("password", ""))
    except Refused as refusal:
        form.add_error("password" if "password" in form.fields else None, str(refusal))
        return ""


def _page(request: HttpRequest, seat: Seat, form: SignForm, *, status: int = 200) -> HttpResponse:
    frame = page_frame(request, seat)
    record = record_of(request, seat)
    shown = (record.find(WAITING) or record.last_answered()) if record else None
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
    signings = record.signings(shown, seat)
    return {
        "signings": signings,
        "in_force": record.find(IN_FORCE),
        "is_waiting": shown.standing == WAITING,
        "is_in_force": shown.standing == IN_FORCE,
        "mine": record.answer_of(shown, participant),
        "declined": [one for one in signings if one.is_declined],
        "is_as_presented": is_as_presented,
        "sign": can_sign(participant=participant, dialogue=dialogue, presentation=presentation, at=timezone.now()),
    }
