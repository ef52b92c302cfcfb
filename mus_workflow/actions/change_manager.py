"""Who works where, and who is whose manager."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from mus_workflow.models import (
    Dialogue,
    DialogueForm,
    Employment,
    Event,
    ManagerRelation,
    Participant,
    Purpose,
    Role,
    Unit,
    person_name,
    relations_chain,
    user_key,
)
from mus_workflow.notifications import after_commit, send_notice
from mus_workflow.policies.managers import can_confirm_manager, can_propose_manager
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import ENDED

from .frame import locked, record_event, record_outside
from .plan_dialogue import add_participant, part_told


@transaction.atomic
def employ(*, user: Any, unit: Unit, title: str, start_date: date) -> Employment:
    """Register a person's work in a unit, from a source the organisation trusts."""
    return Employment.objects.create(user=user, unit=unit, title=title, start_date=start_date)


@transaction.atomic
def appoint_manager(*, employee: Any, manager: Any, start_date: date, at: datetime) -> ManagerRelation:
    """Register a reporting line from a source the organisation trusts, such as the import of people."""
    relation = ManagerRelation.objects.create(
        employee=employee, manager=manager, start_date=start_date, confirmed_at=at, confirmed_by_key="source"
    )
    _record(relation, by=None, at=at)
    return relation


@transaction.atomic
def propose_manager(
    *, employment: Employment, manager: Any, start_date: date, by: Any, at: datetime
) -> ManagerRelation:
    """Propose another manager. Nobody gains access until a second person confirms."""
    # The write that locks comes first.
    Employment.objects.filter(pk=employment.pk).update(start_date=F("start_date"))
    can_propose_manager(user=by, employment=employment).or_refuse()
    if manager.pk == employment.user_id:
        raise Refused(_("Nobody is their own manager."))
    relation = ManagerRelation.objects.create(
        employee=employment.user, manager=manager, start_date=start_date, made_by_key=user_key(by)
    )
    _record(relation, by=by, at=at)
    return relation


@transaction.atomic
def confirm_manager(*, relation_id: uuid.UUID, by: Any, at: datetime) -> ManagerRelation:
    """Confirm a proposed manager: the former line ends, and the employee's dialogues are handed over, ended ones too.

    The new manager sees the agreements and prepares anew; preparations never follow. The former one sees none of them.
    """
    # The write that locks comes first.
    ManagerRelation.objects.filter(pk=relation_id).update(start_date=F("start_date"))
    relation = ManagerRelation.objects.get(pk=relation_id)
    can_confirm_manager(user=by, relation=relation).or_refuse()
    former = ManagerRelation.objects.confirmed().filter(employee=relation.employee_id, end_date=None)
    for line in former.exclude(pk=relation.pk):
        line.end_date = max(line.start_date, relation.start_date - timedelta(days=1))
        line.save()
    relation.confirmed_at, relation.confirmed_by_key = at, user_key(by)
    relation.save()
    _record(relation, by=by, at=at)
    theirs = Dialogue.objects.filter(participants__user=relation.employee_id, participants__role=Role.EMPLOYEE)
    # The newest first, as every action does that locks two dialogues of a person.
    for dialogue_id in list(theirs.order_by("-created_at").values_list("pk", flat=True)):
        _hand_over(dialogue_id, relation, by=by, at=at)
    return relation


def _hand_over(dialogue_id: uuid.UUID, relation: ManagerRelation, *, by: Any, at: datetime) -> None:
    with locked(dialogue_id) as dialogue:
        present = dialogue.participants.present().filter(role=Role.MANAGER)
        if present.filter(user=relation.manager_id).exists():
            return
        for leaving in present:
            leaving.left_at = at
            leaving.save()
        form = DialogueForm.objects.select_related("form_version").get(
            dialogue=dialogue, purpose=Purpose.MANAGER_PREPARATION
        )
        joined = add_participant(
            dialogue=dialogue, user=relation.manager, role=Role.MANAGER, form_version=form.form_version, at=at
        )
        record_event(
            dialogue=dialogue,
            event=Event.ROLE_CHANGED,
            obj=joined,
            payload={**part_told(joined), "by_name": person_name(by)},
            by=by,
            at=at,
        )
        if dialogue.stage not in ENDED:
            told = Participant.objects.filter(dialogue=dialogue, left_at=None).values_list("pk", flat=True)
            after_commit(send_notice, str(dialogue.pk), "manager_changed", *map(str, told))


def _record(relation: ManagerRelation, *, by: Any, at: datetime) -> None:
    record_outside(
        chain=relations_chain(relation.employee_id),
        event=Event.RELATION_CHANGED,
        obj=relation,
        payload={
            "manager": str(relation.manager_id),
            "start_date": relation.start_date.isoformat(),
            "confirmed": relation.confirmed_at is not None,
            "by_name": person_name(by) if by else "",
        },
        by=by,
        at=at,
    )
