"""The years go by, people leave, and the rules erase."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import time_machine

from mus_workflow.actions.erase_expired import Erasing, erase_expired
from mus_workflow.actions.erasure_journal import Journal
from mus_workflow.actions.publish_concept import publish_concept
from mus_workflow.models import Concept, Employment
from mus_workflow.policies.retention import Due
from tests.plumbing.clock import NOW

TODAY = NOW.date()
NOT_NOTED = Journal("")
A_MONTH_ON = NOW + timedelta(days=30)
YEARS_ON = NOW + timedelta(days=6 * 366)


def leave(user: Any, on: date | None = TODAY) -> None:
    """The person's last day of work; None: they are here."""
    Employment.objects.filter(user=user).update(end_date=on)


def erase(at: datetime, journal: Journal = NOT_NOTED) -> tuple[list[Due], Erasing]:
    """Run the rules at a moment: what was told of, and how the run went."""
    told: list[Due] = []
    with time_machine.travel(at, tick=False):
        run = erase_expired(at=at, journal=journal, tell=told.append)
    return told, run


@contextmanager
def years_on(at: datetime = YEARS_ON) -> Iterator[datetime]:
    """Until the end of the block, it is that day."""
    with time_machine.travel(at, tick=False):
        yield at


def rules(**changed: Any) -> None:
    """Change the concept and publish it: today's rules."""
    concept = Concept.objects.get()
    for name, value in changed.items():
        setattr(concept, name, value)
    concept.save()
    publish_concept(concept=concept, by=None, at=NOW)
