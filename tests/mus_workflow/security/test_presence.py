"""Attempts at a password before signing are counted before their outcome is known, and in one place."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import RequestFactory

from mus_workflow.checks import check_cache
from mus_workflow.policies.verdict import Refused
from mus_workflow.views.reauthentication import require_presence
from tests.builders import Cast

pytestmark = pytest.mark.django_db

SEEN: list[Any] = []


def always_wrong(request: Any, password: str) -> bool:
    SEEN.append(cache.get(f"mus-presence-{request.user.pk}"))
    return False


def test_an_attempt_counts_while_it_is_being_checked(cast: Cast, settings: Any) -> None:
    settings.MUS = {**settings.MUS, "REAUTHENTICATE": f"{__name__}.always_wrong", "REAUTHENTICATION_ATTEMPTS": 3}
    request = RequestFactory().post("/")
    request.user = cast.employee
    SEEN.clear()
    for _attempt in range(6):
        with pytest.raises(Refused):
            require_presence(request, "guess")
    assert SEEN == [1, 2, 3]


@pytest.mark.parametrize(
    ("backend", "found"),
    [
        ("django.core.cache.backends.locmem.LocMemCache", ["mus.W003"]),
        ("django.core.cache.backends.dummy.DummyCache", ["mus.W003"]),
        ("django.core.cache.backends.redis.RedisCache", []),
    ],
)
def test_a_cache_of_each_process_its_own_is_named_before_deployment(
    monkeypatch: pytest.MonkeyPatch, settings: Any, backend: str, found: list[str]
) -> None:
    monkeypatch.setitem(settings.CACHES["default"], "BACKEND", backend)
    assert [one.id for one in check_cache(None)] == found
