"""One revision of the agreement, and the difference between two."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from mus_workflow.models import Signature
from mus_workflow.policies.certificates import can_certify
from mus_workflow.policies.verdict import Verdict

from .agreement_context import Record, RevisionRow, record_of
from .agreement_pages import comparison
from .framing import page_frame
from .gate import personal_page
from .loading import Seat, seat_or_404


@personal_page("GET")
def agreement_revision(request: HttpRequest, dialogue_id: uuid.UUID, revision: int) -> HttpResponse:
    """One recorded revision as it was, with its signatures."""
    seat = seat_or_404(request, dialogue_id)
    record = record_or_404(request, seat, revision)
    shown = record.numbered(revision)
    context = {
        **page_frame(request, seat),
        "record": record,
        "shown": shown,
        "signings": record.signings(shown, seat),
        "before": revision - 1,
        "certificate": not shown.erased and certifiable(seat, shown),
    }
    return render(request, "mus_workflow/agreement_revision.html", context)


@personal_page("GET")
def agreement_compare(request: HttpRequest, dialogue_id: uuid.UUID, old: int, new: int) -> HttpResponse:
    """What changed between two revisions, word by word."""
    seat = seat_or_404(request, dialogue_id)
    if old >= new:
        raise Http404
    record = record_or_404(request, seat, old, new)
    before, after = record.numbered(old), record.numbered(new)
    erased = before.erased or after.erased
    context = {
        **page_frame(request, seat),
        "record": record,
        "before": before,
        "after": after,
        "erased": erased,
        "comparison": None if erased else comparison(before, after),
    }
    return render(request, "mus_workflow/agreement_compare.html", context)


def certifiable(seat: Seat, shown: RevisionRow) -> Verdict:
    """Whether the viewer may take out a certificate of this revision."""
    presentation = shown.presentation
    answered = Signature.objects.filter(presentation=presentation).count() if presentation else 0
    return can_certify(participant=seat.participant, presentation=presentation, answered=answered)


def record_or_404(request: HttpRequest, seat: Seat, *revisions: int) -> Record:
    """The agreement with these revisions opened, a successor's reading recorded. Http404 where one is none."""
    record = record_of(request, seat, documents=revisions)
    if record is None:
        raise Http404
    for revision in revisions:
        record.numbered(revision)
    return record
