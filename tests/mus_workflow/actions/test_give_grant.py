"""An auditor's grant: asked for with a reason, answered by a second auditor, told to the employee, over in time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from mus_workflow.actions.give_grant import approve_grant, refuse_grant, request_grant
from mus_workflow.models import Dialogue, Grant, open_sealed, user_key
from mus_workflow.policies.overview import can_read_words
from mus_workflow.policies.verdict import Refused
from tests.builders import Cast, change_manager
from tests.ledger import entries, payload_of
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def dialogue(dialogue_at: Callable[..., Dialogue]) -> Dialogue:
    return dialogue_at()


def ask(dialogue: Dialogue, by: Any, reason: str = "Stikprøve 4", at: Any = NOW) -> Grant:
    return request_grant(dialogue_id=dialogue.pk, reason=reason, by=by, at=at)


def test_a_request_opens_nothing(cast: Cast, dialogue: Dialogue) -> None:
    grant = ask(dialogue, cast.auditor)
    assert open_sealed(grant.reason) == "Stikprøve 4"
    assert payload_of(entries(dialogue.pk)[-1]) == {"reason": "Stikprøve 4"}
    assert not can_read_words(user=cast.auditor, dialogue=dialogue, at=NOW)


def test_an_approved_grant_opens_this_dialogue_for_this_auditor_for_a_time(
    cast: Cast, dialogue: Dialogue, settings: Any
) -> None:
    settings.MUS = {**settings.MUS, "GRANT_DAYS": 3}
    grant = approve_grant(grant_id=ask(dialogue, cast.auditor).pk, by=cast.auditor2, at=NOW)
    assert (grant.approved_by_key, grant.expires_at) == (user_key(cast.auditor2), NOW + timedelta(days=3))
    assert can_read_words(user=cast.auditor, dialogue=dialogue, at=NOW)
    assert not can_read_words(user=cast.auditor2, dialogue=dialogue, at=NOW)
    assert not can_read_words(user=cast.auditor, dialogue=dialogue, at=grant.expires_at)


def test_a_refused_request_opens_nothing_and_another_may_be_made(cast: Cast, dialogue: Dialogue) -> None:
    refuse_grant(grant_id=ask(dialogue, cast.auditor).pk, by=cast.auditor2, at=NOW)
    assert not can_read_words(user=cast.auditor, dialogue=dialogue, at=NOW)
    assert ask(dialogue, cast.auditor).pk


@pytest.mark.parametrize("answer", [approve_grant, refuse_grant])
def test_nobody_answers_their_own_request(cast: Cast, dialogue: Dialogue, answer: Any) -> None:
    with pytest.raises(Refused, match="nobody approves their own request"):
        answer(grant_id=ask(dialogue, cast.auditor).pk, by=cast.auditor, at=NOW)


@pytest.mark.parametrize("answer", [approve_grant, refuse_grant])
def test_a_request_is_answered_once(cast: Cast, dialogue: Dialogue, answer: Any) -> None:
    grant = ask(dialogue, cast.auditor)
    answer(grant_id=grant.pk, by=cast.auditor2, at=NOW)
    for again in (approve_grant, refuse_grant):
        with pytest.raises(Refused, match="has been answered"):
            again(grant_id=grant.pk, by=cast.auditor2, at=NOW)


@pytest.mark.parametrize("reason", ["", "  ", "\n\t"])
def test_a_request_needs_a_reason(cast: Cast, dialogue: Dialogue, reason: str) -> None:
    with pytest.raises(Refused, match="Say why"):
        ask(dialogue, cast.auditor, reason)


def test_one_request_at_a_time(cast: Cast, dialogue: Dialogue) -> None:
    grant = ask(dialogue, cast.auditor)
    with pytest.raises(Refused, match="waits for a second auditor"):
        ask(dialogue, cast.auditor)
    approve_grant(grant_id=grant.pk, by=cast.auditor2, at=NOW)
    with pytest.raises(Refused, match="You have a grant"):
        ask(dialogue, cast.auditor)
    assert ask(dialogue, cast.auditor, at=NOW + timedelta(days=15))


def test_nobody_audits_a_dialogue_of_their_own(cast: Cast, dialogue: Dialogue) -> None:
    grant = ask(dialogue, cast.auditor)
    change_manager(cast.employee, cast.auditor2, by=cast.hr, confirmed_by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="You take part"):
        approve_grant(grant_id=grant.pk, by=cast.auditor2, at=NOW)
    with pytest.raises(Refused, match="You take part"):
        ask(dialogue, cast.auditor2)
