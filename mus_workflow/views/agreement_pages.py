"""The contexts of the agreement's own pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mus_workflow.documents.compare import Change, compare_documents
from mus_workflow.forms.agreement import AmendForm
from mus_workflow.models import Draft
from mus_workflow.policies.agreements import can_amend, can_revise, can_sign, can_write_agreement
from mus_workflow.policies.items import can_follow_up
from mus_workflow.policies.readers import Place
from mus_workflow.stages import Stage

from .agreement_context import IN_FORCE, WAITING, RevisionRow, item_rows, record_of
from .framing import page_frame
from .given import given_in
from .granted import live_grants
from .loading import Seat
from .posting import new_item_in
from .saving import Post
from .talk_context import opened
from .turning import Links
from .who_reads import who_of_record, who_of_sheet
from .writing import sheet_context, sheet_of


@dataclass(frozen=True)
class Comparison:
    """What changed between two revisions, and how many questions did not."""

    changes: list[Change]
    unchanged: int


def comparison(old: RevisionRow | None, new: RevisionRow) -> Comparison:
    """Compare two opened revisions; ``old`` None when the newer is the first."""
    found = compare_documents(old.document if old else None, new.document)
    changed = [change for change in found if change.kind != "SAME"]
    return Comparison(changed, len(found) - len(changed))


def detail_context(request: HttpRequest, seat: Seat) -> dict[str, Any]:
    """What ``agreement_detail.html`` shows."""
    frame = page_frame(request, seat)
    record = record_of(request, seat)
    context = {**frame, "record": record, "is_talk": seat.dialogue.stage == Stage.TALK}
    if record is None:
        return context
    in_force, waiting, declined = record.find(IN_FORCE), record.find(WAITING), record.declined()
    shown = in_force or waiting or declined or record.rows[0]
    # The policies ask for the agreement again and again; this one is loaded.
    seat.dialogue.agreement = record.agreement
    return {
        **context,
        "grants": live_grants(seat),
        "shown": shown,
        "in_force": in_force,
        "waiting": waiting,
        "change": waiting if in_force else None,
        "comparison": _pending(in_force, waiting),
        "signings": record.signings(shown, seat),
        "change_signings": record.signings(waiting, seat) if in_force and waiting else [],
        "declined": declined,
        "declined_signings": record.signings(declined, seat) if declined else [],
        "items": item_rows(record.agreement) if in_force else [],
        "who": who_of_record(frame, Place.AGREEMENT),
        "who_items": who_of_record(frame, Place.ITEMS) if in_force else "",
        **_verdicts(seat, waiting, record.last_answered()),
    }


def _pending(in_force: RevisionRow | None, waiting: RevisionRow | None) -> Comparison | None:
    if not in_force or not waiting or in_force.erased or waiting.erased:
        return None
    return comparison(in_force, waiting)


def _verdicts(seat: Seat, waiting: RevisionRow | None, answered: RevisionRow | None) -> dict[str, Any]:
    """The verdicts of the actions that the page offers; the others are not asked for."""
    dialogue, participant = seat.dialogue, seat.participant
    verdicts: dict[str, Any] = {"follow_up": can_follow_up(participant=participant, dialogue=dialogue)}
    if waiting is not None:
        presentation = waiting.presentation
        verdicts["sign"] = can_sign(
            participant=participant, dialogue=dialogue, presentation=presentation, at=timezone.now()
        )
        verdicts["take_back"] = can_revise(participant=participant, dialogue=dialogue)
    if answered is not None:
        verdicts["amend"] = can_amend(participant=participant, dialogue=dialogue)
    return verdicts


def edit_context(
    request: HttpRequest,
    seat: Seat,
    draft: Draft | None,
    posted: QueryDict | None,
    post: Post | None,
    wanted: Links = (),
) -> dict[str, Any]:
    """What ``agreement_edit.html`` shows."""
    frame = page_frame(request, seat)
    body = opened([draft.envelope if draft else None])[0]
    dialogue = draft.dialogue if draft else seat.dialogue
    verdict = can_write_agreement(participant=seat.participant, dialogue=dialogue, draft=draft)
    context = {**frame, "write": verdict}
    if draft is None or not isinstance(body, dict):
        return {**context, "erased": body.rule if body is not None else ""}
    sheet = sheet_of(seat, draft, body)
    names = {str(one.pk): one.name for one in frame["participants"]}
    changes = reverse("mus_workflow:agreement_changes", args=[seat.dialogue.pk])
    written = sheet_context(
        sheet,
        names=names,
        posted=posted,
        disputes=post.disputes if post else None,
        is_stale=posted is not None and post is None,
        new_item=new_item_in(request),
        placed=given_in(request, seat, frame["participants"], sheet.schema),
        part=request.GET.get("part", ""),
        more_left=[] if sheet.body["change_note"] else [("change_note", _("Say why the agreement is changed."))],
        wanted=wanted,
        who=who_of_sheet(frame, draft),
    )
    agreement = draft.dialogue.agreement
    poll = f"{changes}?stage={seat.dialogue.stage}&presented={agreement.revision}"
    return {**context, **written, "poll_url": poll, "asks_for_note": True}


def amend_context(request: HttpRequest, seat: Seat, form: AmendForm) -> dict[str, Any]:
    """What ``agreement_amend.html`` shows."""
    return {
        **page_frame(request, seat),
        "form": form,
        "amend": can_amend(participant=seat.participant, dialogue=seat.dialogue),
    }
