"""How many dialogues each change of a form touches: counts, and nothing of whose they are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from mus_workflow.formbuilder.impact import Change, impact
from mus_workflow.formbuilder.shapes import Schema
from mus_workflow.models import (
    DialogueForm,
    FollowUp,
    FormDefinition,
    FormVersion,
    Presentation,
    Purpose,
    Role,
    SharedPreparation,
)
from mus_workflow.stages import ENDED, Stage

Found = Mapping[int, Counter[str]]


@dataclass(frozen=True)
class Touched:
    """Dialogues by where they stand. ``fixed`` ones run and can move no more: shared, presented, followed up."""

    planned: int = 0
    open: int = 0
    fixed: int = 0
    finished: int = 0


def touched_by(form: FormDefinition, changes: Iterable[Change], new: Schema) -> dict[str, Touched]:
    """By key of a change, how many dialogues began under a version that it changes; two queries."""
    found = _counted(form)
    versions = FormVersion.objects.filter(pk__in=found).values_list("pk", "schema")
    changed = {pk: {change.key for change in impact(schema, new)} for pk, schema in versions}
    keys = [change.key for change in changes]
    sums = {key: sum((found[pk] for pk in found if key in changed[pk]), Counter()) for key in keys}
    return {key: Touched(**sums[key]) for key in keys}


def _counted(form: FormDefinition) -> Found:
    """{version: how many dialogues stand where}. They are counted under the version they began with: which of them has
    been opened since is nobody's to see."""
    rows = (
        DialogueForm.objects.filter(form_version__form=form)
        .annotate(fixed=_is_fixed())
        .values_list("form_version", "dialogue__stage", "fixed")
        .annotate(count=Count("pk"))
        .order_by()
    )
    found: dict[int, Counter[str]] = defaultdict(Counter)
    for version, stage, fixed, count in rows:
        found[version][_where(stage, is_fixed=fixed)] += count
    return found


def _where(stage: str, *, is_fixed: bool) -> str:
    if stage in ENDED:
        return "finished"
    if stage == Stage.PLANNED:
        return "planned"
    return "fixed" if is_fixed else "open"


def _is_fixed() -> Q:
    here = OuterRef("dialogue")
    shared = SharedPreparation.objects.filter(preparation__participant__dialogue=here)
    by_role = {
        Purpose.EMPLOYEE_PREPARATION: shared.filter(preparation__participant__role=Role.EMPLOYEE),
        Purpose.MANAGER_PREPARATION: shared.filter(preparation__participant__role=Role.MANAGER),
        Purpose.AGREEMENT: Presentation.objects.filter(agreement__dialogue=here),
        Purpose.FOLLOW_UP: FollowUp.objects.filter(dialogue=here),
    }
    found = Q(pk__in=[])
    for purpose, rows in by_role.items():
        found |= Q(purpose=purpose) & Q(Exists(rows))
    return found
