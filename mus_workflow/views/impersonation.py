"""People who act under another's name: who they are, and what is closed to them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from mus_workflow.policies.acting import is_oneself

from .gate import wants_json

HIJACK_HISTORY = (
    "hijack_history"  # django-hijack: keys of those who took over an account, the first one is at the keyboard
)


def hijacker(request: HttpRequest) -> Any:
    """The user who acts under another's name with django-hijack; None where nobody does. Asks no database.

    A host with another means names a callable of its own in ``MUS["IMPERSONATOR"]``: it gets the request and returns a
    user, of whom only the primary key is read, or None.
    """
    session = getattr(request, "session", None)
    taken_over_by = session.get(HIJACK_HISTORY) if session is not None else None
    return get_user_model()(pk=taken_over_by[0]) if taken_over_by else None


def for_oneself(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Close a view of what is private to whoever acts under another's name. Stands below ``personal_page``."""

    @wraps(view)
    def closed(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        verdict = is_oneself()
        if verdict:
            return view(request, *args, **kwargs)
        if wants_json(request):
            return JsonResponse({"reason": str(verdict.reason)}, status=403)
        return render(request, "mus_workflow/error.html", {"refusal": verdict.reason}, status=403)

    return closed
