"""What the tests of attacks share: people who log in, and a second employee of the same manager."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client

from mus_workflow.actions.change_manager import appoint_manager, employ
from mus_workflow.actions.hold_talk import hold_talk
from mus_workflow.actions.invite import invite
from mus_workflow.actions.plan_dialogue import plan_dialogue
from mus_workflow.models import Dialogue, Employment, Unit, schema_of
from tests.builders import Cast, make_person
from tests.plumbing.clock import NOW


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


@pytest.fixture
def colleague(cast: Cast) -> Any:
    """Another employee of the manager."""
    person = make_person("colleague", "Sanne", "Toft")
    began = date(2024, 2, 1)
    employ(user=person, unit=Unit.objects.get(name="Biblioteket"), title="", start_date=began)
    appoint_manager(employee=person, manager=cast.manager, start_date=began, at=NOW - timedelta(days=100))
    return person


@pytest.fixture
def colleagues_talk(cast: Cast, colleague: Any) -> Dialogue:
    """The manager's open talk with the colleague."""
    employment = Employment.objects.get(user=colleague)
    dialogue = plan_dialogue(employment=employment, due_date=NOW.date(), by=cast.manager, at=NOW)
    meeting_at = NOW + timedelta(days=20)
    invite(dialogue_id=dialogue.pk, meeting_at=meeting_at, minutes=90, place="Lokale 3", by=cast.manager, at=NOW)
    return hold_talk(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
