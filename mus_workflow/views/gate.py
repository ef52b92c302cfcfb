"""What stands before every page of the plugin: who is it, is the form genuine, and what if it goes wrong.

One rule for everything that can go wrong with a POST: what was typed is parked, sealed, for its author, and the person
comes back to the same page with the text in it and the reason above it.
"""

from __future__ import annotations

import logging
import secrets
import traceback
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import DatabaseError, transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import redirect, render, resolve_url
from django.urls import get_resolver, get_urlconf, reverse
from django.utils import timezone
from django.utils.decorators import decorator_from_middleware
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from mus_workflow.actions.park_post import park_post, take_parked
from mus_workflow.actions.record_reading import NotRecorded
from mus_workflow.documents.retention import rule_in_words
from mus_workflow.history.opening import LockedAway
from mus_workflow.models import Erased, user_key
from mus_workflow.policies.verdict import Refused
from mus_workflow.responses import answer_too_often, answer_without_key, note_refusal, private, typed_back
from mus_workflow.sealing import MasterKeyError
from mus_workflow.throttling import TooOften
from mus_workflow.who_acts import acting_in

from .uploading import keep_off_the_disk

logger = logging.getLogger("mus_workflow.views")

View = Callable[..., HttpResponse]
AUTHOR_SALT = "mus.author"
AUTHOR_FIELD = "mus_author"
AUTHOR_HEADER = "X-Mus-Author"  # where a script posts without a form
TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)
WITHOUT_KEY = (LockedAway, MasterKeyError)
EXPECTED = (Http404, NotRecorded, *WITHOUT_KEY, *TOO_LARGE)  # answered also where a debugger would show the rest
NEVER_PARKED = frozenset({"csrfmiddlewaretoken", AUTHOR_FIELD, "password"})


def personal_page(*methods: str, returns_to: str = "") -> Callable[[View], View]:
    """Make a view one of the plugin's: for people who are logged in, never cached, and nothing typed is ever lost.

    ``returns_to`` names the dialogue's page that gives back what was typed, for a view that takes text and shows none.
    """

    def decorate(view: View) -> View:
        @sensitive_post_parameters()
        @sensitive_variables()
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated or _is_anothers_page(request):
                return _log_in_first(request)
            try:
                return view(request, *args, **kwargs)
            except TooOften as wait:
                return answer_too_often(request, wait, as_json=wants_json(request))
            except (Refused, Erased) as refusal:
                note_refusal(request, "refused")
                return _refused(request, _reason(refusal), **kwargs)

        checked = decorator_from_middleware(_KindCsrf)(require_http_methods(methods)(guarded))

        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            keep_off_the_disk(request)
            try:
                with acting_in(request):
                    response = checked(request, *args, **kwargs)
            except Exception as error:
                if settings.DEBUG and not isinstance(error, EXPECTED):
                    raise
                response = _instead(request, error)
            return private(response)

        page.mus_methods = methods  # type: ignore[attr-defined]
        page.mus_returns_to = returns_to  # type: ignore[attr-defined]
        # An action's transaction begins with a write; ATOMIC_REQUESTS would begin it with a read.
        return csrf_exempt(transaction.non_atomic_requests(page))

    return decorate


def author_token(request: HttpRequest) -> str:
    """The hidden field that says, signed, whose form this is."""
    return signing.dumps(user_key(request.user), salt=AUTHOR_SALT)


def parked_fields(request: HttpRequest) -> dict[str, list[str]] | None:
    """What this person had typed on this page before it could not be taken; None when nothing was parked."""
    try:
        parked_id = uuid.UUID(request.GET.get("parked", ""))
    except ValueError:
        return None
    return take_parked(parked_id=parked_id, by=request.user, path=request.path, at=timezone.now())


def log_in_again(request: HttpRequest, *, max_age: int) -> HttpResponse:
    """Send a person who is logged in to the login, and back to this page with what was typed.

    ``max_age`` and ``prompt`` are OpenID Connect's words: the login asks anew whoever it let in longer ago, in seconds.
    """
    return _to_login(max_age=max_age, prompt="login", next=_with_parked(request))


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, rather than a person."""
    return "application/json" in request.headers.get("Accept", "")


class _KindCsrf(CsrfViewMiddleware):
    """Django's check with another answer: the text is kept and the person tries again."""

    def _reject(self, request: HttpRequest, reason: str) -> HttpResponse:
        logger.warning("form refused on %s: %s", request.path, reason)
        if wants_json(request):
            return JsonResponse({"reason": _("The page is too old. Load it again."), "csrf": True}, status=403)
        messages.error(
            request,
            _("The form could not be taken, because it came from an old page. Your text is here: send it again."),
        )
        return redirect(_with_parked(request))


def _log_in_first(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"reason": _("You have been logged out. Log in, and your text is saved.")}, status=401)
    address = _with_parked(request) if request.method == "POST" else request.get_full_path()
    return _to_login(next=address)


def _to_login(**query: Any) -> HttpResponse:
    login = resolve_url(settings.LOGIN_URL)
    if login == "/accounts/login/" and getattr(settings, "WAGTAIL_FRONTEND_LOGIN_URL", ""):
        login = settings.WAGTAIL_FRONTEND_LOGIN_URL
    return redirect(f"{login}?{urlencode(query)}")


