"""Who acts in the host's own requests: the evidence of a changed password needs it."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from .who_acts import acting_in


class WhoActs:
    """Say who acts for as long as a request lasts. It may stand anywhere in ``MIDDLEWARE``, and asks nothing itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; whatever is recorded meanwhile is by the person who sent it."""
        with acting_in(request):
            return self.get_response(request)
