"""Nobody signs for another: not in another's name, not with a password another set, not for two sides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import IntegrityError, transaction

from mus_workflow.models import Dialogue, Participant, PasswordChange, Presentation, user_key
from mus_workflow.policies import agreements, preparations
from mus_workflow.policies.acting import has_own_password, is_oneself
from mus_workflow.policies.dialogues import participant_of
from mus_workflow.policies.verdict import Verdict
from mus_workflow.stages import Stage
from mus_workflow.who_acts import Acting, acting_as
from tests.builders import Cast, answer, make_dialogue
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def presented(module_cast: Cast) -> Dialogue:
    return make_dialogue(module_cast, Stage.SIGN_OFF)


@pytest.fixture
def dialogue(presented: Dialogue) -> Dialogue:
    return Dialogue.objects.get(pk=presented.pk)


def may_sign(dialogue: Dialogue, user: Any, at: Any = NOW) -> Verdict:
    part = participant_of(user, dialogue)
    shown = Presentation.objects.get(agreement__dialogue=dialogue)
    return agreements.can_sign(participant=part, dialogue=dialogue, presentation=shown, at=at)


def changed(of: Any, *, by: str, at: Any) -> None:
    PasswordChange.objects.create(user_key=user_key(of), changed_by_key=by, changed_at=at)


HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("hours", "by", "may"),
    [
        (1, "another", False),
        (23.99, "another", False),
        (24, "another", True),
        (1, "nobody can say", False),
        (24, "nobody can say", True),
        (1, "oneself", True),
    ],
)
def test_a_password_that_another_set_does_not_sign_for_a_day(
    cast: Cast, dialogue: Dialogue, hours: float, by: str, may: bool
) -> None:
    keys = {"another": user_key(cast.admin), "nobody can say": "", "oneself": user_key(cast.employee)}
    changed(cast.employee, by=keys[by], at=NOW - hours * HOUR)
    verdict = may_sign(dialogue, cast.employee)
    assert bool(verdict) is may
    assert may or "you can sign from" in str(verdict.reason)
    assert may_sign(dialogue, cast.manager)


def test_a_change_of_ones_own_afterwards_does_not_mend_it(cast: Cast, dialogue: Dialogue) -> None:
    """Whoever was given the password could have made that change too."""
    changed(cast.employee, by=user_key(cast.admin), at=NOW - 3 * HOUR)
    changed(cast.employee, by=user_key(cast.employee), at=NOW - HOUR)
    verdict = may_sign(dialogue, cast.employee)
    assert not verdict
    assert "11 March 2026, 06:00" in str(verdict.reason)


def test_of_several_changes_by_others_the_last_one_counts(cast: Cast) -> None:
    for hours in (20, 2):
        changed(cast.employee, by=user_key(cast.admin), at=NOW - hours * HOUR)
    assert "11 March 2026, 07:00" in str(has_own_password(user_key(cast.employee), at=NOW).reason)


def test_how_long_is_the_hosts_to_choose(cast: Cast, dialogue: Dialogue, settings: Any) -> None:
    settings.MUS = {**django_settings.MUS, "RESET_HOURS": 2}
    changed(cast.employee, by="", at=NOW - 3 * HOUR)
    assert may_sign(dialogue, cast.employee)


def test_nobody_signs_for_both_sides(cast: Cast, dialogue: Dialogue) -> None:
    """The database refuses one person two parts in a dialogue; were there two, the second would sign nothing."""
    answer(dialogue, by=cast.manager)
    employee = dialogue.participants.get(role="EMPLOYEE")
    employee.user_key = user_key(cast.manager)
    with pytest.raises(IntegrityError), transaction.atomic():
        employee.save()
    shown = Presentation.objects.get(agreement__dialogue=dialogue)
    verdict = agreements.can_sign(participant=employee, dialogue=dialogue, presentation=shown, at=NOW)
    assert not verdict
    assert "Nobody signs for two" in str(verdict.reason)


ASKS: dict[str, Callable[[Any, Dialogue], Verdict]] = {
    "prepare": lambda p, d: preparations.can_prepare(participant=p, stage=Stage.TALK),
    "share": lambda p, d: preparations.can_share(participant=p, stage=Stage.TALK),
    "withdraw": lambda p, d: preparations.can_withdraw(participant=p, shared=True, stage=Stage.TALK),
    "sign": lambda p, d: may_sign(d, p.user),
    "oneself": lambda p, d: is_oneself(),
}


@pytest.mark.parametrize("question", ASKS)
def test_what_is_ones_own_is_closed_to_whoever_acts_in_ones_name(cast: Cast, dialogue: Dialogue, question: str) -> None:
    part = participant_of(cast.employee, dialogue)
    assert ASKS[question](part, dialogue)
    with acting_as(Acting(user_key(cast.employee), in_request=True)):
        assert ASKS[question](part, dialogue)
    with acting_as(Acting(user_key(cast.employee), user_key(cast.admin), in_request=True)):
        verdict = ASKS[question](part, dialogue)
    assert not verdict
    assert "in another person's name" in str(verdict.reason)


def test_the_agreement_is_not_written_in_anothers_name(module_cast: Cast) -> None:
    dialogue = Dialogue(stage=Stage.TALK)
    with acting_as(Acting("1", "2", in_request=True)):
        verdict = agreements.can_write_agreement(participant=Participant(), dialogue=dialogue, draft=None)
    assert "in another person's name" in str(verdict.reason)


@pytest.mark.parametrize("outcome", list(agreements.SigningOutcome))
def test_what_becomes_of_a_revision_follows_from_the_answers(
    cast: Cast, dialogue: Dialogue, outcome: agreements.SigningOutcome
) -> None:
    answers = {"WAITING": ["DECLINED"], "IN_FORCE": ["AGREED", "RECEIVED"], "DECLINED": ["AGREED", "DECLINED"]}
    for meaning, by in zip(answers[outcome.value], (cast.employee, cast.manager), strict=False):
        answer(dialogue, meaning, by=by)
    assert agreements.outcome_of(Presentation.objects.get(agreement__dialogue=dialogue)) == outcome
