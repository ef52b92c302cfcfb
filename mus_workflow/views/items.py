"""The agreed items: how far each one is, and what became of last time's."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mus_workflow.actions.record_progress import record_outcome, record_progress
from mus_workflow.forms.agreement import OutcomeForm, ProgressForm, hex_of
from mus_workflow.models import Agreement, Outcome, Presentation, Progress
from mus_workflow.policies.items import can_follow_up, can_record_outcome, can_record_progress
from mus_workflow.policies.readers import Place

from .agreement_context import ItemRow, item_rows, record_succession
from .framing import page_frame
from .gate import parked_fields, personal_page
from .loading import Seat, seat_or_404
from .posting import returned_texts
from .talk_context import carried_to
from .who_reads import who_of_record

PROGRESS_LATER = gettext_lazy("Progress is recorded from the signing until the dialogue is closed.")


@personal_page("GET")
def item_list(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """The items of this dialogue's agreement, and those of earlier ones that it must settle."""
    return _list_page(request, seat_or_404(request, dialogue_id))


@personal_page("GET", "POST")
def item_progress(request: HttpRequest, dialogue_id: uuid.UUID, item_id: uuid.UUID) -> HttpResponse:
    """Record how far an item is, with a note that both sides read."""
    seat = seat_or_404(request, dialogue_id)
    row = next((row for row in _items(request, seat) if row.item.pk == item_id), None)
    if row is None:
        raise Http404
    form = _progress_form(request, row)
    if request.method == "GET" or not form.is_valid():
        return _progress_page(request, seat, row, form)
    record_progress(
        dialogue_id=seat.dialogue.pk,
        item_id=item_id,
        progress=Progress(form.cleaned_data["progress"]),
        note=form.cleaned_data["note"],
        by=request.user,
        at=timezone.now(),
    )
    messages.success(request, _("The progress is recorded."))
    return redirect("mus_workflow:item_list", dialogue_id=dialogue_id)


@personal_page("POST", returns_to="item_list")
def item_outcome(request: HttpRequest, dialogue_id: uuid.UUID, item_id: uuid.UUID) -> HttpResponse:
    """Say how one of last time's items went, in this dialogue's talk."""
    seat = seat_or_404(request, dialogue_id)
    form = OutcomeForm(hex_of(str(item_id)), data=request.POST)
    if not form.is_valid():
        return _list_page(request, seat, form)
    record_outcome(
        dialogue_id=seat.dialogue.pk,
        item_id=item_id,
        outcome=Outcome(form.cleaned_data["outcome"]),
        comment=form.cleaned_data["comment"],
        repeat=form.cleaned_data["repeat"],
        by=request.user,
        at=timezone.now(),
    )
    messages.success(request, _("The outcome is recorded."))
    return redirect("mus_workflow:item_list", dialogue_id=dialogue_id)


def _list_page(request: HttpRequest, seat: Seat, sent: OutcomeForm | None = None) -> HttpResponse:
    dialogue, participant = seat.dialogue, seat.participant
    may_record = can_follow_up(participant=participant, dialogue=dialogue)
    frame = page_frame(request, seat)
    context = {
        **frame,
        "items": _items(request, seat),
        "who": who_of_record(frame, Place.ITEMS),
        "carried": carried_to(request, seat, request.POST if sent else None),
        "settle": can_record_outcome(participant=participant, dialogue=dialogue),
        "follow_up": may_record,
        "progress_reason": may_record.reason and PROGRESS_LATER,
        "returned": returned_texts(parked_fields(request)) if request.method == "GET" else [],
        "errors": [(sent.add_prefix(name), text) for name, found in sent.errors.items() for text in found]
        if sent
        else [],
    }
    return render(request, "mus_workflow/item_list.html", context, status=422 if sent else 200)


def _items(request: HttpRequest, seat: Seat) -> list[ItemRow]:
    """The items of the agreement in force; the reading is recorded first when the viewer did not sign it."""
    in_force = Presentation.objects.filter(agreement__dialogue=seat.dialogue).in_force().only("parties").first()
    agreement = Agreement.objects.filter(dialogue=seat.dialogue).only("pk").first() if in_force else None
    if in_force is None or agreement is None:
        return []
    if str(seat.participant.pk) not in in_force.parties:
        record_succession(request, seat)
    return item_rows(agreement)


def _progress_form(request: HttpRequest, row: ItemRow) -> ProgressForm:
    if request.method == "POST":
        return ProgressForm(request.POST)
    parked = parked_fields(request)
    if parked:
        return ProgressForm(initial={name: values[0] for name, values in parked.items() if values})
    return ProgressForm(initial={"progress": row.item.progress, "note": row.note})


def _progress_page(request: HttpRequest, seat: Seat, row: ItemRow, form: ProgressForm) -> HttpResponse:
    frame = page_frame(request, seat)
    context: dict[str, Any] = {
        **frame,
        "row": row,
        "who": who_of_record(frame, Place.ITEMS),
        "form": form,
        "may": can_record_progress(participant=seat.participant, item=row.item, dialogue=seat.dialogue),
    }
    return render(request, "mus_workflow/item_progress.html", context, status=422 if form.is_bound else 200)
