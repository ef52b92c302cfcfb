"""Interrupted forms: sealed, given back once, to their author, on the same page, for a short time."""

from datetime import timedelta

import pytest

from mus_workflow.actions.park_post import park_post, take_parked
from mus_workflow.models import ParkedPost, user_key
from tests.builders import Cast
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

FIELDS = {"q_1": ["Halvfærdig sætning"], "token": ["7"]}


@pytest.fixture
def parked(cast: Cast) -> ParkedPost:
    return park_post(key=user_key(cast.employee), path="/mus/x/", fields=FIELDS, at=NOW)


def take(parked: ParkedPost, by: object, path: str = "/mus/x/", minutes: int = 5) -> dict[str, list[str]] | None:
    return take_parked(parked_id=parked.pk, by=by, path=path, at=NOW + timedelta(minutes=minutes))


def test_it_is_given_back_once(cast: Cast, parked: ParkedPost) -> None:
    assert take(parked, cast.employee) == FIELDS
    assert take(parked, cast.employee) is None
    assert not ParkedPost.objects.exists()


def test_nobody_else_gets_it_and_it_stays_for_its_author(cast: Cast, parked: ParkedPost) -> None:
    for stranger in (cast.manager, cast.admin, cast.hr):
        assert take(parked, stranger) is None
    assert take(parked, cast.employee) == FIELDS


def test_another_page_and_a_late_hour_get_nothing(cast: Cast, parked: ParkedPost) -> None:
    assert take(parked, cast.employee, path="/mus/y/") is None
    assert take(parked, cast.employee, minutes=30) is None


def test_it_lies_sealed_and_is_removed_when_its_time_is_over(cast: Cast, parked: ParkedPost) -> None:
    assert "Halvfærdig".encode() not in bytes(parked.envelope)
    park_post(key=user_key(cast.manager), path="/", fields={}, at=NOW + timedelta(minutes=31))
    assert not ParkedPost.objects.filter(pk=parked.pk).exists()
