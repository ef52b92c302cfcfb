"""Opening what is written in: it goes on under another version of its form first, where an editor decided so."""

from __future__ import annotations

from contextlib import suppress

from django.contrib import messages
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import ngettext

from mus_workflow.actions.move_draft import Moved, move_preparation, move_sheet
from mus_workflow.models import Draft, DraftKind, Erased
from mus_workflow.policies.verdict import Refused

from .changed_form import as_the_page_had_it
from .framing import own_draft_or_404
from .loading import Seat
from .writing import draft_of


def opened_preparation(request: HttpRequest, seat: Seat, draft: Draft) -> Draft:
    """The person's preparation as it is opened: moved to another version of its form first, where that was decided."""
    if not _is_to_move(request, draft):
        return draft
    with suppress(Refused, Erased):
        _tell(request, draft, move_preparation(dialogue_id=seat.dialogue.pk, by=request.user, at=timezone.now()))
        return own_draft_or_404(request, seat.dialogue.pk)[1]
    return draft


def opened_sheet(request: HttpRequest, seat: Seat, kind: DraftKind) -> Draft | None:
    """What the parties write together: as it is opened, or, of a page that is posted, as that page had it."""
    draft = draft_of(seat, kind)
    if draft is None or request.method == "POST":
        return draft and as_the_page_had_it(draft, request.POST.get("form"))
    if not _is_to_move(request, draft):
        return draft
    with suppress(Refused, Erased):
        _tell(request, draft, move_sheet(dialogue_id=seat.dialogue.pk, kind=kind, by=request.user, at=timezone.now()))
        return draft_of(seat, kind)
    return draft


def _is_to_move(request: HttpRequest, draft: Draft) -> bool:
    # A page that gives back interrupted text is shown as it was.
    return draft.moves_to not in (None, draft.form_version_id) and "parked" not in request.GET


def _tell(request: HttpRequest, draft: Draft, result: Moved) -> None:
    if draft.saved_at is not None and result.changed:
        told = ngettext(
            "%(count)s question has changed since you last wrote here.",
            "%(count)s questions have changed since you last wrote here.",
            result.changed,
        )
        messages.info(request, told % {"count": result.changed})
