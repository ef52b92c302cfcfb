"""What the tests of the history ask for."""

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
def dialogue(cast: Cast) -> Dialogue:
    """One in which everything that is recorded has happened at least once."""
    dialogue = make_dialogue(cast, Stage.PREPARING)
    prepare_and_share(dialogue, cast)
    withdraw_preparation(dialogue_id=dialogue.pk, by=cast.employee, at=NOW)
    share_preparation(dialogue_id=dialogue.pk, chosen=[qid("year")], by=cast.employee, at=NOW)
    return walk_on(dialogue, cast)
