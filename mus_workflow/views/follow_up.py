"""The follow-up between two talks."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mus_workflow.actions.record_progress import record_follow_up
from mus_workflow.models import Draft, DraftKind, Erased, FollowUp
from mus_workflow.policies.items import can_follow_up
from mus_workflow.policies.readers import Place
from mus_workflow.policies.verdict import Refused

from .agreement_context import record_succession
from .changed_form import as_the_page_had_it
from .framing import page_frame
from .gate import parked_fields, personal_page
from .given import given_in
from .loading import Seat, seat_or_404
from .moving import opened_sheet
from .posting import carry_out, query_dict, returned_texts
from .saving import Post, autosave, save_post, sheet_after
from .talk_context import opened
from .who_reads import who_of_record, who_of_sheet
from .writing import Sheet, course_of, sheet_context, sheet_of

VERBS = {"record": (record_follow_up, gettext_lazy("The follow-up is recorded."), "follow_up_edit")}


@personal_page("GET", "POST")
def follow_up_edit(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """Write a follow-up together, and read the earlier ones."""
    seat = seat_or_404(request, dialogue_id)
    draft = opened_sheet(request, seat, DraftKind.FOLLOW_UP)
    if request.method == "GET":
        parked = parked_fields(request)
        return _page(request, seat, draft, query_dict(parked) if parked else None, parked=parked)
    can_follow_up(participant=seat.participant, dialogue=seat.dialogue).or_refuse()
    if draft is None:
        raise Refused(_("There is no draft of yours to save in."))
    sheet = sheet_of(seat, draft)
    post = save_post(request, sheet)
    if not post.is_saved:
        return _page(request, seat, opened_sheet(request, seat, DraftKind.FOLLOW_UP), request.POST, post)
    onward = course_of(sheet_after(sheet, post)).onward(request.POST)
    return carry_out(request, seat, VERBS, here="follow_up_edit", onward=onward)


@personal_page("POST")
def follow_up_autosave(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """Save what a script sends while the follow-up is written."""
    return autosave(request, seat_or_404(request, dialogue_id), DraftKind.FOLLOW_UP)


@personal_page("POST")
def follow_up_record(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """Record what is written as a follow-up."""
    seat = seat_or_404(request, dialogue_id)
    try:
        record_follow_up(dialogue_id=seat.dialogue.pk, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The follow-up is recorded."))
    return redirect("mus_workflow:follow_up_edit", dialogue_id=dialogue_id)


def _page(
    request: HttpRequest,
    seat: Seat,
    draft: Draft | None,
    posted: QueryDict | None,
    post: Post | None = None,
    parked: dict[str, list[str]] | None = None,
) -> HttpResponse:
    frame = page_frame(request, seat)
    may = can_follow_up(participant=seat.participant, dialogue=seat.dialogue)
    earlier = list(seat.dialogue.follow_ups.select_related("recorded_by").order_by("-number"))
    if any(one.recorded_at < seat.participant.joined_at for one in earlier):
        record_succession(request, seat)
    found = opened([draft.envelope if draft else None, *(one.document for one in earlier)])
    context = {
        **frame,
        "may": may,
        "earlier": _worded(earlier, found[1:]),
        "returned": returned_texts(parked),
        "who_recorded": who_of_record(frame, Place.FOLLOW_UP) if earlier else "",
    }
    if draft is not None and may and isinstance(found[0], dict):
        was = as_the_page_had_it(draft, posted.get("form")) if posted else draft
        sheet = sheet_of(seat, was, found[0])
        placed = given_in(request, seat, frame["participants"], sheet.schema)
        context |= _form(sheet, frame, posted, post, placed, part=request.GET.get("part", ""))
    status = 200 if post is None else 409 if post.disputes else 422
    return render(request, "mus_workflow/follow_up_edit.html", context, status=status)


def _form(
    sheet: Sheet,
    frame: dict[str, Any],
    posted: QueryDict | None,
    post: Post | None,
    placed: Mapping[str, SafeString],
    *,
    part: str,
) -> dict[str, Any]:
    return sheet_context(
        sheet,
        names={str(one.pk): one.name for one in frame["participants"]},
        posted=posted,
        disputes=post.disputes if post else None,
        is_stale=posted is not None and post is None,
        placed=placed,
        part=part,
        who=who_of_sheet(frame, sheet.draft),
    )


def _worded(earlier: list[FollowUp], documents: list[Any]) -> list[dict[str, Any]]:
    return [
        {
            "follow_up": one,
            "erased": document.rule if isinstance(document, Erased) else "",
            "document": document if isinstance(document, dict) else {"sections": []},
        }
        for one, document in zip(earlier, documents, strict=True)
    ]
