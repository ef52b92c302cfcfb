"""Who is at the keyboard, for what is written deep below the request: the person behind a mask is named too."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.http import HttpRequest
from django.utils.module_loading import import_string

from .conf import app_settings


@dataclass(frozen=True)
class Acting:
    """Keys of users as text. ``user``: who is logged in. ``real``: who acts under that name, empty when it is them.

    ``in_request``: whether there is a request at all. In one where nobody is logged in both keys are empty.
    """

    user: str = ""
    real: str = ""
    in_request: bool = False


NOBODY = Acting()
_acting: ContextVar[Callable[[], Acting]] = ContextVar("mus_acting", default=lambda: NOBODY)


def who_acts() -> Acting:
    """Who acts in this request; NOBODY outside of one, such as in a command."""
    return _acting.get()()


@contextmanager
def acting_as(acting: Acting) -> Iterator[None]:
    """Until the end of the block, this is who acts."""
    with _asked_of(lambda: acting):
        yield


@contextmanager
def acting_in(request: HttpRequest) -> Iterator[None]:
    """Until the end of the block, it is who acts in this request.

    It is looked up when it is asked for, so that a page that does not ask does not pay, and a login in between counts.
    """
    with _asked_of(partial(_in_request, request)):
        yield


@contextmanager
def _asked_of(answer: Callable[[], Acting]) -> Iterator[None]:
    token = _acting.set(answer)
    try:
        yield
    finally:
        _acting.reset(token)


def _in_request(request: HttpRequest) -> Acting:
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return Acting(in_request=True)
    key, real = str(user.pk), _key_of(import_string(app_settings.IMPERSONATOR)(request))
    return Acting(user=key, real="" if real == key else real, in_request=True)


def _key_of(user: Any) -> str:
    return "" if user is None else str(user.pk)
