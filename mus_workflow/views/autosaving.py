"""Between a script that saves what is typed and the actions: what it sends, and what it is answered."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mus_workflow.actions.save_draft import Saved
from mus_workflow.documents.merge import Conflict
from mus_workflow.formbuilder.fields import Asked
from mus_workflow.formbuilder.shapes import Json, Question, Schema
from mus_workflow.forms.agreement import as_typed

LONGEST_REQUEST_ID = 64
HIGHEST_VERSION = 2**31 - 1
NUMBER = re.compile(r"\d{1,9}", re.ASCII)


class BadSave(ValueError):
    """The body is not one that our own page sends."""


@dataclass(frozen=True)
class Sent:
    """One save as the script sends it: what changed since ``base``, by key. ``form`` is the page's form version."""

    request: str
    base: int
    answers: Mapping[str, Json]
    sharing: Mapping[str, bool]
    confirmed: Mapping[str, bool]
    form: str = ""


def number_in(written: Any) -> int:
    """The number that a page sent. 0 for anything else, and for one that no page of ours would send."""
    return int(written) if NUMBER.fullmatch(str(written or "")) else 0


def read_sent(request: HttpRequest) -> Sent:
    """The save in the request's body, its shape checked. Raises BadSave."""
    # A form's body has been read as fields before it comes here.
    if request.content_type != "application/json":
        raise BadSave
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadSave from error
    if not isinstance(body, dict):
        raise BadSave
    sent = Sent(
        request=body.get("request", ""),
        base=body.get("version"),
        answers=body.get("answers", {}),
        sharing=body.get("shared", {}),
        confirmed=body.get("confirmed", {}),
        form=body.get("form", ""),
    )
    if not _is_well_formed(sent):
        raise BadSave
    return sent


def saved_answer(
    saved: Saved,
    *,
    schema: Schema,
    kept: Iterable[str],
    errors: Mapping[str, list[str]],
    by: Mapping[str, str],
    told: Mapping[str, Any],
) -> JsonResponse:
    """What the script is told: 200, or 409 with both texts of each conflict.

    ``kept`` are the keys that were sent and valid, ``by`` the names of writers by participant id, ``told`` what else
    the page shows after a save.
    """
    refused = {conflict.key for conflict in saved.conflicts}
    answer: dict[str, Any] = {
        "version": saved.version,
        "saved_at": clock(saved.at),
        "saved": [key for key in kept if key not in refused],
        "errors": dict(errors),
        **told,
    }
    if not saved.conflicts:
        return JsonResponse(answer)
    asked = Asked(schema)
    answer["conflicts"] = [_told(conflict, asked.at(conflict.key), by) for conflict in saved.conflicts]
    return JsonResponse(answer, status=409)


def bad_save() -> JsonResponse:
    """The answer to a body that no page of ours sends."""
    return JsonResponse({"reason": _("This page is too old to save from. Load it again.")}, status=400)


def clock(at: datetime | None) -> str:
    """The time of day, as the viewer writes it."""
    return date_format(timezone.localtime(at), "TIME_FORMAT") if at else ""


def _told(conflict: Conflict, question: Question, by: Mapping[str, str]) -> dict[str, Json]:
    """Both texts as the page's controls hold them, so that a script can compare them and put one back."""
    return {
        "id": conflict.key,
        "mine": as_typed(question, conflict.mine),
        "theirs": as_typed(question, conflict.theirs),
        "by": by.get(conflict.by, ""),
        "at": clock(datetime.fromisoformat(conflict.at)) if conflict.at else "",
        "version": conflict.version,
    }


def _is_well_formed(sent: Sent) -> bool:
    is_named = isinstance(sent.request, str) and 0 < len(sent.request) <= LONGEST_REQUEST_ID
    is_based = type(sent.base) is int and 0 <= sent.base <= HIGHEST_VERSION
    switches = (sent.sharing, sent.confirmed)
    if not (is_named and is_based and all(isinstance(one, dict) for one in (sent.answers, *switches))):
        return False
    return isinstance(sent.form, str) and all(isinstance(on, bool) for one in switches for on in one.values())
