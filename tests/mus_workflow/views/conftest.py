"""What the tests of the pages share."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.test import Client

from mus_workflow.models import schema_of


@pytest.fixture(autouse=True)
def fresh_schemas() -> Iterator[None]:
    """Forget the schemas in memory: on SQLite a test that is rolled back gives its ids to the next one."""
    schema_of.cache_clear()
    yield
    schema_of.cache_clear()


@pytest.fixture
def enter() -> Callable[..., Client]:
    """Log a person in: `enter(employee).get(...)`."""

    def log_in(user: Any, **kwargs: Any) -> Client:
        client = Client(**kwargs)
        client.force_login(user)
        return client

    return log_in
