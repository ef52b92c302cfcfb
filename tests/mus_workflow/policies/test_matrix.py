"""Each policy at each step, for each of the cast: who may, and what the others are told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from mus_workflow.models import AgreementItem, Dialogue, Draft
from mus_workflow.policies import agreements, dialogues, items, overview, preparations
from mus_workflow.policies.verdict import Verdict
from mus_workflow.stages import Stage
from tests.builders import NAMES, Cast, each_stage
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

PLANNED, INVITED, PREPARING, TALK = Stage.PLANNED, Stage.INVITED, Stage.PREPARING, Stage.TALK
SIGN_OFF, FOLLOW_UP, CLOSED = Stage.SIGN_OFF, Stage.FOLLOW_UP, Stage.CLOSED
ALWAYS = {PLANNED, INVITED, PREPARING, TALK, SIGN_OFF, FOLLOW_UP, CLOSED}
BOTH, MANAGER, EMPLOYEE = {"employee", "manager"}, {"manager"}, {"employee"}
ARRANGERS, AUDITORS = {"manager", "delegate"}, {"auditor", "auditor2"}

Ask = Callable[[Any, Dialogue], Verdict]


def part(user: Any, dialogue: Dialogue) -> Any:
    return dialogues.participant_of(user, dialogue)


def draft_of(dialogue: Dialogue) -> Draft | None:
    return dialogue.drafts.filter(kind="AGREEMENT", participant=None).first()


def latest(dialogue: Dialogue) -> Any:
    agreement = getattr(dialogue, "agreement", None)
    return agreement.presentations.latest("revision") if agreement else None


def item_of(dialogue: Dialogue) -> AgreementItem:
    return AgreementItem.objects.filter(agreement__dialogue=dialogue).first() or AgreementItem()


# What is asked, of whom it is true at which steps. Everybody else, and every other step, is a no with a reason.
TABLE: dict[str, tuple[Ask, set[str], set[Stage]]] = {
    "arrange": (
        lambda u, d: dialogues.can_arrange(user=u, dialogue=d, today=NOW.date()),
        ARRANGERS,
        {PLANNED, INVITED, PREPARING},
    ),
    "accept": (lambda u, d: dialogues.can_accept(participant=part(u, d), dialogue=d), EMPLOYEE, {INVITED}),
    "hold the talk": (
        lambda u, d: dialogues.can_hold_talk(participant=part(u, d), dialogue=d),
        BOTH,
        {INVITED, PREPARING},
    ),
    "break off": (lambda u, d: dialogues.can_break_off(participant=part(u, d), dialogue=d), BOTH, {TALK}),
    "not held": (
        lambda u, d: dialogues.can_mark_not_held(participant=part(u, d), dialogue=d),
        MANAGER,
        {PLANNED, INVITED, PREPARING, TALK},
    ),
    "close": (lambda u, d: dialogues.can_close(participant=part(u, d), dialogue=d), MANAGER, {FOLLOW_UP}),
    "prepare": (
        lambda u, d: preparations.can_prepare(participant=part(u, d), stage=d.stage),
        BOTH,
        {INVITED, PREPARING, TALK},
    ),
    "share": (
        lambda u, d: preparations.can_share(participant=part(u, d), stage=d.stage),
        BOTH,
        {INVITED, PREPARING, TALK},
    ),
    "withdraw": (
        lambda u, d: preparations.can_withdraw(participant=part(u, d), shared=True, stage=d.stage),
        BOTH,
        {INVITED, PREPARING, TALK},
    ),
    "write": (
        lambda u, d: agreements.can_write_agreement(participant=part(u, d), dialogue=d, draft=draft_of(d)),
        BOTH,
        {TALK},
    ),
    "present": (
        lambda u, d: agreements.can_present(participant=part(u, d), dialogue=d, draft=draft_of(d)),
        BOTH,
        {TALK},
    ),
    "take back": (lambda u, d: agreements.can_revise(participant=part(u, d), dialogue=d), BOTH, {SIGN_OFF}),
    "sign": (
        lambda u, d: agreements.can_sign(participant=part(u, d), dialogue=d, presentation=latest(d), at=NOW),
        BOTH,
        {SIGN_OFF},
    ),
    "amend": (lambda u, d: agreements.can_amend(participant=part(u, d), dialogue=d), BOTH, {FOLLOW_UP}),
    "progress": (
        lambda u, d: items.can_record_progress(participant=part(u, d), item=item_of(d), dialogue=d),
        BOTH,
        {FOLLOW_UP},
    ),
    "outcome": (lambda u, d: items.can_record_outcome(participant=part(u, d), dialogue=d), BOTH, {TALK}),
    "follow up": (lambda u, d: items.can_follow_up(participant=part(u, d), dialogue=d), BOTH, {FOLLOW_UP}),
    "ask for a grant": (
        lambda u, d: overview.can_request_grant(user=u, dialogue=d, at=NOW),
        AUDITORS,
        ALWAYS,
    ),
    "read the words": (lambda u, d: overview.can_read_words(user=u, dialogue=d, at=NOW), set(), set()),
}


@pytest.fixture(scope="module")
def asked(module_cast: Cast) -> dict[tuple[str, str, str], Verdict]:
    """Every question, asked of everybody at every step."""
    people = {name: getattr(module_cast, name) for name in NAMES}
    return {
        (question, name, dialogue.stage): ask(user, Dialogue.objects.get(pk=dialogue.pk))
        for dialogue in each_stage(module_cast)
        for question, (ask, _who, _when) in TABLE.items()
        for name, user in people.items()
    }


@pytest.mark.parametrize("question", TABLE)
@pytest.mark.parametrize("stage", sorted(ALWAYS))
def test_those_may_and_all_others_are_told_why_not(
    asked: dict[tuple[str, str, str], Verdict], question: str, stage: Stage
) -> None:
    _ask, who, when = TABLE[question]
    verdicts = {name: asked[question, name, stage] for name in NAMES}
    assert {name for name, verdict in verdicts.items() if verdict} == (who if stage in when else set())
    assert [name for name, verdict in verdicts.items() if not verdict and not str(verdict.reason).endswith(".")] == []


@pytest.mark.parametrize("question", ["hold the talk", "sign", "write", "prepare", "close", "outcome"])
def test_strangers_are_told_one_thing_at_every_step(asked: dict[tuple[str, str, str], Verdict], question: str) -> None:
    """The reason tells a stranger nothing of where the dialogue stands."""
    strangers = set(NAMES) - BOTH
    reasons = {str(asked[question, name, stage].reason) for name in strangers for stage in ALWAYS}
    assert reasons == {"You do not take part in this dialogue."}


def test_nobody_who_is_not_logged_in_has_a_part(module_cast: Cast) -> None:
    dialogue = next(each_stage(module_cast))
    assert part(AnonymousUser(), dialogue) is None
    assert not overview.can_request_grant(user=AnonymousUser(), dialogue=dialogue, at=NOW)
    assert not overview.can_read_words(user=AnonymousUser(), dialogue=dialogue, at=NOW)
    assert not overview.is_auditor(AnonymousUser())
    assert not overview.is_hr_partner(AnonymousUser())
