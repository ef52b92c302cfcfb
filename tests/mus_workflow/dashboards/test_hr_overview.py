"""HR's counts: right, few queries, and nothing about a group so small that it is a person."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mus_workflow.actions.change_manager import appoint_manager, employ
from mus_workflow.dashboards import COUNTED_STAGES, Overview, UnitCounts, hr_overview, suppressed
from mus_workflow.models import Dialogue, Employment, HrPartner, Unit
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, make_person, make_unit
from tests.plumbing.clock import NOW

TODAY = NOW.date()


def row(name: str, employees: int, **more: int) -> UnitCounts:
    stages = (employees,) + (0,) * (len(COUNTED_STAGES) - 1)
    return UnitCounts(uuid.uuid5(uuid.NAMESPACE_OID, name), name, employees, stages, 0, more.get("held", 0), 0)


def hidden(overview: Overview) -> set[str]:
    return {unit.name for unit in overview.units if unit.is_hidden}


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ({"A": 5, "B": 9}, set()),
        ({"A": 4, "B": 9, "C": 20}, {"A", "B"}),
        ({"A": 4, "B": 20, "C": 9}, {"A", "C"}),
        ({"A": 2, "B": 3, "C": 20}, {"A", "B"}),
        ({"A": 1, "B": 3, "C": 20}, {"A", "B", "C"}),
        ({"A": 0, "B": 7, "C": 20}, {"A", "B"}),
        ({"A": 4}, {"A"}),
        ({}, set()),
    ],
)
def test_a_small_unit_is_hidden_with_what_it_could_be_computed_from(sizes: dict[str, int], expected: set[str]) -> None:
    overview = suppressed([row(name, size) for name, size in sizes.items()], minimum=5)
    assert hidden(overview) == expected


def test_no_hidden_group_smaller_than_the_minimum_can_be_computed() -> None:
    for first in range(12):
        for second in range(12):
            for third in range(12):
                sizes = {"A": first, "B": second, "C": third}
                overview = suppressed([row(name, size) for name, size in sizes.items()], minimum=5)
                of_hidden = sum(sizes[name] for name in hidden(overview))
                if hidden(overview) and not overview.total.is_hidden:
                    assert of_hidden >= 5, sizes


def test_a_hidden_unit_says_nothing_at_all() -> None:
    (unit,) = suppressed([row("A", 3, held=2)], minimum=5).units
    assert unit == UnitCounts(unit.unit_id, "A", None)
    assert unit.stages == (None,) * len(COUNTED_STAGES)


def test_the_sum_of_too_few_people_is_hidden() -> None:
    overview = suppressed([row("A", 2), row("B", 2)], minimum=5)
    assert overview.total.is_hidden


def staff(cast: Cast, unit: Unit, count: int, prefix: str) -> list[Any]:
    """People of the manager in a unit."""
    people = [make_person(f"{prefix}{number}", prefix, str(number)) for number in range(count)]
    for person in people:
        employ(user=person, unit=unit, title="", start_date=NOW.date() - timedelta(days=30))
        appoint_manager(employee=person, manager=cast.manager, start_date=TODAY - timedelta(days=30), at=NOW)
    return people


def unit_of(cast: Cast) -> Unit:
    return Employment.objects.get(user=cast.employee).unit


def follow_one(cast: Cast) -> None:
    """HR follows the library alone: beside the archive's one employee it would be hidden."""
    HrPartner.objects.filter(user=cast.hr).update(unit=unit_of(cast))


def counts(cast: Cast) -> dict[str, UnitCounts]:
    return {unit.name: unit for unit in hr_overview(user=cast.hr, today=TODAY).units}


@pytest.mark.django_db
def test_dialogues_are_counted_by_unit_and_step(cast: Cast) -> None:
    follow_one(cast)
    people = staff(cast, unit_of(cast), 4, "p")
    make_dialogue(cast, Stage.FOLLOW_UP)
    make_dialogue(replace(cast, employee=people[0]), Stage.INVITED)
    make_dialogue(replace(cast, employee=people[1]), Stage.NOT_HELD)
    late = make_dialogue(replace(cast, employee=people[2]), Stage.PLANNED)
    Dialogue.objects.filter(pk=late.pk).update(due_date=TODAY - timedelta(days=1))
    library = counts(cast)["Biblioteket"]
    told = dict(zip(COUNTED_STAGES, library.stages, strict=True))
    assert library.employees == 6
    assert {stage: count for stage, count in told.items() if count} == {
        Stage.PLANNED: 1,
        Stage.INVITED: 1,
        Stage.FOLLOW_UP: 1,
        Stage.NOT_HELD: 1,
    }
    assert (library.overdue, library.held, library.not_held) == (1, 1, 1)


@pytest.mark.django_db
def test_what_ended_more_than_a_year_ago_is_not_counted(cast: Cast) -> None:
    follow_one(cast)
    staff(cast, unit_of(cast), 4, "p")
    old = make_dialogue(cast, Stage.CLOSED)
    assert counts(cast)["Biblioteket"].held == 1
    long_ago = NOW - timedelta(days=370)
    Dialogue.objects.filter(pk=old.pk).update(stage_since=long_ago, held_at=long_ago)
    library = counts(cast)["Biblioteket"]
    assert (library.held, sum(library.stages)) == (0, 0)


@pytest.mark.django_db
def test_only_the_units_that_hr_follows_are_counted(cast: Cast) -> None:
    elsewhere = make_unit("Et andet hus")
    staff(cast, elsewhere, 9, "e")
    staff(cast, unit_of(cast), 9, "p")
    assert "Et andet hus" not in counts(cast)
    follow_one(cast)
    assert set(counts(cast)) == {"Biblioteket"}


@pytest.mark.django_db
def test_the_counts_take_four_queries_however_many_units_there_are(cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            hr_overview(user=cast.hr, today=TODAY)
        return len(captured)

    staff(cast, unit_of(cast), 6, "p")
    before = queries()
    house = Unit.objects.get(name="Borgernes Hus")
    for number in range(18):
        staff(cast, make_unit(f"Enhed {number}", Unit.objects.get(pk=house.pk)), 1, f"u{number}-")
    assert queries() == before <= 4


@pytest.mark.django_db
def test_the_minimum_is_a_setting(cast: Cast, settings: Any) -> None:
    settings.MUS = {**settings.MUS, "MINIMUM_GROUP": 1}
    assert not hr_overview(user=cast.hr, today=TODAY).has_hidden
    settings.MUS = {**settings.MUS, "MINIMUM_GROUP": 5}
    assert hr_overview(user=cast.hr, today=TODAY).has_hidden
