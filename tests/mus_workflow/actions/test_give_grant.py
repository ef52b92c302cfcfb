"""An auditor's grant: asked for with a reason, answered by a second person, told to the employee, over in time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group

from mus_workflow.actions.give_grant import approve_grant, end_grant, refuse_grant, request_grant
from mus_workflow.actions.set_up_groups import DATA_PROTECTION
from mus_workflow.models import Dialogue, Grant, GrantScope, open_sealed, user_key
from mus_workflow.policies.overview import can_read_course, can_read_words, live_grant
from mus_workflow.policies.verdict import Refused
from tests.builders import Cast, change_manager, make_person
from tests.ledger import entries, payload_of
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def dialogue(dialogue_at: Callable[..., Dialogue]) -> Dialogue:
    return dialogue_at()


@pytest.fixture
def protector(cast: Cast) -> Any:
    """The data protection officer, who answers requests and audits nothing."""
    person = make_person("protector", "Dorthe", "Skov")
    Group.objects.get(name=DATA_PROTECTION).user_set.add(person)
    return person


def ask(dialogue: Dialogue, by: Any, reason: str = "Stikprøve 4", at: Any = NOW, **asked: Any) -> Grant:
    return request_grant(dialogue_id=dialogue.pk, reason=reason, by=by, at=at, **asked)


def test_a_request_opens_nothing(cast: Cast, dialogue: Dialogue) -> None:
    grant = ask(dialogue, cast.auditor)
    assert open_sealed(grant.reason) == "Stikprøve 4"
    assert payload_of(entries(dialogue.pk)[-1]) == {
        "reason": "Stikprøve 4",
        "scope": "AGREEMENT",
        "days": 14,
        "by_name": "Astrid Friis",
    }
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
    with pytest.raises(Refused, match="waits for a second person"):
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


def test_a_grant_covers_what_was_asked_for_and_lasts_as_long(cast: Cast, dialogue: Dialogue) -> None:
    asked = ask(dialogue, cast.auditor, scope=GrantScope.COURSE, days=2)
    assert not can_read_course(user=cast.auditor, dialogue=dialogue, at=NOW)
    grant = approve_grant(grant_id=asked.pk, by=cast.auditor2, at=NOW)
    assert grant.expires_at == NOW + timedelta(days=2)
    for may in (can_read_words, can_read_course):
        assert may(user=cast.auditor, dialogue=dialogue, at=NOW)
        assert not may(user=cast.auditor, dialogue=dialogue, at=NOW + timedelta(days=2))
    told = payload_of(entries(dialogue.pk)[-1])
    assert (told["scope"], told["expires_at"]) == ("COURSE", grant.expires_at.isoformat())


def test_a_grant_for_the_agreement_does_not_open_its_course(cast: Cast, dialogue: Dialogue) -> None:
    approve_grant(grant_id=ask(dialogue, cast.auditor).pk, by=cast.auditor2, at=NOW)
    assert can_read_words(user=cast.auditor, dialogue=dialogue, at=NOW)
    refused = can_read_course(user=cast.auditor, dialogue=dialogue, at=NOW)
    assert "grant that covers it" in str(refused.reason)


def test_more_may_be_asked_for_than_a_live_grant_covers_and_no_less(cast: Cast, dialogue: Dialogue) -> None:
    approve_grant(grant_id=ask(dialogue, cast.auditor, days=9).pk, by=cast.auditor2, at=NOW)
    wider = ask(dialogue, cast.auditor, scope=GrantScope.COURSE, days=2)
    with pytest.raises(Refused, match="waits for a second person"):
        ask(dialogue, cast.auditor, scope=GrantScope.COURSE)
    approve_grant(grant_id=wider.pk, by=cast.auditor2, at=NOW)
    for scope in GrantScope:
        with pytest.raises(Refused, match="You have a grant"):
            ask(dialogue, cast.auditor, scope=scope)
    # The wider one runs out first; the other still opens the agreement.
    later = NOW + timedelta(days=3)
    assert can_read_words(user=cast.auditor, dialogue=dialogue, at=later)
    assert not can_read_course(user=cast.auditor, dialogue=dialogue, at=later)


@pytest.mark.parametrize("asked", [{"days": 0}, {"days": -1}, {"days": 15}, {"scope": "EVERYTHING"}, {"scope": ""}])
def test_what_cannot_be_given_cannot_be_asked_for(cast: Cast, dialogue: Dialogue, asked: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="from 1 to 14 days"):
        ask(dialogue, cast.auditor, **asked)
    assert not Grant.objects.exists()


def test_a_longest_time_that_has_become_shorter_holds_for_what_was_asked_before(
    cast: Cast, dialogue: Dialogue, settings: Any
) -> None:
    asked = ask(dialogue, cast.auditor, days=14)
    settings.MUS = {**settings.MUS, "GRANT_DAYS": 5}
    assert approve_grant(grant_id=asked.pk, by=cast.auditor2, at=NOW).expires_at == NOW + timedelta(days=5)


def test_the_data_protection_officer_can_be_the_second_person_and_reads_nothing(
    cast: Cast, dialogue: Dialogue, protector: Any
) -> None:
    grant = approve_grant(grant_id=ask(dialogue, cast.auditor).pk, by=protector, at=NOW)
    assert (grant.approved_by_key, payload_of(entries(dialogue.pk)[-1])["by_name"]) == (
        user_key(protector),
        "Dorthe Skov",
    )
    assert not can_read_words(user=protector, dialogue=dialogue, at=NOW)
    with pytest.raises(Refused, match="Only an auditor"):
        ask(dialogue, protector)


@pytest.mark.parametrize("ender", ["auditor", "auditor2", "protector"])
def test_a_grant_is_ended_by_whoever_has_it_or_could_have_approved_it(
    cast: Cast, dialogue: Dialogue, protector: Any, ender: str
) -> None:
    by = protector if ender == "protector" else getattr(cast, ender)
    grant = approve_grant(grant_id=ask(dialogue, cast.auditor).pk, by=cast.auditor2, at=NOW)
    at = NOW + timedelta(hours=1)
    ended = end_grant(grant_id=grant.pk, by=by, at=at)
    assert (ended.ended_at, ended.ended_by_key) == (at, user_key(by))
    assert not can_read_words(user=cast.auditor, dialogue=dialogue, at=at)
    assert live_grant(user=cast.auditor, dialogue=dialogue, at=at) is None
    last = entries(dialogue.pk)[-1]
    assert (last.event, last.actor) == ("GRANT_ENDED", user_key(by))
    with pytest.raises(Refused, match="not live"):
        end_grant(grant_id=grant.pk, by=by, at=at)
    assert ask(dialogue, cast.auditor, at=at).pk


def test_a_grant_that_is_not_live_is_not_ended(cast: Cast, dialogue: Dialogue) -> None:
    waiting = ask(dialogue, cast.auditor)
    with pytest.raises(Refused, match="not live"):
        end_grant(grant_id=waiting.pk, by=cast.auditor, at=NOW)
    approve_grant(grant_id=waiting.pk, by=cast.auditor2, at=NOW)
    with pytest.raises(Refused, match="not live"):
        end_grant(grant_id=waiting.pk, by=cast.auditor, at=NOW + timedelta(days=14))


def test_who_takes_part_does_not_end_the_audit_of_themselves(cast: Cast, dialogue: Dialogue) -> None:
    grant = approve_grant(grant_id=ask(dialogue, cast.auditor).pk, by=cast.auditor2, at=NOW)
    change_manager(cast.employee, cast.auditor2, by=cast.hr, confirmed_by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="You take part"):
        end_grant(grant_id=grant.pk, by=cast.auditor2, at=NOW)
