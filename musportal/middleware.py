"""The host's own answer headers."""

from collections.abc import Callable
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse


def front_end_policy(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Send a strict Content-Security-Policy with every page outside the CMS, which has inline styles of its own."""
    policy = "; ".join(f"{name} {sources}" for name, sources in settings.CONTENT_SECURITY_POLICY.items())

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not request.path.startswith(_cms()):
            response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return middleware


@cache
def _cms() -> str:
    return reverse("wagtailadmin_home")
