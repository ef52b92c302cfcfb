"""What follows when a sheet has been saved: the button's action, a new row, or the page again."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from mus_workflow.forms.agreement import fingerprint, marks_in
from mus_workflow.policies.verdict import Refused

from .loading import Seat
from .turning import Links
from .writing import Sheet, left_in

# The controls that hold words.
WORDS_IN = re.compile(r"q_\w+|item_\w+_(what|support|measure)|settle_\w+_comment|change_note")

Verbs = Mapping[str, tuple[Callable[..., Any], Any, str]]


def carry_out(request: HttpRequest, seat: Seat, verbs: Verbs, *, here: str, onward: str = "") -> HttpResponse:
    """Do what the pressed button says, now that all is saved. A refusal brings the person back with its reason.

    ``onward`` ends the address of the page of the form that the person turns to, or stays at.
    """
    pressed = request.POST.get("action", "save")
    page = reverse(f"mus_workflow:{here}", args=[seat.dialogue.pk])
    if "go" in request.POST:
        return redirect(f"{page}{onward}")
    if pressed == "add_item":
        row = uuid.uuid4().hex
        return redirect(f"{page}?{urlencode({'new': row})}#item-{row}")
    if pressed not in verbs:
        messages.success(request, _("Saved."))
        return redirect(f"{page}{onward}")
    act, said, after = verbs[pressed]
    try:
        act(dialogue_id=seat.dialogue.pk, by=request.user, at=timezone.now())
    except Refused as refusal:
        messages.error(request, _("%(reason)s What you have written is saved.") % {"reason": refusal})
        return redirect(f"{page}{onward}")
    messages.success(request, said)
    return redirect(f"mus_workflow:{after}", dialogue_id=seat.dialogue.pk)


def wanted_before(request: HttpRequest, sheet: Sheet, more: Links = ()) -> Links:
    """What is missing when the pressed button presents the sheet, as links to where it is written; all is saved."""
    wanted = [*more, *left_in(sheet)] if request.POST.get("action") == "present" else []
    if wanted:
        messages.warning(request, _("The agreement is not presented yet. What you have written is saved."))
    return wanted


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
