"""A form version as it applies to one dialogue: what is known of the dialogue and its people settled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import lru_cache
from typing import Any

from mus_workflow.formbuilder.conditions import Rule
from mus_workflow.formbuilder.projection import fact_terms, for_audience, met_terms, with_facts
from mus_workflow.formbuilder.shapes import Schema
from mus_workflow.models import Dialogue, Employment, ManagerRelation, Participant, Role, Unit, schema_of

NOBODYS: frozenset[str] = frozenset()


def sheet_schema(dialogue: Dialogue, form_version_id: int, *, today: date) -> Schema:
    """The form as the parties of the dialogue write it together, everybody's questions in it."""
    return with_facts(schema_of(form_version_id), met_in(dialogue, None, form_version_id, today=today))


def side_schema(dialogue: Dialogue, participant: Participant, form_version_id: int, *, today: date) -> Schema:
    """The form as one participant fills it in alone, in the language it was written in."""
    mine = for_audience(schema_of(form_version_id), participant.role)
    return with_facts(mine, met_in(dialogue, participant.role, form_version_id, today=today))


def met_in(dialogue: Dialogue, role: str | None, form_version_id: int, *, today: date) -> frozenset[str]:
    """The form's terms about facts that are met in this dialogue, for a FormKey; no query for a form without any."""
    terms = _terms(form_version_id)
    if not terms:
        return NOBODYS
    asked = {term["fact"] for term in terms.values()}
    facts = {name: find(dialogue, role, today) for name, find in FACTS.items() if name in asked}
    return met_terms(schema_of(form_version_id), facts)


def asks_facts(form_version_id: int) -> bool:
    """Whether a form's rules ask for facts of the dialogue."""
    return bool(_terms(form_version_id))


@lru_cache(maxsize=256)
def _terms(form_version_id: int) -> dict[str, Rule]:
    return fact_terms(schema_of(form_version_id))


def _employee(dialogue: Dialogue) -> Any:
    return dialogue.participants.filter(role=Role.EMPLOYEE).order_by("-joined_at").values("user")[:1]


def _reports(dialogue: Dialogue, role: str | None, today: date) -> bool:
    lines = ManagerRelation.objects.on(today).confirmed()
    return bool(lines.filter(manager__in=_employee(dialogue)).exists())


def _units(dialogue: Dialogue, role: str | None, today: date) -> frozenset[str]:
    path = dialogue.unit.path
    above = [path[: end + Unit.steplen] for end in range(0, len(path), Unit.steplen)]
    return frozenset(str(pk) for pk in Unit.objects.filter(path__in=above).values_list("pk", flat=True))


def _job_families(dialogue: Dialogue, role: str | None, today: date) -> frozenset[str]:
    found = Employment.objects.on(today).filter(user__in=_employee(dialogue)).values_list("job_family", flat=True)
    return frozenset(family for family in found if family)


FACTS: dict[str, Callable[[Dialogue, str | None, date], Any]] = {
    "ROLE": lambda dialogue, role, today: role,
    "STAGE": lambda dialogue, role, today: str(dialogue.stage),
    "REPORTS": _reports,
    "UNIT": _units,
    "JOB_FAMILY": _job_families,
}
