"""A fresh token for a page that has stood open for long."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token

from .gate import personal_page


@personal_page("GET")
def csrf_token(request: HttpRequest) -> HttpResponse:
    """The token that the next save must carry, after a login in another window."""
    return JsonResponse({"token": get_token(request)})
