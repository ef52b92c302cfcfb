"""The host's own answer headers."""

from collections.abc import Callable, Mapping
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse


def front_end_policy(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Send a Content-Security-Policy with every answer: a strict one outside the CMS, which has inlines of its own."""
    strict, cms = _policy(settings.CONTENT_SECURITY_POLICY), _policy(settings.CMS_CONTENT_SECURITY_POLICY)

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        policy = cms if request.path.startswith(_cms()) else strict
        response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return middleware


def _policy(directives: Mapping[str, str]) -> str:
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


@cache
def _cms() -> str:
    return reverse("wagtailadmin_home")
