"""Who audits, and who follows units in counts."""

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group

from mus_workflow.actions.set_up_groups import AUDITORS
from mus_workflow.models import Unit
from mus_workflow.policies.overview import is_auditor, is_hr_partner
from tests.builders import NAMES, Cast

pytestmark = pytest.mark.django_db


def test_the_auditors_are_those_of_the_group(cast: Cast) -> None:
    assert {name for name in NAMES if is_auditor(getattr(cast, name))} == {"auditor", "auditor2"}


def test_a_superuser_does_not_audit_even_in_the_auditors_group(cast: Cast) -> None:
    Group.objects.get(name=AUDITORS).user_set.add(cast.admin)
    assert not is_auditor(get_user_model().objects.get(pk=cast.admin.pk))


@pytest.mark.parametrize("asked", [is_auditor, is_hr_partner])
def test_a_person_who_was_deactivated_is_neither(cast: Cast, asked: Any) -> None:
    for user in (cast.auditor, cast.hr):
        fresh = get_user_model().objects.get(pk=user.pk)
        fresh.is_active = False
        fresh.save()
        assert not asked(get_user_model().objects.get(pk=user.pk))


def test_only_hr_partners_follow_units(cast: Cast) -> None:
    assert {name for name in NAMES if is_hr_partner(getattr(cast, name))} == {"hr"}


def test_a_partner_follows_a_unit_and_what_lies_below_it_and_nothing_beside(cast: Cast) -> None:
    house = Unit.objects.get(name="Borgernes Hus")
    Unit.add_root(name="Nabohuset").add_child(name="Biblioteket ved siden af")
    assert {unit.name for unit in Unit.objects.partnered_by(cast.hr)} == {"Borgernes Hus", "Biblioteket", "Arkivet"}
    assert house.get_descendant_count() == 2
    assert not Unit.objects.partnered_by(cast.manager).exists()
