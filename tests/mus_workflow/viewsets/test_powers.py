"""Whoever changes who audits, answers auditors, keeps dialogues or follows units is in the ledger."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.test import Client
from django.urls import reverse

from mus_workflow.actions.set_up_groups import AUDITORS, DATA_PROTECTION, EDITORS
from mus_workflow.models import POWERS, HrPartner, Unit, user_key
from mus_workflow.who_acts import Acting, acting_as
from tests.builders import Cast, make_person
from tests.ledger import assert_chain_holds, entries, payload_of
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(cast: Cast) -> Callable[[], list[tuple[Any, ...]]]:
    """What the ledger says of powers since the cast was made: (given, powers, where, people)."""
    known = len(entries(POWERS))

    def since() -> list[tuple[Any, ...]]:
        assert_chain_holds(POWERS)
        found = [payload_of(entry) for entry in entries(POWERS)[known:]]
        return [
            (one["given"], *one["powers"], one["where"], *[person["name"] for person in one["people"]]) for one in found
        ]

    return since


@pytest.fixture
def newcomer(cast: Cast) -> Any:
    return make_person("newcomer", "Nanna", "Bro")


def group(name: str) -> Group:
    return Group.objects.get(name=name)


def permission(name: str) -> Permission:
    return Permission.objects.get(codename=name, content_type__app_label="mus_workflow")


def test_a_member_who_comes_and_goes_is_told_whichever_side_it_is_done_from(newcomer: Any, told: Any) -> None:
    newcomer.groups.add(group(AUDITORS))
    group(AUDITORS).user_set.remove(newcomer)
    group(AUDITORS).user_set.add(newcomer)
    newcomer.groups.set([])
    newcomer.groups.add(group(DATA_PROTECTION))
    newcomer.groups.clear()
    audit, protect = ("audit_agreements",), ("answer_grants", "hold_dialogues")
    assert told() == [
        (True, *audit, AUDITORS, "Nanna Bro"),
        (False, *audit, AUDITORS, "Nanna Bro"),
        (True, *audit, AUDITORS, "Nanna Bro"),
        (False, *audit, AUDITORS, "Nanna Bro"),
        (True, *protect, DATA_PROTECTION, "Nanna Bro"),
        (False, *protect, DATA_PROTECTION, "Nanna Bro"),
    ]


def test_clearing_a_group_takes_the_power_from_all_its_members(told: Any) -> None:
    group(AUDITORS).user_set.clear()
    assert told() == [(False, "audit_agreements", AUDITORS, "Astrid Friis", "Aksel Munk")]


def test_a_group_that_is_given_a_power_gives_it_to_its_members(cast: Cast, told: Any) -> None:
    editors, power = group(EDITORS), permission("answer_grants")
    editors.permissions.add(power)
    power.group_set.remove(editors)
    editors.permissions.set([power, permission("hold_dialogues")])
    editors.permissions.clear()
    assert told() == [
        (True, "answer_grants", EDITORS, "Erik Dahl"),
        (False, "answer_grants", EDITORS, "Erik Dahl"),
        (True, "answer_grants", "hold_dialogues", EDITORS, "Erik Dahl"),
        (False, "answer_grants", "hold_dialogues", EDITORS, "Erik Dahl"),
    ]


def test_a_permission_of_ones_own_is_told_too(newcomer: Any, told: Any) -> None:
    power = permission("audit_agreements")
    newcomer.user_permissions.add(power)
    power.user_set.remove(newcomer)
    assert told() == [(True, "audit_agreements", "", "Nanna Bro"), (False, "audit_agreements", "", "Nanna Bro")]


def test_what_goes_with_a_group_or_an_account_is_told(cast: Cast, newcomer: Any, told: Any) -> None:
    newcomer.groups.add(group(DATA_PROTECTION))
    group(DATA_PROTECTION).delete()
    get_user_model().objects.get(pk=cast.auditor2.pk).delete()
    assert told()[1:] == [
        (False, "answer_grants", "hold_dialogues", DATA_PROTECTION, "Nanna Bro"),
        (False, "audit_agreements", "", "Aksel Munk"),
    ]


def test_hr_partners_are_told_with_their_unit(newcomer: Any, told: Any) -> None:
    partner = HrPartner.objects.create(user=newcomer, unit=Unit.objects.get(name="Arkivet"))
    partner.delete()
    assert told() == [
        (True, "follow_units", "Arkivet", "Nanna Bro"),
        (False, "follow_units", "Arkivet", "Nanna Bro"),
    ]


def test_what_gives_nobody_a_power_of_ours_is_not_told(newcomer: Any, told: Any) -> None:
    newcomer.groups.add(group(EDITORS))
    empty = Group.objects.create(name="tom")
    empty.permissions.add(permission("audit_agreements"))
    group(AUDITORS).user_set.remove(newcomer)
    newcomer.groups.add(Group.objects.create(name="andre"))
    newcomer.delete()
    assert told() == []


def test_it_says_who_did_it_and_when(cast: Cast, newcomer: Any) -> None:
    with acting_as(Acting(user=user_key(cast.admin), real=user_key(cast.editor))):
        newcomer.groups.add(group(AUDITORS))
    entry = entries(POWERS)[-1]
    assert (entry.actor, entry.real_actor, entry.at) == (user_key(cast.admin), user_key(cast.editor), NOW)
    assert payload_of(entry)["by_name"] == "Ada Winther"
    newcomer.groups.clear()
    assert entries(POWERS)[-1].actor == "system"


def test_wagtails_own_screen_for_groups_is_heard(cast: Cast, client: Client, newcomer: Any, told: Any) -> None:
    newcomer.groups.add(group(AUDITORS))
    client.force_login(cast.admin)
    answer = client.post(reverse("wagtailusers_groups:delete", args=[group(AUDITORS).pk]))
    assert answer.status_code == 302
    assert told()[-1][:3] == (False, "audit_agreements", AUDITORS)


def test_where_it_cannot_be_told_nothing_is_given(newcomer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(**kwargs: Any) -> None:
        raise OSError("the ledger is down")

    monkeypatch.setattr("mus_workflow.actions.record_powers.record_outside", down)
    with pytest.raises(OSError, match="down"), transaction.atomic():
        newcomer.groups.add(group(AUDITORS))
    assert not newcomer.groups.exists()
