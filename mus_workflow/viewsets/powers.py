"""When an administrator changes who may audit, answer auditors, keep dialogues or follow units, the ledger tells it.

Django and Wagtail have screens for it, a host may have others, and none of them are ours: so we listen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db.models import Model, QuerySet
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_delete
from django.utils import timezone

from mus_workflow.actions.record_powers import FOLLOW_UNITS, record_powers
from mus_workflow.models import HrPartner
from mus_workflow.policies.overview import ANSWER_GRANTS, AUDIT, HOLD
from mus_workflow.who_acts import who_acts

OURS = [name.partition(".")[2] for name in (AUDIT, ANSWER_GRANTS, HOLD)]
# What is taken away is told before it is gone; Django tells of what is added when it is there.
GIVEN = {"post_add": True, "pre_remove": False, "pre_clear": False}


def connect() -> None:
    """Listen to Django. Called once, when the app is ready. A host's user model may have no groups."""
    user = get_user_model()
    for name, receiver in (("groups", members_changed), ("user_permissions", personal_changed)):
        if hasattr(user, name):
            m2m_changed.connect(receiver, sender=getattr(user, name).through, dispatch_uid=f"mus_powers_{name}")
    m2m_changed.connect(group_changed, sender=Group.permissions.through, dispatch_uid="mus_powers_of_group")
    pre_delete.connect(group_deleted, sender=Group, dispatch_uid="mus_powers_group_gone")
    pre_delete.connect(person_deleted, sender=user, dispatch_uid="mus_powers_person_gone")
    post_save.connect(partner_saved, sender=HrPartner, dispatch_uid="mus_powers_partner")
    post_delete.connect(partner_deleted, sender=HrPartner, dispatch_uid="mus_powers_partner_gone")


def members_changed(
    sender: Any, instance: Any, action: str, reverse: bool, pk_set: Collection[Any] | None, **kwargs: Any
) -> None:
    """People came into groups, or left them."""
    if action not in GIVEN:
        return
    groups, people = _pairs(instance, reverse, pk_set, "groups")
    for group in groups:
        powers = _powers(group.permissions)
        if powers:
            concerned = people if GIVEN[action] else group.user_set.filter(pk__in=[person.pk for person in people])
            _record(GIVEN[action], powers, concerned, group, group.name)


def group_changed(
    sender: Any, instance: Any, action: str, reverse: bool, pk_set: Collection[Any] | None, **kwargs: Any
) -> None:
    """A group was given permissions, or lost them."""
    if action not in GIVEN:
        return
    if reverse:
        groups = Group.objects.filter(pk__in=pk_set) if pk_set is not None else instance.group_set.all()
        names = {instance.codename} & set(OURS)
    else:
        groups, names = [instance], _powers(instance.permissions, among=pk_set, there=not GIVEN[action])
    if names:
        for group in groups:
            _record(GIVEN[action], names, group.user_set.all(), group, group.name)


def personal_changed(
    sender: Any, instance: Any, action: str, reverse: bool, pk_set: Collection[Any] | None, **kwargs: Any
) -> None:
    """A person was given permissions of their own, or lost them."""
    if action not in GIVEN:
        return
    if reverse:
        _permissions, people = _pairs(instance, reverse, pk_set, "user_permissions")
        names = {instance.codename} & set(OURS)
    else:
        people, names = [instance], _powers(instance.user_permissions, among=pk_set, there=not GIVEN[action])
    for person in people if names else ():
        _record(GIVEN[action], names, [person], person, "")


def group_deleted(sender: Any, instance: Group, **kwargs: Any) -> None:
    """A group is about to go, and with it what its members had through it."""
    powers = _powers(instance.permissions)
    if powers:
        _record(False, powers, instance.user_set.all(), instance, instance.name)


def person_deleted(sender: Any, instance: Any, **kwargs: Any) -> None:
    """An account is about to go."""
    held = Permission.objects.none()
    if hasattr(instance, "groups"):
        held = Permission.objects.filter(group__in=instance.groups.all())
    powers = _powers(held)
    if hasattr(instance, "user_permissions"):
        powers |= _powers(instance.user_permissions)
    if powers:
        _record(False, powers, [instance], instance, "")


def partner_saved(sender: Any, instance: HrPartner, raw: bool = False, **kwargs: Any) -> None:
    """Somebody follows a unit from now on."""
    if not raw:
        _record(True, [FOLLOW_UNITS], [instance.user], instance, instance.unit.name)


def partner_deleted(sender: Any, instance: HrPartner, **kwargs: Any) -> None:
    """Somebody follows a unit no more."""
    _record(False, [FOLLOW_UNITS], [instance.user], instance, instance.unit.name)


def _pairs(instance: Any, reverse: bool, pk_set: Collection[Any] | None, name: str) -> tuple[Any, list[Any]]:
    """(what is on the other side, people): the instance is a person, or in reverse what people are given."""
    if reverse:
        people = get_user_model().objects.filter(pk__in=pk_set) if pk_set is not None else instance.user_set.all()
        return [instance], list(people)
    related = getattr(instance, name)
    others = related.model.objects.filter(pk__in=pk_set) if pk_set is not None else related.all()
    return others, [instance]


def _powers(held: Any, *, among: Collection[Any] | None = None, there: bool = True) -> set[str]:
    """The names of our permissions among these: those of a manager or queryset, or not there any longer, by key."""
    ours: QuerySet[Permission] = held.all() if there else Permission.objects.all()
    if among is not None:
        ours = ours.filter(pk__in=among)
    ours = ours.filter(content_type__app_label="mus_workflow", codename__in=OURS)
    return set(ours.values_list("codename", flat=True))


def _record(given: bool, powers: Iterable[str], people: Iterable[Any], through: Model, where: str) -> None:
    key = who_acts().user
    by = get_user_model().objects.filter(pk=key).first() if key else None
    record_powers(given=given, powers=powers, people=people, through=through, where=where, by=by, at=timezone.now())
