"""Files: taken with the form they were chosen in, and opened by those who may read the answer."""

from __future__ import annotations

import re
import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from mus_workflow.actions.add_file import add_file, remove_file
from mus_workflow.actions.record_reading import record_reading
from mus_workflow.documents.files import file_ids
from mus_workflow.formbuilder.fields import Asked
from mus_workflow.formbuilder.questions.file import MEGABYTE
from mus_workflow.models import (
    DraftKind,
    Erased,
    ReadingPurpose,
    SealedFile,
    open_sealed,
)
from mus_workflow.policies.acting import is_oneself
from mus_workflow.policies.files import can_open_file
from mus_workflow.policies.preparations import shared_with
from mus_workflow.policies.verdict import Refused

from .gate import personal_page
from .loading import Seat, seat_or_404
from .uploading import LARGEST_REQUEST

CHOSEN = re.compile(r"file_q_([0-9a-f]{32})", re.ASCII)


@personal_page("GET")
def file_detail(request: HttpRequest, file_id: uuid.UUID) -> HttpResponse:
    """A file, as a download; never shown in the page."""
    file = SealedFile.objects.select_related("dialogue").filter(pk=file_id).first()
    if file is None:
        raise Http404
    seat = seat_or_404(request, file.dialogue_id)
    if not can_open_file(participant=seat.participant, file=file, shared=_shared_ids(seat)):
        raise Http404
    if file.participant_id is not None:
        is_oneself().or_refuse()  # of a preparation
    _record(request, seat, file)
    try:
        name, content = file.opened()
    except Erased as erased:
        raise Http404 from erased
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Security-Policy"] = "sandbox; default-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    return response


def take_files(request: HttpRequest, seat: Seat, kind: DraftKind, asked: Asked, *, form: int) -> None:
    """Add the files that were chosen in a form, and remove those ticked; what cannot be taken is told in a message.

    ``form`` is the form version of the page.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > LARGEST_REQUEST:
        megabytes = LARGEST_REQUEST // MEGABYTE
        told = _("The files are more than %(most)s MB together, so none was added. Your text is saved.")
        messages.error(request, told % {"most": megabytes})
    for name in request.FILES:
        match = CHOSEN.fullmatch(name)
        question = asked.questions.get(str(uuid.UUID(match[1]))) if match else None
        if question is not None and question["type"] == "file":
            for chosen in request.FILES.getlist(name):
                _take(request, seat, kind, question, chosen, form=form)
    for file in _ticked(request, seat, kind, asked):
        try:
            remove_file(file=file, kind=kind, by=request.user, at=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))


def _take(request: HttpRequest, seat: Seat, kind: DraftKind, question: Any, chosen: Any, *, form: int) -> None:
    try:
        add_file(
            dialogue=seat.dialogue,
            kind=kind,
            question=question,
            name=chosen.name,
            content=chosen.read(),
            form=form,
            by=request.user,
            at=timezone.now(),
        )
    except Refused as refusal:
        messages.error(request, str(refusal))


def _ticked(request: HttpRequest, seat: Seat, kind: DraftKind, asked: Asked) -> list[SealedFile]:
    ids = []
    for text in request.POST.getlist("remove_file"):
        try:
            ids.append(uuid.UUID(text))
        except ValueError:
            continue
    owner = seat.participant if kind == DraftKind.PREPARATION else None
    mine = SealedFile.objects.select_related("dialogue").filter(dialogue=seat.dialogue, participant=owner)
    found = mine.filter(pk__in=ids, removed_at=None, question_id__in=list(asked.questions))
    return list(found)


def _shared_ids(seat: Seat) -> set[str]:
    ids: set[str] = set()
    for copy in shared_with(seat.participant, stage=seat.dialogue.stage):
        try:
            ids |= file_ids(open_sealed(copy.document))
        except Erased:
            continue
    return ids


def _record(request: HttpRequest, seat: Seat, file: SealedFile) -> None:
    if file.participant_id == seat.participant.pk:
        return
    came_later = file.added_at < seat.participant.joined_at
    if file.participant_id is None and not came_later:
        return
    record_reading(
        dialogue=seat.dialogue,
        reader=request.user,
        role=seat.participant.role,
        purpose=ReadingPurpose.SUCCESSION if came_later else ReadingPurpose.TALK,
        at=timezone.now(),
    )
