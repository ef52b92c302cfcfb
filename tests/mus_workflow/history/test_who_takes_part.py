"""People, grants, presentations and shared keys: what an insider could change in their rows is named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from mus_workflow.history.verification import verify_everything
from mus_workflow.models import Artefact, DataKey, Dialogue, Grant, Participant, Presentation
from mus_workflow.models.triggers import lower_wall
from tests.builders import Cast
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


def another_account(cast: Cast) -> str:
    part = Participant.objects.filter(role="EMPLOYEE").first()
    Participant.objects.filter(pk=part.pk).update(user=cast.other_manager)
    return f"{part.pk} is another account"


def another_account_with_its_key(cast: Cast) -> str:
    part = Participant.objects.filter(role="EMPLOYEE").first()
    Participant.objects.filter(pk=part.pk).update(user=cast.other_manager, user_key=str(cast.other_manager.pk))
    return f"{part.pk} is somebody else"


def another_name(cast: Cast) -> str:
    part = Participant.objects.filter(role="MANAGER").first()
    Participant.objects.filter(pk=part.pk).update(name="En Anden")
    return f"{part.pk} is somebody else"


def one_more(cast: Cast) -> str:
    part = Participant.objects.filter(role="MANAGER").first()
    part.pk, part.user, part.user_key = None, cast.other_manager, str(cast.other_manager.pk)
    part.pk = Participant._meta.pk.get_default()
    part.save(force_insert=True)
    return f"{part.pk} is not in the ledger"


def wider_grant(cast: Cast) -> str:
    grant = Grant.objects.get()
    Grant.objects.update(scope="COURSE")
    return f"the grant {grant.pk} opens something else"


def longer_grant(cast: Cast) -> str:
    grant = Grant.objects.get()
    Grant.objects.update(expires_at=NOW + timedelta(days=3650))
    return f"the grant {grant.pk} opens something else"


def grant_of_another(cast: Cast) -> str:
    grant = Grant.objects.get()
    Grant.objects.update(auditor=cast.auditor2)
    return f"the grant {grant.pk} opens something else"


def ended_grant(cast: Cast) -> str:
    grant = Grant.objects.get()
    Grant.objects.update(ended_at=NOW)
    return f"the end of the grant {grant.pk} is not in the ledger"


def presented_behind_the_back(cast: Cast) -> str:
    row = Presentation.objects.earliest("revision")
    agreement = row.agreement
    row.pk, row.revision = Presentation._meta.pk.get_default(), agreement.revision + 1
    row.save(force_insert=True)
    return f"the presentation of revision {row.revision} is not in the ledger"


def shared_key(cast: Cast) -> str:
    key = DataKey.objects.filter(dialogue=None, artefact=Artefact.EVENT).first()
    gone: dict[str, Any] = {"wrapped": None, "destroyed_at": timezone.now(), "destroyed_rule": "PARKED"}
    DataKey.objects.filter(pk=key.pk).update(**gone)
    return f"the key {key.pk} was destroyed by"


@pytest.mark.parametrize(
    "tamper",
    [
        another_account,
        another_account_with_its_key,
        another_name,
        one_more,
        wider_grant,
        longer_grant,
        grant_of_another,
        ended_grant,
        presented_behind_the_back,
        shared_key,
    ],
)
def test_it_is_named(dialogue: Dialogue, cast: Cast, tamper: Callable[[Cast], str]) -> None:
    assert [str(one) for one in verify_everything()] == []
    lower_wall("default")
    expected = tamper(cast)
    assert any(expected in str(one) for one in verify_everything())
