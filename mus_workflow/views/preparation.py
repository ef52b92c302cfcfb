"""Prepare, choose what to share, share it, and take it back."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mus_workflow.actions.save_draft import Saved, save_preparation
from mus_workflow.actions.share_preparation import share_preparation, withdraw_preparation
from mus_workflow.documents.merge import Typed, empty_body, plain_answers
from mus_workflow.formbuilder.fields import Asked, UnknownQuestion, partial_clean, posted_answers
from mus_workflow.formbuilder.shapes import Schema
from mus_workflow.models import Draft, DraftKind
from mus_workflow.policies.preparations import can_share

from .autosaving import BadSave, bad_save, read_sent, saved_answer
from .changed_form import as_the_page_had_it, earlier_form, posted_confirmed
from .files import take_files
from .framing import form_for, own_draft, own_draft_or_404, own_form_or_404
from .gate import personal_page
from .impersonation import for_oneself
from .loading import Seat, seat_or_404
from .moving import opened_preparation
from .paper_page import paper_context
from .preparation_page import (
    Own,
    Returned,
    choosable_ids,
    kept_answers,
    marks_in,
    posted_sharing,
    preparation_context,
    touched,
    version_in,
)
from .sharing_page import posted_choice, sharing_context
from .talk_context import opened
from .turning import course_alone


@personal_page("GET", "POST")
@for_oneself
def preparation_edit(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """The person's own preparation: to write while it is open, afterwards to read."""
    seat, draft = own_draft_or_404(request, dialogue_id)
    if request.method == "GET":
        draft = opened_preparation(request, seat, draft)
        return render(request, "mus_workflow/preparation_edit.html", preparation_context(request, seat, draft))
    draft = as_the_page_had_it(draft, request.POST.get("form"))
    returned = _save_whole_form(request, seat, draft)
    if returned.errors or returned.conflicts:
        again = as_the_page_had_it(own_draft(seat.participant) or draft, request.POST.get("form"))
        context = preparation_context(request, seat, again, returned)
        return render(request, "mus_workflow/preparation_edit.html", context, status=409 if returned.conflicts else 422)
    if request.POST.get("action") == "share":
        return redirect("mus_workflow:preparation_share", dialogue_id=dialogue_id)
    if "go" not in request.POST:
        messages.success(request, _("Your preparation is saved. Only you can read it until you share it."))
    page = reverse("mus_workflow:preparation_edit", args=[dialogue_id])
    return redirect(f"{page}{returned.onward}")


