"""The talk: one screen with what both share, what became of last time's items, and the agreement being written."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mus_workflow.actions.hold_talk import break_off_talk, hold_talk
from mus_workflow.actions.record_progress import record_outcome
from mus_workflow.actions.write_revision import present_agreement, save_revision
from mus_workflow.models import Draft, DraftKind, Erased, Outcome
from mus_workflow.policies.readers import Place
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage

from .changed_form import as_the_page_had_it
from .gate import parked_fields, personal_page
from .given import given_in
from .impersonation import for_oneself
from .loading import Seat, seat_or_404
from .moving import opened_sheet
from .placed import CARRIED_ITEMS, component, nothing_here, place_of
from .posting import carry_out, new_item_in, query_dict, returned_texts, wanted_before
from .saving import Post, save_post, sheet_after
from .talk_context import Carried, Table, carried_to, table_of, talk_context, unsettled_in
from .turning import Links
from .who_reads import who_of_record, who_of_sheet
from .writing import Sheet, course_of, sheet_context, sheet_of

# What a button of the page does once everything is saved: (action, what is said then, where the person goes on).
VERBS: dict[str, tuple[Callable[..., Any], Any, str]] = {
    "save_revision": (save_revision, gettext_lazy("The revision is saved."), "talk"),
    "present": (
        present_agreement,
        gettext_lazy("The agreement is presented. Both of you can sign it now."),
        "agreement_sign",
    ),
    "break_off": (
        break_off_talk,
        gettext_lazy("The talk is broken off. What was written in it is kept."),
        "dialogue_detail",
    ),
}


@personal_page("GET", "POST")
@for_oneself
def talk(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """The talk's screen; a POST saves all of it, and then does what its button says."""
    seat = seat_or_404(request, dialogue_id)
    draft = opened_sheet(request, seat, DraftKind.AGREEMENT) if seat.dialogue.stage == Stage.TALK else None
    if request.method == "GET":
        parked = parked_fields(request)
        return _page(request, seat, draft, posted=query_dict(parked) if parked else None, parked=parked)
    if draft is None:
        raise Refused(_("The agreement is written in the talk, which is not open."))
    sheet = sheet_of(seat, draft)
    post = save_post(request, sheet)
    settled = _settle(request, seat)
    if not post.is_saved or not settled:
        return _page(request, seat, opened_sheet(request, seat, DraftKind.AGREEMENT), posted=request.POST, post=post)
    sheet = sheet_after(sheet, post)
    carried = carried_to(request, seat) if request.POST.get("action") == "present" else []
    if wanted := wanted_before(request, sheet, unsettled_in(carried)):
        return _page(request, seat, opened_sheet(request, seat, DraftKind.AGREEMENT), wanted=wanted)
    return carry_out(request, seat, VERBS, here="talk", onward=course_of(sheet).onward(request.POST))


@personal_page("POST")
def talk_hold(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """Open the talk."""
    seat = seat_or_404(request, dialogue_id)
    hold_talk(dialogue_id=seat.dialogue.pk, by=request.user, at=timezone.now())
    messages.success(request, _("The talk is open. What you write is saved as you write it."))
    return redirect("mus_workflow:talk", dialogue_id=dialogue_id)


@personal_page("POST")
def talk_break_off(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """Break off the talk. What was written in it is kept."""
    seat = seat_or_404(request, dialogue_id)
    break_off_talk(dialogue_id=seat.dialogue.pk, by=request.user, at=timezone.now())
    messages.success(request, _("The talk is broken off. What was written in it is kept."))
    return redirect("mus_workflow:dialogue_detail", dialogue_id=dialogue_id)


def _page(
    request: HttpRequest,
    seat: Seat,
    draft: Draft | None,
    *,
    posted: QueryDict | None = None,
    post: Post | None = None,
    parked: dict[str, list[str]] | None = None,
    wanted: Links = (),
) -> HttpResponse:
    table = table_of(request, seat, draft, posted)
    context = {**talk_context(table, seat, draft), "returned": returned_texts(parked)}
    if draft is not None and not isinstance(table.body, Erased):
        context |= _form(request, seat, draft, table, posted, post, wanted)
    status = 422 if wanted else 200 if post is None else 409 if post.disputes else 422
    return render(request, "mus_workflow/talk.html", context, status=status)


def _form(
    request: HttpRequest,
    seat: Seat,
    draft: Draft,
    table: Table,
    posted: QueryDict | None,
    post: Post | None,
    wanted: Links,
) -> dict[str, Any]:
    was = as_the_page_had_it(draft, posted.get("form")) if posted else draft
    sheet = sheet_of(seat, was, table.body)
    carried = _carried_in_place(table, sheet)
    context = sheet_context(
        sheet,
        names={str(one.pk): one.name for one in table.frame["participants"]},
        posted=posted,
        disputes=post.disputes if post else None,
        is_stale=posted is not None and post is None,
        new_item=new_item_in(request),
        placed={**given_in(request, seat, table.frame["participants"], sheet.schema), **carried},
        who=who_of_sheet(table.frame, draft),
        part=request.GET.get("part", ""),
        more_left=unsettled_in(table.carried),
        wanted=wanted,
    )
    forms = [one.form for one in table.carried if one.form.is_bound]
    context["errors"] += [
        (form.add_prefix(name), message) for form in forms for name, found in form.errors.items() for message in found
    ]
    changes = reverse("mus_workflow:agreement_changes", args=[seat.dialogue.pk])
    return {
        **context,
        "carried_in_place": bool(carried),
        "poll_url": f"{changes}?stage={seat.dialogue.stage}&presented={_presented(draft)}",
    }


def _carried_in_place(table: Table, sheet: Sheet) -> dict[str, SafeString]:
    """Last time's items, to settle, in the place that the form has for them."""
    place = place_of(sheet.schema, CARRIED_ITEMS)
    if not place:
        return {}
    unsettled = sum(not one.item.outcome for one in table.carried)
    listed = component(
        "carried_section",
        {"carried": table.carried, "unsettled": unsettled, "who": who_of_record(table.frame, Place.ITEMS)},
    )
    return {place: listed if table.carried else nothing_here(CARRIED_ITEMS)}


def _presented(draft: Draft) -> int:
    """The revision there was when the page was made: a later one that is presented moves the page on."""
    agreement = getattr(draft.dialogue, "agreement", None)
    return agreement.revision if agreement else 0


def _settle(request: HttpRequest, seat: Seat) -> bool:
    """Record the outcomes that were sent; False when one of them cannot be read."""
    carried = carried_to(request, seat, request.POST)
    forms = [one for one in carried if one.form.is_bound]
    valid = [one for one in forms if one.form.is_valid()]
    for one in valid:
        if _says_something_new(seat, one):
            _record(request, seat, one)
    return len(valid) == len(forms)


def _says_something_new(seat: Seat, one: Carried) -> bool:
    sent = one.form.cleaned_data
    before = (one.item.outcome, one.comments.get(seat.participant.role, ""))
    return bool(sent["repeat"]) or (sent["outcome"], sent["comment"]) != before


def _record(request: HttpRequest, seat: Seat, one: Carried) -> None:
    sent = one.form.cleaned_data
    record_outcome(
        dialogue_id=seat.dialogue.pk,
        item_id=one.item.pk,
        outcome=Outcome(sent["outcome"]),
        comment=sent["comment"],
        repeat=sent["repeat"],
        by=request.user,
        at=timezone.now(),
    )
