"""Who is at the keyboard, for what is written deep below the request: the person behind a mask is named too."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(frozen=True)
class Acting:
    """Keys of users as text. ``user``: who is logged in. ``real``: who acts under that name, empty when it is them."""

    user: str = ""
    real: str = ""


NOBODY = Acting()
_acting: ContextVar[Acting] = ContextVar("mus_acting", default=NOBODY)


def who_acts() -> Acting:
    """Who acts in this request; NOBODY outside of one, such as in a command."""
    return _acting.get()


@contextmanager
def acting_as(acting: Acting) -> Iterator[None]:
    """Until the end of the block, this is who acts."""
    token = _acting.set(acting)
    try:
        yield
    finally:
        _acting.reset(token)
