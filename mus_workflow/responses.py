"""Answers that the pages of the plugin and the auditor's section have in common."""

from __future__ import annotations

import logging
import re
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from mus_workflow.models import user_key
from mus_workflow.throttling import TooOften

logger = logging.getLogger("mus_workflow.views")

NEVER_GIVEN_BACK = frozenset({"csrfmiddlewaretoken", "password"})
# What a form carries besides words: ids, versions, marks, choices and switches.
NO_WORDS = re.compile(r"[0-9a-f-]{32,36}|[A-Z_]+|yes|no|on|\d*|\{.*\}|\d{4}-\d\d-\d\d", re.DOTALL)
CARRIED = frozenset({"mus_author", "version", "form", "request", "seen", "action", "go", "part", "listed"})


def private(response: HttpResponse) -> HttpResponse:
    """The answer as one that is for one person: no cache keeps it, and no other site hears of its address."""
    response["Cache-Control"] = "private, no-store"
    response["Referrer-Policy"] = "same-origin"
    response["X-Content-Type-Options"] = "nosniff"
    patch_vary_headers(response, ["Cookie"])
    return response


def note_refusal(request: HttpRequest, answer: str) -> None:
    """Log that a person was refused something: who, by which method, where.

    ``answer`` is "refused", "too often" or "not there". The reason stays out, because it may name somebody, as does
    what was sent.
    """
    user: Any = request.user
    logger.warning("%s: %s %s by user %s", answer, request.method, request.path, user_key(user))


def answer_without_key(request: HttpRequest, problem: Exception, *, as_json: bool = False) -> HttpResponse:
    """503, where words cannot be opened or sealed because a master key is missing or is another one.

    Parking what was typed needs a key too, so it goes back in the answer itself: to read, to copy, and to send again.
    ``problem`` names the master key, and is for the log only.
    """
    reference = secrets.token_hex(4).upper()
    logger.error("error %s on %s: %s", reference, request.path, problem)
    if as_json:
        reason = _("What you write cannot be saved just now: a key is missing on the server. Leave this page open.")
        return JsonResponse({"reason": reason, "reference": reference}, status=503)
    context = {"is_without_key": True, "reference": reference, **typed_back(request)}
    return render(request, "mus_workflow/error.html", context, status=503)


def answer_too_often(request: HttpRequest, wait: TooOften, *, as_json: bool = False) -> HttpResponse:
    """429, with when the person can ask again."""
    note_refusal(request, "too often")
    if as_json:
        response: HttpResponse = JsonResponse({"reason": str(wait)}, status=429)
    else:
        response = render(request, "mus_workflow/error.html", {"wait": str(wait)}, status=429)
    response["Retry-After"] = str(wait.seconds)
    return response


def typed_back(request: HttpRequest) -> dict[str, Any]:
    """What was sent, for a page that gives it back because it could not be kept on the server."""
    return {"texts": _words_in(request), "sent": _sent_in(request), "address": request.get_full_path()}


def _words_in(request: HttpRequest) -> list[str]:
    """What was typed, as far as it is words."""
    return [
        value
        for name, values in request.POST.lists()
        for value in values
        if name not in NEVER_GIVEN_BACK | CARRIED and not NO_WORDS.fullmatch(value.strip())
    ]


def _sent_in(request: HttpRequest) -> list[tuple[str, str]]:
    """The whole form, to send again."""
    return [(name, one) for name, values in request.POST.lists() for one in values if name not in NEVER_GIVEN_BACK]
