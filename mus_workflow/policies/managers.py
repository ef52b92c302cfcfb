"""Who may change a reporting line."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from mus_workflow.models import Employment, ManagerRelation, Unit, user_key

from .verdict import Verdict, first_no


def can_propose_manager(*, user: Any, employment: Employment) -> Verdict:
    """Whether the user may propose another manager for this employee: an HR partner of the unit."""
    partner = Unit.objects.partnered_by(user).filter(pk=employment.unit_id).exists()
    return first_no((partner, _("Only an HR partner of the unit can change who is whose manager.")))


def can_confirm_manager(*, user: Any, relation: ManagerRelation) -> Verdict:
    """Whether the user may confirm the change: a second person, who is not the one that gains access by it."""
    units = Employment.objects.filter(user=relation.employee_id, end_date=None).values("unit")
    partner = Unit.objects.partnered_by(user).filter(pk__in=units).exists()
    outgoing = ManagerRelation.objects.confirmed().filter(employee=relation.employee_id, manager=user.pk, end_date=None)
    return first_no(
        (partner or outgoing.exists(), _("Only an HR partner of the unit or the outgoing manager can confirm this.")),
        (relation.made_by_key != user_key(user), _("A second person must confirm the change.")),
        (relation.manager_id != user.pk, _("The new manager cannot confirm their own access.")),
        (relation.confirmed_at is None, _("This change has been confirmed.")),
    )