def _reason(refusal: Refused | Erased) -> str:
    if isinstance(refusal, Refused):
        return str(refusal)
    names = {"rule": rule_in_words(refusal.rule)}
    return _("The text was erased by the rule “%(rule)s”, so this cannot be done.") % names


def _instead(request: HttpRequest, error: Exception) -> HttpResponse:
    """What is answered in place of a page that cannot be shown."""
    if isinstance(error, TOO_LARGE):
        return _too_large(request)
    if isinstance(error, WITHOUT_KEY):
        return answer_without_key(request, error, as_json=wants_json(request))
    if isinstance(error, NotRecorded):
        return _failed(request, error, status=503)
    if isinstance(error, Http404):
        return _not_here(request, error)
    return _failed(request, error)


def _not_here(request: HttpRequest, error: Http404) -> HttpResponse:
    """The host's own page for an address without a page; it may name who is logged in, so it is private too."""
    # Where the host has i18n_patterns, LocaleMiddleware would send a stranger on to a prefixed address first. There is
    # nothing there either; asked of these addresses alone, it lets the 404 stand.
    note_refusal(request, "not there")
    handler = get_resolver(get_urlconf()).resolve_error_handler(404)
    request.urlconf = "mus_workflow.urls"
    return handler(request, exception=error)


def _refused(request: HttpRequest, reason: str, **kwargs: Any) -> HttpResponse:
    if wants_json(request):
        return JsonResponse({"reason": reason}, status=422)
    messages.error(request, reason)
    view = _view_of(request)
    has_page = "GET" in getattr(view, "mus_methods", ()) or getattr(view, "mus_returns_to", "")
    if request.method == "POST" and has_page:
        return redirect(_with_parked(request))
    if "dialogue_id" in kwargs:
        return redirect("mus_workflow:dialogue_detail", dialogue_id=kwargs["dialogue_id"])
    return redirect("mus_workflow:my_mus")


def _too_large(request: HttpRequest) -> HttpResponse:
    # It cannot be read, so it cannot be parked either; the browser still has it.
    reason = _("More was sent at once than can be taken. Go back in your browser: your text stands there. Shorten it.")
    if wants_json(request):
        return JsonResponse({"reason": reason}, status=413)
    return render(request, "mus_workflow/error.html", {"reason": reason}, status=413)


def _failed(request: HttpRequest, error: Exception, *, status: int = 500) -> HttpResponse:
    reference = secrets.token_hex(4).upper()
    # The frames without the message: an exception's message may quote what a person wrote.
    frames = "".join(traceback.format_tb(error.__traceback__))
    logger.error("error %s on %s: %s", reference, request.path, type(error).__name__)
    logger.warning("where error %s happened:\n%s", reference, frames)  # apart, for a mail's subject is the line above
    if wants_json(request):
        return JsonResponse(
            {"reason": _("Something went wrong. Your text is still here."), "reference": reference}, status=status
        )
    kept: dict[str, Any] = {}
    try:
        address = _with_parked(request) if request.method == "POST" else request.get_full_path()
    except DatabaseError:  # what failed once may fail again: then the text goes back in the page itself
        address, kept = "", typed_back(request)
    except MasterKeyError as problem:
        return answer_without_key(request, problem, as_json=False)
    context = {
        "reference": reference,
        "address": address,
        "is_kept": bool(address) and request.method == "POST",
        "is_unrecorded": isinstance(error, NotRecorded),
        **kept,
    }
    return render(request, "mus_workflow/error.html", context, status=status)


def _with_parked(request: HttpRequest) -> str:
    """This page's address, with what was typed parked for its author. Without an author nothing is kept."""
    key = _author_in(request.POST.get(AUTHOR_FIELD, ""))
    if key is None:
        return _page_of(request)
    fields = {name: request.POST.getlist(name) for name in request.POST if name not in NEVER_PARKED}
    parked = park_post(key=key, path=_page_of(request), fields=fields, at=timezone.now())
    return f"{_page_of(request)}?{urlencode({'parked': parked.pk})}"


def _author_in(token: str) -> str | None:
    try:
        return signing.loads(token, salt=AUTHOR_SALT)
    except signing.BadSignature:
        return None


def _is_anothers_page(request: HttpRequest) -> bool:
    """Whether the page that posts was made for another person than the one who has logged in since, in this browser."""
    token = request.headers.get(AUTHOR_HEADER) or request.POST.get(AUTHOR_FIELD, "")
    return request.method == "POST" and _author_in(token) not in (None, user_key(request.user))


def _page_of(request: HttpRequest) -> str:
    view = _view_of(request)
    if "GET" in getattr(view, "mus_methods", ("GET",)):
        return request.path
    match = request.resolver_match
    if match and "dialogue_id" in match.kwargs:
        name = getattr(view, "mus_returns_to", "") or "dialogue_detail"
        return reverse(f"mus_workflow:{name}", args=[match.kwargs["dialogue_id"]])
    return reverse("mus_workflow:my_mus")


def _view_of(request: HttpRequest) -> Any:
    return request.resolver_match.func if request.resolver_match else None
