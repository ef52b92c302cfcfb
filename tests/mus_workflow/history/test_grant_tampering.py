"""A grant that opens more, or longer, or for another, than a second person approved is found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from mus_workflow.actions.frame import locked, record_event
from mus_workflow.actions.give_grant import approve_grant, end_grant, request_grant
from mus_workflow.history.verification import verify_dialogue
from mus_workflow.models import Dialogue, Event, Grant, GrantScope, LedgerEntry, user_key
from tests.builders import Cast
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant(cast: Cast, dialogue: Dialogue) -> Grant:
    """Another grant than the story's, given and ended."""
    asked = request_grant(dialogue_id=dialogue.pk, reason="Klage", days=3, by=cast.auditor2, at=NOW)
    approve_grant(grant_id=asked.pk, by=cast.auditor, at=NOW)
    return end_grant(grant_id=asked.pk, by=cast.auditor, at=NOW + timedelta(days=1))


def problems(dialogue: Dialogue) -> list[tuple[int | None, str]]:
    return [(finding.n, finding.problem) for finding in verify_dialogue(dialogue.pk)]


def entry_of(grant: Grant, event: str) -> int:
    return LedgerEntry.objects.get(event=event, object_id=str(grant.pk)).n


def test_grants_as_they_were_given_and_ended_are_in_order(dialogue: Dialogue, grant: Grant) -> None:
    assert problems(dialogue) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"scope": "COURSE"},
        {"expires_at": NOW + timedelta(days=300)},
        {"auditor_key": "77"},
        {"approved_by_key": "77"},
        {"approved_at": NOW - timedelta(minutes=1)},
        {"approved_at": None, "expires_at": None},
    ],
)
def test_a_grant_that_was_changed_is_named_by_its_approval(
    dialogue: Dialogue, grant: Grant, changed: dict[str, Any]
) -> None:
    Grant.objects.filter(pk=grant.pk).update(**changed)
    problem = f"the grant {grant.pk} opens something else than was approved"
    assert (entry_of(grant, "GRANT_APPROVED"), problem) in problems(dialogue)


@pytest.mark.parametrize(("scope", "is_sound"), [(GrantScope.AGREEMENT, True), (GrantScope.COURSE, False)])
def test_an_approval_from_before_there_were_scopes_opened_the_agreement(
    cast: Cast, dialogue: Dialogue, scope: str, is_sound: bool
) -> None:
    asked = request_grant(dialogue_id=dialogue.pk, reason="Klage", by=cast.auditor2, at=NOW)
    until = NOW + timedelta(days=14)
    told = {"auditor": user_key(cast.auditor2), "expires_at": until.isoformat()}
    with locked(dialogue.pk) as held:
        record_event(dialogue=held, event=Event.GRANT_APPROVED, obj=asked, payload=told, by=cast.auditor, at=NOW)
    given = {"approved_at": NOW, "approved_by_key": user_key(cast.auditor), "expires_at": until}
    Grant.objects.filter(pk=asked.pk).update(scope=scope, **given)
    problem = f"the grant {asked.pk} opens something else than was approved"
    found = [] if is_sound else [(entry_of(asked, "GRANT_APPROVED"), problem)]
    assert problems(dialogue) == found


def test_an_end_that_was_taken_back_or_moved_is_found(cast: Cast, dialogue: Dialogue, grant: Grant) -> None:
    ended = entry_of(grant, "GRANT_ENDED")
    for changed in ({"ended_at": NOW + timedelta(days=2)}, {"ended_by_key": user_key(cast.auditor2)}):
        Grant.objects.filter(pk=grant.pk).update(**changed)
        assert problems(dialogue) == [(ended, f"the grant {grant.pk} was ended otherwise than the ledger says")]
        Grant.objects.filter(pk=grant.pk).update(ended_at=grant.ended_at, ended_by_key=grant.ended_by_key)
    Grant.objects.filter(pk=grant.pk).update(ended_at=None, ended_by_key="")
    assert problems(dialogue) == [(ended, f"the end of the grant {grant.pk} is gone")]


def test_an_end_that_nobody_recorded_is_found(dialogue: Dialogue, grant: Grant) -> None:
    other = Grant.objects.exclude(pk=grant.pk).get(dialogue=dialogue, approved_at__isnull=False)
    Grant.objects.filter(pk=other.pk).update(ended_at=NOW)
    assert problems(dialogue) == [(None, f"the end of the grant {other.pk} is not in the ledger")]
