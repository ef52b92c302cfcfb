"""What follows when a sheet has been saved: the button's action, a new row, or the page again."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mus_workflow.actions.write_revision import present_agreement
from mus_workflow.documents.merge import empty_body
from mus_workflow.forms.agreement import ItemForm, fingerprint, marks_in
from mus_workflow.models import Draft, DraftKind, Presentation, open_sealed
from mus_workflow.policies.verdict import Refused

from .loading import Seat

# What makes a row an item, and what an item must say before it is signed.
SAYS = ("what", "responsible", "due_date", "category", "support", "measure")
NEEDED = ("what", "responsible", "category")
# The controls that hold words.
WORDS_IN = re.compile(r"q_\w+|item_\w+_(what|support|measure)|settle_\w+_comment|change_note")

Verbs = Mapping[str, tuple[Callable[..., Any], Any, str]]


def carry_out(request: HttpRequest, seat: Seat, verbs: Verbs, *, here: str) -> HttpResponse:
    """Do what the pressed button says, now that all is saved. A refusal brings the person back with its reason."""
    pressed = request.POST.get("action", "save")
    page = reverse(f"mus_workflow:{here}", args=[seat.dialogue.pk])
    if pressed == "add_item":
        row = uuid.uuid4().hex
        return redirect(f"{page}?{urlencode({'new': row})}#item-{row}")
    if pressed not in verbs:
        messages.success(request, _("Saved."))
        return redirect(page)
    act, said, onward = verbs[pressed]
    try:
        act(dialogue_id=seat.dialogue.pk, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, _("%(reason)s What you have written is saved.") % {"reason": refusal})
        return redirect(page)
    messages.success(request, said)
    return redirect(f"mus_workflow:{onward}", dialogue_id=seat.dialogue.pk)


def present_finished(*, dialogue_id: uuid.UUID, by: Any, at: datetime) -> Presentation:
    """Put the agreement before the parties when every item says what, who and what about. Raises Refused."""
    draft = Draft.objects.filter(dialogue=dialogue_id, kind=DraftKind.AGREEMENT, participant=None).first()
    body = open_sealed(draft.envelope) if draft else None
    lacking = _lacking((body or empty_body())["items"])
    if lacking:
        raise Refused(_("Something is missing before you can sign. %(items)s") % {"items": " ".join(lacking)})
    return present_agreement(dialogue_id=dialogue_id, by=by, at=at)


def _lacking(items: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What each item lacks, in sentences. An empty row is no item."""
    said = [
        item["fields"]
        for _key, item in sorted(items.items(), key=lambda pair: (pair[1].get("position", 0), pair[0]))
        if not item.get("removed") and any(str(item["fields"].get(name) or "").strip() for name in SAYS)
    ]
    missing = []
    for number, fields in enumerate(said, start=1):
        names = [str(ItemForm.base_fields[name].label) for name in NEEDED if not str(fields.get(name) or "").strip()]
        if names:
            words = {"number": number, "fields": ", ".join(names)}
            missing.append(_("Item %(number)s lacks: %(fields)s.") % words)
    return missing


def new_item_in(request: HttpRequest) -> str:
    """The id, in hexadecimal, of the empty row that was asked for; empty for none."""
    try:
        return uuid.UUID(request.GET.get("new", "")).hex
    except ValueError:
        return ""


def returned_texts(fields: Mapping[str, list[str]] | None) -> list[str]:
    """The words in parked fields that were not saved yet, for a page that has no place for them any more."""
    seen = marks_in((fields or {}).get("seen", [""])[0])
    return [
        value
        for name, values in (fields or {}).items()
        for value in values
        if WORDS_IN.fullmatch(name) and value.strip() and not _is_choice(value) and fingerprint(value) != seen.get(name)
    ]


def _is_choice(value: str) -> bool:
    try:
        return bool(uuid.UUID(value))
    except ValueError:
        return value in ("yes", "no") or value.isdecimal()


def query_dict(fields: Mapping[str, list[str]]) -> QueryDict:
    """Parked fields as a form's data."""
    data = QueryDict(mutable=True)
    for name, values in fields.items():
        data.setlist(name, values)
    return data
