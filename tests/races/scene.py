"""The stage on which races are run: one cast, and a dialogue of one employee after the other with the same manager."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date, timedelta

from django.core.management import call_command

from mus_workflow.actions.change_manager import appoint_manager, employ
from mus_workflow.models import Dialogue, Unit
from mus_workflow.stages import Stage
from tests.builders import Cast, make_cast, make_dialogue, make_person
from tests.plumbing.clock import NOW


def build() -> None:
    """Migrate, and make one dialogue in its talk and several that wait for signatures."""
    call_command("migrate", verbosity=0)
    cast = make_cast()
    make_dialogue(cast, Stage.TALK)
    for number in range(int(os.environ["SIGNERS"])):
        make_dialogue(replace(cast, employee=make_employee(cast, number)), Stage.SIGN_OFF)


def make_employee(cast: Cast, number: int) -> object:
    employee = make_person(f"employee{number}")
    employ(user=employee, unit=Unit.objects.get(name="Biblioteket"), title="", start_date=date(2024, 2, 1))
    began = NOW - timedelta(days=90)
    appoint_manager(employee=employee, manager=cast.manager, start_date=began.date(), at=began)
    return employee


def talk() -> Dialogue:
    return Dialogue.objects.get(stage=Stage.TALK)


def waiting() -> list[Dialogue]:
    return list(Dialogue.objects.filter(stage=Stage.SIGN_OFF).order_by("pk"))
