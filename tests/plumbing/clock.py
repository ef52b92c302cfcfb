"""Today is Tuesday 10 March 2026, nine in the morning in Copenhagen: in every test and in every server it starts."""

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=ZoneInfo("Europe/Copenhagen"))


@pytest.fixture(autouse=True)
def frozen_clock(request: pytest.FixtureRequest) -> Iterator[None]:
    """Stop the clock at NOW; in browser tests it starts there and runs."""
    with time_machine.travel(NOW, tick="browser" in request.keywords):
        yield


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def today() -> date:
    return NOW.date()
