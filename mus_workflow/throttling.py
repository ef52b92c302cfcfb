"""How often a person may ask for what is costly to make. It is counted in the cache that all processes share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import ceil
from typing import Any

from django.core.cache import cache
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _

from .models import user_key


class TooOften(Exception):
    """The person has asked for this too often just now. ``str()`` of it says when they can again, in plain words."""

    def __init__(self, until: float) -> None:
        super().__init__(until)
        self.until = until

    def __str__(self) -> str:
        # To the next whole minute: at the time that is named it can be done.
        again = datetime.fromtimestamp(self.until, UTC) + timedelta(seconds=59)
        reason = _("This takes the server some work, and you have asked for it often just now. Ask again at %(time)s.")
        return reason % {"time": time_format(timezone.localtime(again).time(), "TIME_FORMAT")}

    @property
    def seconds(self) -> int:
        """How long to wait."""
        return max(1, ceil(self.until - _now()))


def throttle(what: str, user: Any, *, most: int, seconds: int) -> None:
    """Count this request, before its work is done. Raises TooOften after ``most`` within ``seconds`` of the first."""
    key = f"mus-{what}-{user_key(user)}"
    until = _now() + seconds
    if not cache.add(key, until, seconds):
        until = cache.get(key, until)
    counter = f"{key}-{until:.0f}"
    cache.add(counter, 0, seconds)
    try:
        count = cache.incr(counter)
    except ValueError:  # the window ended just now, or this cache keeps nothing: see the check mus.W003
        return
    cache.touch(counter, seconds)  # some caches forget how long a number was to be kept when they add to it
    if count > most:
        raise TooOften(until)


def _now() -> float:
    return timezone.now().timestamp()
