"""What the tests of the history ask for. A dialogue is made once for a module; each test rolls back to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.utils import translation

from mus_workflow.actions.share_preparation import share_preparation, withdraw_preparation
from mus_workflow.models import Dialogue
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, prepare_and_share, qid
from tests.mus_workflow.history.tampering import walk_on
from tests.plumbing.clock import NOW


@pytest.fixture(autouse=True)
def in_english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def cast(module_cast: Cast) -> Cast:
    return module_cast


@pytest.fixture(scope="module")
def walked(module_cast: Cast) -> Dialogue:
    """One in which everything that is recorded has happened at least once."""
    dialogue = make_dialogue(module_cast, Stage.PREPARING)
    prepare_and_share(dialogue, module_cast)
    withdraw_preparation(dialogue_id=dialogue.pk, by=module_cast.employee, at=NOW)
    share_preparation(dialogue_id=dialogue.pk, chosen=[qid("year")], by=module_cast.employee, at=NOW)
    return walk_on(dialogue, module_cast)


@pytest.fixture
def dialogue(walked: Dialogue) -> Dialogue:
    """The same, read anew."""
    return Dialogue.objects.get(pk=walked.pk)
