"""An answer with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


class Refused(Exception):
    """A person may not do this now. ``str()`` of it is the reason, in plain words of the active language."""

    def __init__(self, reason: str | Promise) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return str(self.reason)


@dataclass(frozen=True)
class Verdict:
    """Truthy when allowed; otherwise it says why not. The same words serve button, message and test."""

    allowed: bool
    reason: str | Promise = ""

    def __bool__(self) -> bool:
        return self.allowed

    def or_refuse(self) -> None:
        """Raise Refused with the reason unless allowed."""
        if not self.allowed:
            raise Refused(self.reason)


YES = Verdict(True)


def no(reason: str | Promise) -> Verdict:
    """Not allowed, because."""
    return Verdict(False, reason)


def first_no(*conditions: tuple[Any, str | Promise]) -> Verdict:
    """Allowed when every condition holds; otherwise the reason that stands beside the first that does not."""
    for holds, reason in conditions:
        if not holds:
            return no(reason)
    return YES
