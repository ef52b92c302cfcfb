"""The cast as fixtures: the same ten people in every test, and their dialogue at any step."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
import time_machine
from django.contrib.auth.models import AbstractBaseUser
from django.core.cache import cache
from django.db import transaction
from django.utils import translation
from pytest_django import DjangoDbBlocker

from mus_workflow.models import Dialogue, rules_of, schema_of
from tests.builders import Cast, make_cast, make_dialogue
from tests.plumbing.clock import NOW


@pytest.fixture
def cast(db: None) -> Cast:
    return make_cast()


@pytest.fixture
def dialogue_at(cast: Cast) -> Callable[..., Dialogue]:
    """Walk the employee's and the manager's dialogue to a stage: `dialogue_at(Stage.TALK)`."""
    return partial(make_dialogue, cast)


@pytest.fixture(scope="module")
def module_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let a module's own fixtures make rows once: each test rolls back to them, the module's end removes them."""
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=False), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def module_cast(module_db: None) -> Cast:
    """Make the cast once for a module, whose own `cast` fixture returns this one."""
    return make_cast()


@pytest.fixture(autouse=True)
def fresh_memory() -> None:
    """Forget what is kept in memory by primary key, which is given out again, and the language of the last page."""
    translation.deactivate()
    schema_of.cache_clear()
    rules_of.cache_clear()
    cache.clear()


@pytest.fixture
def employee(cast: Cast) -> AbstractBaseUser:
    """The dialogue is with this person."""
    return cast.employee


@pytest.fixture
def manager(cast: Cast) -> AbstractBaseUser:
    """The employee's manager."""
    return cast.manager


@pytest.fixture
def other_manager(cast: Cast) -> AbstractBaseUser:
    """A manager elsewhere, who must see nothing."""
    return cast.other_manager


@pytest.fixture
def former_manager(cast: Cast) -> AbstractBaseUser:
    """The employee's manager until last year."""
    return cast.former_manager


@pytest.fixture
def delegate(cast: Cast) -> AbstractBaseUser:
    """Arranges talks for the manager, and reads nothing of them."""
    return cast.delegate


@pytest.fixture
def hr(cast: Cast) -> AbstractBaseUser:
    """Sees counts of the units."""
    return cast.hr


@pytest.fixture
def editor(cast: Cast) -> AbstractBaseUser:
    """Writes the guide and the forms."""
    return cast.editor


@pytest.fixture
def auditor(cast: Cast) -> AbstractBaseUser:
    """Follows the history of agreements."""
    return cast.auditor


@pytest.fixture
def auditor2(cast: Cast) -> AbstractBaseUser:
    """Approves the auditor's grants."""
    return cast.auditor2


@pytest.fixture
def admin(cast: Cast) -> AbstractBaseUser:
    """A superuser, who opens no content."""
    return cast.admin
