"""What every page of the intranet knows."""

from django.conf import settings
from django.http import HttpRequest


def organisation(request: HttpRequest) -> dict[str, str]:
    """The organisation's name, for the header."""
    return {"organisation_name": settings.ORGANISATION_NAME}
