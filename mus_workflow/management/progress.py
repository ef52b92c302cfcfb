"""How far a long command is, for whoever watches it."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.core.management.base import OutputWrapper

WIDTH = 30


def progress_bar(
    stderr: OutputWrapper, clock: Callable[[], float] = time.monotonic
) -> Callable[[int, int], None] | None:
    """A function of (done, of) that draws a bar in one line of a terminal; None where nobody watches.

    Beside the bar it tells how long the rest will take, if it goes on as it went so far.
    """
    if not stderr.isatty():
        return None
    begun = clock()

    def show(done: int, of: int) -> None:
        filled = WIDTH * done // of if of else WIDTH
        left = (clock() - begun) * (of - done) / done if done else 0
        bar = f"\r[{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{of} {_minutes(left)}"
        stderr.write(bar, ending="\n" if done >= of else "")
        stderr.flush()

    return show


def _minutes(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"
