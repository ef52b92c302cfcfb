"""How often a person may ask for what is costly, and what they are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache
from django.utils import translation

from mus_workflow.throttling import TooOften, throttle
from tests.plumbing.clock import NOW


class Person:
    """Somebody with a key."""

    def __init__(self, key: int) -> None:
        self.pk = key


SOMEBODY = Person(1)


def ask(person: Any = SOMEBODY, what: str = "pdf") -> None:
    throttle(what, person, most=2, seconds=90)


def test_the_window_begins_with_the_first_request_and_ends_when_it_says() -> None:
    ask()
    with time_machine.travel(NOW + timedelta(seconds=40), tick=False):
        ask()
        with pytest.raises(TooOften) as refused:
            ask()
        assert refused.value.seconds == 50
        with translation.override("en"):
            # Nine o'clock and 90 seconds, to the next whole minute.
            assert str(refused.value).endswith("Ask again at 09:02.")
    with time_machine.travel(NOW + timedelta(seconds=89), tick=False), pytest.raises(TooOften):
        ask()
    with time_machine.travel(NOW + timedelta(seconds=91), tick=False):
        ask()


def test_others_and_other_things_are_counted_apart() -> None:
    for _time in range(2):
        ask()
        ask(Person(2))
        ask(what="zip")
    for asked in ({}, {"person": Person(2)}, {"what": "zip"}):
        with pytest.raises(TooOften):
            ask(**asked)


def test_a_cache_that_keeps_nothing_stops_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "add", lambda *given: True)
    for _time in range(5):
        ask()
