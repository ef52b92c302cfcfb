"""Whatever the situation and the day: the plan is what happens, a hold wins, off is off, and what is gone is gone."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from mus_workflow.actions.amend_agreement import amend_agreement
from mus_workflow.actions.legal_hold import place_hold
from mus_workflow.actions.share_preparation import withdraw_preparation
from mus_workflow.history.verification import verify_everything
from mus_workflow.models import (
    Agreement,
    AgreementItem,
    DataKey,
    Dialogue,
    Draft,
    Employment,
    Erased,
    FollowUp,
    Participant,
    Payload,
    SharedPreparation,
    open_sealed,
)
from mus_workflow.policies.retention import Due, all_due
from mus_workflow.sealing import key_id_of
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, prepare_and_share
from tests.erasing import NOT_NOTED, erase, leave, let_hold, rules, with_another_employee, years_on
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

STAGES = (Stage.PREPARING, Stage.TALK, Stage.SIGN_OFF, Stage.FOLLOW_UP, Stage.CLOSED, Stage.NOT_HELD)
Scenes = list[tuple[Cast, Dialogue]]


@pytest.fixture(scope="module")
def scenes(module_cast: Cast) -> Iterator[Scenes]:
    """One dialogue of a person of their own at each stage."""
    let_hold(module_cast.auditor)
    made = []
    for number, stage in enumerate(STAGES):
        cast = with_another_employee(module_cast, f"employee{number}")
        dialogue = make_dialogue(cast, stage)
        if stage == Stage.PREPARING:
            prepare_and_share(dialogue, cast)
        made.append((cast, dialogue))
    return made


PEOPLE = st.lists(
    st.one_of(
        st.just(None),  # here
        st.just("deleted"),
        st.integers(-200, 900),  # left so many days after
    ),
    min_size=len(STAGES),
    max_size=len(STAGES),
)
HELD = st.sets(st.sampled_from(range(len(STAGES))))
SINCE = st.integers(0, 2500)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "sector": st.sampled_from(["STATE", "PUBLIC"]),
        "erasure": st.sampled_from(["SECTOR", "ALWAYS", "NEVER"]),
        "keep_preparation_days": st.integers(0, 90),
        "keep_shared_months": st.integers(0, 36),
        "keep_agreement_years": st.integers(0, 6),
    },
)


any_situation = given(
    people=PEOPLE, held=HELD, since=SINCE, changes=CHANGES, amended=st.booleans(), withdrawn=st.booleans()
)


@settings(max_examples=8)
@any_situation
def test_the_plan_is_what_happens_and_nothing_else(scenes: Scenes, **situation: Any) -> None:
    play(scenes, **situation)


@pytest.mark.prove
@settings(max_examples=300)
@any_situation
def test_the_plan_is_what_happens_in_hundreds_of_situations(scenes: Scenes, **situation: Any) -> None:
    play(scenes, **situation)


def play(scenes: Scenes, held: set[int], since: int, changes: dict[str, Any], **rest: Any) -> None:
    here = transaction.savepoint()
    try:
        arrange(scenes, held=held, changes=changes, **rest)
        check(scenes, held, NOW + timedelta(days=since), is_off=is_off(changes))
    finally:
        transaction.savepoint_rollback(here)


def arrange(
    scenes: Scenes, *, people: list[Any], held: set[int], changes: dict[str, Any], amended: bool, withdrawn: bool
) -> None:
    if amended:
        cast, dialogue = scenes[STAGES.index(Stage.FOLLOW_UP)]
        amend_agreement(dialogue_id=dialogue.pk, change_note="Ny frist", by=cast.manager, at=NOW)
    if withdrawn:
        cast, dialogue = scenes[STAGES.index(Stage.PREPARING)]
        withdraw_preparation(dialogue_id=dialogue.pk, by=cast.employee, at=NOW)
    for number in held:
        cast, dialogue = scenes[number]
        place_hold(dialogue_id=dialogue.pk, reason="Sag", by=cast.auditor, at=NOW)
    for (cast, _dialogue), fate in zip(scenes, people, strict=True):
        if fate == "deleted":
            get_user_model().objects.get(pk=cast.employee.pk).delete()
        elif fate is not None:
            leave(cast.employee, NOW.date() + timedelta(days=fate))
    rules(**changes)


def is_off(changes: dict[str, Any]) -> bool:
    erasure, sector = changes.get("erasure", "SECTOR"), changes.get("sector", "PUBLIC")
    return erasure == "NEVER" or (erasure == "SECTOR" and sector == "STATE")


def check(scenes: Scenes, held: set[int], at: Any, *, is_off: bool) -> None:
    before = live()
    with years_on(at):
        foretold = [one for batch in all_due(today=at.date()) for one in batch]
    told, run = erase(at, NOT_NOTED)
    assert told == foretold
    destroyed = before - live()
    assert destroyed == {one.key for one in told if not one.is_held}
    kept = {scenes[number][1].pk for number in held}
    assert all(one.is_held == (one.dialogue in kept) for one in told)
    assert run.by_rule.total() == len(destroyed)
    assert not (is_off and told)
    assert all(one.on <= at.date() for one in told)
    assert_nothing_opens(destroyed)
    assert list(verify_everything()) == []
    again, _run = erase(at, NOT_NOTED)
    assert [one for one in again if not one.is_held] == []
    assert_no_agreement_in_use_is_gone(told, at.date())


def live() -> set[uuid.UUID]:
    return set(DataKey.objects.filter(destroyed_at=None, dialogue__isnull=False).values_list("pk", flat=True))


def assert_nothing_opens(destroyed: set[uuid.UUID]) -> None:
    """Every envelope opens exactly when its key is there."""
    for model, names in (
        (Draft, ("envelope",)),
        (SharedPreparation, ("document",)),
        (SharedPreparation.history.model, ("document",)),
        (Agreement, ("document", "change_note")),
        (Agreement.history.model, ("document", "change_note")),
        (AgreementItem, ("text", "progress_note", "outcome_note")),
        (AgreementItem.history.model, ("text", "progress_note", "outcome_note")),
        (FollowUp, ("document",)),
    ):
        for row in model.objects.all():
            for envelope in filter(None, (getattr(row, name) for name in names)):
                if key_id_of(envelope) in destroyed:
                    with pytest.raises(Erased):
                        open_sealed(envelope)
                else:
                    open_sealed(envelope)
    keys = DataKey.objects.in_bulk()
    for payload in Payload.objects.all():
        key = keys[key_id_of(payload.envelope)]
        if key.pk in destroyed:
            with pytest.raises(Erased):
                key.open(payload.envelope)
        else:
            key.open(payload.envelope)


def assert_no_agreement_in_use_is_gone(told: list[Due], today: date) -> None:
    """Whose employment still holds that day has all that was agreed."""
    here = Employment.objects.on(today).values("user")
    still = set(Participant.objects.filter(role="EMPLOYEE", user__in=here).values_list("dialogue", flat=True))
    agreed = {"AGREEMENT", "ITEM", "FOLLOW_UP", "EVENT", "GRANT"}
    assert [one for one in told if one.artefact in agreed and one.dialogue in still and not one.is_held] == []
