"""How far a long command is, for whoever watches it."""

from __future__ import annotations

from collections.abc import Callable

from django.core.management.base import OutputWrapper

WIDTH = 30


def progress_bar(stderr: OutputWrapper) -> Callable[[int, int], None] | None:
    """A function of (done, of) that draws a bar in one line of a terminal; None where nobody watches."""
    if not stderr.isatty():
        return None

    def show(done: int, of: int) -> None:
        filled = WIDTH * done // of if of else WIDTH
        stderr.write(f"\r[{'#' * filled}{'.' * (WIDTH - filled)}] {done}/{of}", ending="\n" if done >= of else "")
        stderr.flush()

    return show
