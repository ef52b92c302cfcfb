"""How far the units are, in counts; nothing about a group so small that a count would be about a person.

Small groups are taken out here, before a number reaches a page: a page cannot show what it was never given.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from .conf import app_settings
from .models import Agreement, Dialogue, Employment, LedgerEntry, Meaning, Presentation, Signature, Unit
from .policies.overview import is_auditor
from .stages import BEFORE_TALK, ENDED, Stage

COUNTED_STAGES = tuple(Stage)


@dataclass(frozen=True)
class UnitCounts:
    """One unit's counts. ``employees`` None: hidden, and so is everything else about it."""

    unit_id: uuid.UUID | None
    name: str
    employees: int | None
    stages: tuple[int | None, ...] = (None,) * len(COUNTED_STAGES)
    overdue: int | None = None
    held: int | None = None
    not_held: int | None = None

    @property
    def is_hidden(self) -> bool:
        """Whether the group is too small, or would let a smaller one be computed."""
        return self.employees is None


@dataclass(frozen=True)
class Overview:
    """The units of one HR partner, in the order of the tree, and their sum (hidden when it would tell too much)."""

    units: tuple[UnitCounts, ...]
    total: UnitCounts
    minimum: int

    @property
    def has_hidden(self) -> bool:
        """Whether any unit is hidden."""
        return any(unit.is_hidden for unit in self.units)


def hr_overview(*, user: Any, today: date) -> Overview:
    """The counts of the units this person follows: four queries, however many units and dialogues there are.

    Dialogues count where they are: running ones, and those that ended in the last 12 months.
    """
    rows = _unit_counts(Unit.objects.partnered_by(user), today)
    return suppressed(rows, minimum=app_settings.MINIMUM_GROUP)


@dataclass(frozen=True)
class ControlTotals:
    """What an auditor ties a bundle to: HR's counts of the same units, none hidden, and what the evidence consists of.

    ``signatures`` is {meaning: how many}. Unlike HR's counts, the rest counts everything that was ever recorded.
    """

    units: tuple[UnitCounts, ...]
    total: UnitCounts
    dialogues: int
    agreements: int
    in_force: int
    revisions: int
    signatures: dict[str, int]
    entries: int


def control_totals(*, user: Any, unit: Unit | None, today: date) -> ControlTotals:
    """The totals of a unit with all below it, or of everything; nothing for anybody but an auditor."""
    scope = Unit.objects.all() if is_auditor(user) else Unit.objects.none()
    if unit is not None:
        scope = scope.filter(path__startswith=unit.path)
    rows = _unit_counts(scope, today)
    dialogues = Dialogue.objects.filter(unit__in=scope.values("pk"))
    agreements = Agreement.objects.filter(dialogue__in=dialogues.values("pk"))
    presented = Presentation.objects.filter(agreement__in=agreements.values("pk"))
    signed = Signature.objects.filter(agreement__in=agreements.values("pk")).order_by().values_list("meaning")
    return ControlTotals(
        units=tuple(rows),
        total=_sum(rows),
        dialogues=dialogues.count(),
        agreements=agreements.count(),
        in_force=presented.signed_by_all().order_by().values("agreement").distinct().count(),
        revisions=Agreement.history.filter(dialogue__in=dialogues.values("pk")).count(),
        signatures={str(meaning): 0 for meaning in Meaning} | dict(signed.annotate(Count("pk"))),
        entries=LedgerEntry.objects.filter(chain__in=dialogues.values("pk")).count(),
    )


def _unit_counts(scope: QuerySet[Unit], today: date) -> list[UnitCounts]:
    """One row for each unit with people or dialogues, in the order of the tree: three queries."""
    people = _employees(scope, today)
    counted = _dialogues(scope, today)
    return [
        UnitCounts(unit.pk, unit.name, people.get(unit.pk, 0), **counted.get(unit.pk, _nothing()))
        for unit in scope.order_by("path")
        if unit.pk in people or unit.pk in counted
    ]


def suppressed(rows: Sequence[UnitCounts], *, minimum: int) -> Overview:
    """The rows without those about fewer than ``minimum`` people, and without those from which they could be computed.

    A hidden row equals the sum less the rows that are shown. So where the hidden rows together are about too few
    people, the smallest row still shown is hidden too, until they are about enough, or nothing is left to show.
    """
    total = _sum(rows)
    hidden = {row.unit_id for row in rows if row.employees < minimum}
    while hidden and _people(rows, hidden) < minimum:
        shown = [row for row in rows if row.unit_id not in hidden]
        if not shown:
            break
        hidden.add(min(shown, key=lambda row: (row.employees, str(row.unit_id))).unit_id)
    if total.employees < minimum:
        total = UnitCounts(None, "", None)
    units = tuple(UnitCounts(row.unit_id, row.name, None) if row.unit_id in hidden else row for row in rows)
    return Overview(units, total, minimum)


def _people(rows: Iterable[UnitCounts], keys: set[uuid.UUID | None]) -> int:
    return sum(row.employees or 0 for row in rows if row.unit_id in keys)


def _sum(rows: Sequence[UnitCounts]) -> UnitCounts:
    names = ("employees", "overdue", "held", "not_held")
    sums = {name: sum(getattr(row, name) or 0 for row in rows) for name in names}
    stages = tuple(sum(row.stages[place] or 0 for row in rows) for place in range(len(COUNTED_STAGES)))
    return replace(UnitCounts(None, "", 0), stages=stages, **sums)


def _employees(scope: QuerySet[Unit], today: date) -> dict[uuid.UUID, int]:
    there = Employment.objects.on(today).filter(unit__in=scope.values("pk"))
    return dict(there.values_list("unit").annotate(Count("user", distinct=True)))


def _nothing() -> dict[str, Any]:
    return {"stages": (0,) * len(COUNTED_STAGES), "overdue": 0, "held": 0, "not_held": 0}


def _dialogues(scope: QuerySet[Unit], today: date) -> dict[uuid.UUID, dict[str, Any]]:
    since = _start_of(_a_year_before(today))
    recent = Q(stage_since__gte=since)
    stages = {
        f"stage_{stage}": Count("pk", filter=Q(stage=stage) & (recent if stage in ENDED else Q()))
        for stage in COUNTED_STAGES
    }
    rows = (
        Dialogue.objects.filter(unit__in=scope.values("pk"))
        .filter(~Q(stage__in=ENDED) | recent | Q(held_at__gte=since))
        .values("unit")
        .annotate(
            overdue=Count("pk", filter=Q(stage__in=BEFORE_TALK, due_date__lt=today)),
            held=Count("pk", filter=Q(held_at__gte=since) & ~Q(stage=Stage.NOT_HELD)),
            not_held=Count("pk", filter=Q(stage=Stage.NOT_HELD) & recent),
            **stages,
        )
        .order_by()
    )
    return {
        row["unit"]: {
            "stages": tuple(row[f"stage_{stage}"] for stage in COUNTED_STAGES),
            **{name: row[name] for name in ("overdue", "held", "not_held")},
        }
        for row in rows
    }


def _a_year_before(today: date) -> date:
    if (today.month, today.day) == (2, 29):  # has no namesake in the year before
        return date(today.year - 1, 3, 1)
    return today.replace(year=today.year - 1)


def _start_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
