"""The years go by, people leave, and the rules erase."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import time_machine
from django.contrib.auth.models import Permission

from mus_workflow.actions.change_manager import appoint_manager, employ
from mus_workflow.actions.erase_expired import Erasing, erase_expired
from mus_workflow.actions.erasure_journal import Journal
from mus_workflow.actions.publish_concept import publish_concept
from mus_workflow.models import Concept, Employment, Unit
from mus_workflow.policies.retention import Due
from tests.builders import Cast, make_person
from tests.plumbing.clock import NOW

TODAY = NOW.date()
NOT_NOTED = Journal("")
A_MONTH_ON = NOW + timedelta(days=30)
YEARS_ON = NOW + timedelta(days=6 * 366)


def leave(user: Any, on: date | None = TODAY) -> None:
    """The person's last day of work; None: they are here."""
    Employment.objects.filter(user=user).update(end_date=on)


def everybody_leaves(on: date = TODAY) -> None:
    """Nobody works here any more from the next day."""
    Employment.objects.update(end_date=on)


def with_another_employee(cast: Cast, name: str = "another") -> Cast:
    """The cast, with another of the manager's people in the place of the employee."""
    user = make_person(name)
    began = TODAY - timedelta(days=500)
    employ(user=user, unit=Unit.objects.get(name="Biblioteket"), title="", start_date=began)
    appoint_manager(employee=user, manager=cast.manager, start_date=began, at=NOW - timedelta(days=500))
    return replace(cast, employee=user)


def erase(at: datetime, journal: Journal = NOT_NOTED) -> tuple[list[Due], Erasing]:
    """Run the rules at a moment: what was told of, and how the run went."""
    told: list[Due] = []
    with time_machine.travel(at, tick=False):
        run = erase_expired(at=at, journal=journal, tell=told.append)
    return told, run


def let_hold(user: Any) -> None:
    """Give the person the task of deciding on holds."""
    user.user_permissions.add(Permission.objects.get(codename="hold_dialogues"))
    for name in ("_perm_cache", "_user_perm_cache"):  # what Django remembers of a person it has been asked about
        vars(user).pop(name, None)


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
