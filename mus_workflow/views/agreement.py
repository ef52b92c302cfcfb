"""The agreement: to read, to write, to present, to take back and to change."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Max, Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mus_workflow.actions.amend_agreement import amend_agreement, drop_amendment
from mus_workflow.actions.write_revision import present_agreement, save_revision, take_back_agreement
from mus_workflow.forms.agreement import AmendForm
from mus_workflow.models import Draft, DraftKind
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage

from .agreement_pages import amend_context, detail_context, edit_context
from .autosaving import number_in
from .gate import parked_fields, personal_page
from .impersonation import for_oneself
from .loading import Seat, seat_or_404
from .posting import carry_out, query_dict, returned_texts, wanted_before
from .saving import Post, autosave, changes, save_post, sheet_after
from .turning import Links
from .writing import course_of, draft_of, sheet_of

VERBS: dict[str, tuple[Callable[..., Any], Any, str]] = {
    "save_revision": (save_revision, gettext_lazy("The revision is saved."), "agreement_edit"),
    "present": (
        present_agreement,
        gettext_lazy("The change is presented. What is in force stays in force until all have signed it."),
        "agreement_sign",
    ),
    "drop": (drop_amendment, gettext_lazy("The change is dropped. The agreement is as it was."), "agreement_detail"),
}


@personal_page("GET")
def agreement_detail(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """The agreement in force, or the one that waits for signatures, with its revisions."""
    seat = seat_or_404(request, dialogue_id)
    return render(request, "mus_workflow/agreement_detail.html", detail_context(request, seat))


@personal_page("GET", "POST")
@for_oneself
def agreement_edit(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """A change of a signed agreement, being written; a POST saves all of it, and then does what its button says."""
    seat = seat_or_404(request, dialogue_id)
    if seat.dialogue.stage == Stage.TALK:
        return redirect("mus_workflow:talk", dialogue_id=dialogue_id)
    draft = draft_of(seat, DraftKind.AGREEMENT)
    if request.method == "GET":
        return _edit_page(request, seat, draft)
    if draft is None:
        raise Refused(_("No change of the agreement is being written."))
    sheet = sheet_of(seat, draft)
    post = save_post(request, sheet)
    if not post.is_saved:
        return _written_page(request, seat, draft_of(seat, DraftKind.AGREEMENT) or draft, request.POST, post)
    sheet = sheet_after(sheet, post)
    if wanted := wanted_before(request, sheet):
        return _written_page(request, seat, draft_of(seat, DraftKind.AGREEMENT) or draft, None, wanted=wanted)
    return carry_out(request, seat, VERBS, here="agreement_edit", onward=course_of(sheet).onward(request.POST))


@personal_page("POST")
@for_oneself
def agreement_autosave(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """Save what a script sends while the agreement is written."""
    return autosave(request, seat_or_404(request, dialogue_id), DraftKind.AGREEMENT)


@personal_page("GET")
@for_oneself
def agreement_changes(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """What the other side has saved since a version; one small query while nothing has moved."""
    now = _draft_now(request, dialogue_id)
    asked = request.GET.get("presented", "")
    has_moved = (
        now["is_closed"]
        or now["dialogue__stage"] != request.GET.get("stage", now["dialogue__stage"])
        or (asked and (now["presented"] or 0) > number_in(asked))
    )
    if has_moved:
        return JsonResponse({"version": now["version"], "moved": True})
    since = request.GET.get("version", "")
    if since == str(now["version"]):
        return JsonResponse({"version": now["version"]})
    seat = seat_or_404(request, dialogue_id)
    return JsonResponse(changes(seat, DraftKind.AGREEMENT, since=number_in(since)))


@personal_page("POST")
def agreement_save(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """Record what is written as a revision."""
    return _carry_out(request, dialogue_id, save_revision, _("The revision is saved."))


@personal_page("POST")
def agreement_present(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """Put what is written before the parties."""
    return _carry_out(
        request, dialogue_id, present_agreement, _("The agreement is presented. Both of you can sign it now.")
    )


@personal_page("POST")
def agreement_take_back(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """Take a presented revision back to the table."""
    said = _("The agreement is taken back. Change it, and present it again when you agree.")
    return _carry_out(request, dialogue_id, take_back_agreement, said)


@personal_page("GET", "POST")
def agreement_amend(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """Begin a change of the signed agreement, and say why."""
    seat = seat_or_404(request, dialogue_id)
    parked = parked_fields(request) if request.method == "GET" else None
    form = AmendForm(request.POST if request.method == "POST" else None, initial=_first(parked))
    if request.method == "GET" or not form.is_valid():
        context = amend_context(request, seat, form)
        return render(request, "mus_workflow/agreement_amend.html", context, status=422 if form.is_bound else 200)
    note = form.cleaned_data["change_note"]
    amend_agreement(dialogue_id=seat.dialogue.pk, change_note=note, by=request.user, at=timezone.now())
    messages.success(request, _("You can change the agreement now. What is in force stays in force meanwhile."))
    return redirect("mus_workflow:agreement_edit", dialogue_id=dialogue_id)


@personal_page("POST")
def agreement_drop(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """Drop the change that is being written."""
    said = _("The change is dropped. The agreement is as it was.")
    return _carry_out(request, dialogue_id, drop_amendment, said, onward="agreement_detail")


def _carry_out(
    request: HttpRequest, dialogue_id: uuid.UUID, act: Callable[..., Any], said: str, *, onward: str = ""
) -> HttpResponse:
    """Do a verb that takes nothing typed; a refusal brings the person to where it can be put right."""
    seat = seat_or_404(request, dialogue_id)
    writes = "talk" if seat.dialogue.stage == Stage.TALK else "agreement_edit"
    try:
        act(dialogue_id=seat.dialogue.pk, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(f"mus_workflow:{writes}", dialogue_id=dialogue_id)
    messages.success(request, said)
    if act is present_agreement:
        onward = "agreement_sign"
    if act is take_back_agreement:
        onward = "talk" if seat.dialogue.stage == Stage.SIGN_OFF else "agreement_edit"
    return redirect(f"mus_workflow:{onward or writes}", dialogue_id=dialogue_id)


def _draft_now(request: HttpRequest, dialogue_id: uuid.UUID) -> dict[str, Any]:
    """Where the draft stands, for one who takes part; Http404 for others. Opens nothing."""
    found = (
        Draft.objects.filter(
            dialogue=dialogue_id,
            kind=DraftKind.AGREEMENT,
            participant=None,
            dialogue__participants__user=request.user,
            dialogue__participants__left_at=None,
        )
        .annotate(presented=Max("dialogue__agreement__presentations__revision"), is_closed=Q(envelope__isnull=True))
        .values("version", "dialogue__stage", "presented", "is_closed")
        .first()
    )
    if found is None:
        raise Http404
    return found


def _edit_page(request: HttpRequest, seat: Seat, draft: Draft | None) -> HttpResponse:
    parked = parked_fields(request)
    if parked is None and (draft is None or draft.envelope is None):
        messages.info(request, _("No change of the agreement is being written."))
        return redirect("mus_workflow:agreement_detail", dialogue_id=seat.dialogue.pk)
    return _written_page(request, seat, draft, query_dict(parked) if parked else None, parked=parked)


def _written_page(
    request: HttpRequest,
    seat: Seat,
    draft: Draft | None,
    posted: QueryDict | None,
    post: Post | None = None,
    parked: dict[str, list[str]] | None = None,
    wanted: Links = (),
) -> HttpResponse:
    context = {**edit_context(request, seat, draft, posted, post, wanted), "returned": returned_texts(parked)}
    status = 422 if wanted else 200 if post is None else 409 if post.disputes else 422
    return render(request, "mus_workflow/agreement_edit.html", context, status=status)


def _first(parked: dict[str, list[str]] | None) -> dict[str, str]:
    return {name: values[0] for name, values in (parked or {}).items() if values}