@personal_page("POST")
@for_oneself
def preparation_autosave(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """Save what a script sends while the person writes."""
    participant_id, version_id, schema = own_form_or_404(request, dialogue_id)
    try:
        sent = read_sent(request)
        if sent.form not in ("", str(version_id)):
            version_id, schema = earlier_form(request, dialogue_id, sent.form)
        allowed = Asked(schema)
        values, errors = partial_clean(schema, sent.answers)
    except (BadSave, UnknownQuestion):
        return bad_save()
    switched = {**sent.sharing, **sent.confirmed}
    if not set(switched) <= set(allowed.questions):
        return bad_save()
    sharing = {key: is_shared for key, is_shared in sent.sharing.items() if key in choosable_ids(schema)}
    typed = Typed(
        request=sent.request,
        base=sent.base,
        answers=values,
        sharing=sharing,
        confirmed=sent.confirmed,
        form=version_id,
    )
    saved = save_preparation(dialogue_id=dialogue_id, typed=typed, allowed=allowed, by=request.user, at=timezone.now())
    names = {str(participant_id): _("you, in another window")}
    kept = [*values, *(key for key in switched if key not in values and key not in errors)]
    told = course_alone(schema, plain_answers(saved.body)).told()
    return saved_answer(saved, schema=schema, kept=kept, errors=errors, by=names, told=told)


@personal_page("GET", "POST")
@for_oneself
def preparation_share(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """See exactly what the other side will read, choose, and share it."""
    seat, draft = own_draft_or_404(request, dialogue_id)
    can_share(participant=seat.participant, stage=seat.dialogue.stage).or_refuse()
    if request.method == "GET":
        return render(request, "mus_workflow/preparation_share.html", sharing_context(request, seat, draft))
    _key, schema = form_for(draft.form_version, seat)
    sharing = posted_choice(request.POST, schema, request.POST.getlist("listed"))
    saved = _save(request, seat, schema, sharing=sharing)
    if request.POST.get("action") != "share":
        return redirect("mus_workflow:preparation_share", dialogue_id=dialogue_id)
    if (draft.version, saved.version) != (version_in(request.POST), draft.version + 1):
        messages.warning(
            request, _("Your text has changed since this page was shown. Look once more before you share.")
        )
        return redirect("mus_workflow:preparation_share", dialogue_id=dialogue_id)
    chosen = [key for key, is_shared in sharing.items() if is_shared]
    share_preparation(dialogue_id=dialogue_id, chosen=chosen, by=request.user, at=timezone.now(), seen=saved.version)
    messages.success(request, _("Shared. What you write from now on stays private until you share again."))
    return redirect("mus_workflow:dialogue_detail", dialogue_id=dialogue_id)


@personal_page("GET")
def preparation_paper(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """The person's own form, blank, to print and fill in by hand."""
    seat, draft = own_draft_or_404(request, dialogue_id)
    return render(request, "mus_workflow/preparation_paper.html", paper_context(request, seat, draft))


@personal_page("POST")
@for_oneself
def preparation_withdraw(request: HttpRequest, dialogue_id: uuid.UUID) -> HttpResponse:
    """End the others' sight of what was shared."""
    seat = seat_or_404(request, dialogue_id)
    withdraw_preparation(dialogue_id=seat.dialogue.pk, by=request.user, at=timezone.now())
    messages.success(request, _("Taken back. Nobody but you can read your preparation now."))
    return redirect("mus_workflow:preparation_edit", dialogue_id=dialogue_id)


def _save_whole_form(request: HttpRequest, seat: Seat, draft: Draft) -> Returned:
    """Save what is valid of a form that was sent by its button; give back the rest, as it was typed."""
    key, schema = form_for(draft.form_version, seat)
    body = opened([draft.envelope])[0]
    own = Own(draft, key, schema, body if isinstance(body, dict) else empty_body(), ())
    posted, base = posted_answers(schema, request.POST), version_in(request.POST)
    if base != draft.version:
        posted = touched(posted, marks_in(request.POST))
    values, errors = partial_clean(schema, kept_answers(own, posted, request.POST))
    # An answer that never was and is not now says nothing; saved, it would collide with one from another window.
    values = {key: value for key, value in values.items() if value is not None or key in own.answers}
    switches = {
        "sharing": posted_sharing(schema, request.POST),
        "confirmed": posted_confirmed(schema, request.POST),
        "form": draft.form_version_id,
    }
    saved = _save(request, seat, schema, base=base, answers=values, **switches)
    take_files(request, seat, DraftKind.PREPARATION, Asked(schema), form=draft.form_version_id)
    mine = {conflict.key: conflict.mine for conflict in saved.conflicts}
    typed = {**{key: posted[key] for key in errors}, **mine}
    onward = course_alone(schema, plain_answers(saved.body)).onward(request.POST)
    return Returned(answers=typed, errors=errors, conflicts=saved.conflicts, version=saved.version, onward=onward)


def _save(request: HttpRequest, seat: Seat, schema: Schema, *, base: int = 0, **typed: Any) -> Saved:
    return save_preparation(
        dialogue_id=seat.dialogue.pk,
        # Never the form's own id: a page that is sent again from the browser's memory may hold more text than before.
        typed=Typed(request=str(uuid.uuid4()), base=base, **typed),
        allowed=Asked(schema),
        by=request.user,
        at=timezone.now(),
    )
