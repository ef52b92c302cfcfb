"""Proof that the person at the keyboard is the one who logged in, just before signing."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from mus_workflow.conf import app_settings
from mus_workflow.models import user_key
from mus_workflow.policies.verdict import Refused

WINDOW_SECONDS = 15 * 60
CLOCKS_DIFFER_SECONDS = 60  # how far ahead of ours the clock of a single sign-on may be
AUTH_TIME = "auth_time"  # the claim of OpenID Connect, where the host keeps it in the session: seconds since 1970
LOGGED_IN_AT = "mus_logged_in_at"


class LogInAgain(Exception):
    """The person must log in anew before this. Any callable that ``REAUTHENTICATE`` names may raise it."""


def require_presence(request: HttpRequest, password: str) -> str:
    """Check that the person is present, by the means the settings name; return the name of the method.

    Raises Refused after a wrong password, and for a while after too many of them, and LogInAgain.
    """
    key = f"mus-presence-{user_key(request.user)}"
    if not _may_try(key):
        raise Refused(_("Too many attempts. Wait a quarter of an hour and try again."))
    if not import_string(app_settings.REAUTHENTICATE)(request, password):
        raise Refused(_("The password is not right. Nothing has been signed."))
    cache.delete(key)
    return "password" if app_settings.REAUTHENTICATE.endswith("check_password") else "sso"


def check_password(request: HttpRequest, password: str) -> bool:
    """The default means: the person's own password."""
    return bool(password) and request.user.check_password(password)


def recent_login(request: HttpRequest, password: str) -> bool:
    """Means for single sign-on: a login at most ``PRESENCE_SECONDS`` old. Raises LogInAgain after that.

    Where the host keeps the claim ``auth_time`` in the session, that is when the person logged in; otherwise it is when
    Django was told.
    """
    at = request.session.get(AUTH_TIME, request.session.get(LOGGED_IN_AT))
    if not isinstance(at, int | float):
        raise LogInAgain
    if not -CLOCKS_DIFFER_SECONDS <= timezone.now().timestamp() - at <= app_settings.PRESENCE_SECONDS:
        raise LogInAgain
    return True


def note_login(sender: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Keep in the session when the person logged in."""
    if request is not None and hasattr(request, "session"):
        request.session[LOGGED_IN_AT] = int(timezone.now().timestamp())


def connect() -> None:
    """Hear of every login of the host."""
    user_logged_in.connect(note_login, dispatch_uid="mus_note_login")


def _may_try(key: str) -> bool:
    """Count this attempt before its outcome is known, so that many sent at once all count."""
    allowed = app_settings.REAUTHENTICATION_ATTEMPTS
    cache.add(key, 0, WINDOW_SECONDS)
    if cache.get(key, 0) >= allowed:
        return False
    try:
        attempt = cache.incr(key)
    except ValueError:  # the window ended just now, or this cache keeps nothing: see the check mus.W003
        return True
    cache.touch(key, WINDOW_SECONDS)  # some caches forget how long a number was to be kept when they add to it
    return attempt <= allowed
