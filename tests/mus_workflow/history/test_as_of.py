"""The state as of a moment is the state that there was: a whole course, looked back at from its end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from mus_workflow.actions.amend_agreement import amend_agreement, drop_amendment
from mus_workflow.actions.give_grant import approve_grant, end_grant, request_grant
from mus_workflow.actions.save_draft import save_agreement_draft
from mus_workflow.actions.share_preparation import withdraw_preparation
from mus_workflow.actions.sign_agreement import sign_agreement
from mus_workflow.actions.write_revision import present_agreement, save_revision, take_back_agreement
from mus_workflow.history.as_of import state_as_of
from mus_workflow.models import (
    Agreement,
    AgreementItem,
    Artefact,
    DataKey,
    Dialogue,
    Draft,
    Grant,
    LedgerEntry,
    Meaning,
    Participant,
    Presentation,
    Purpose,
    SharedPreparation,
)
from tests.builders import Cast, Walk, allowed_ids, change_manager, item_id_of, typed, write_agreement
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

BEGAN = NOW - timedelta(days=40)


class Course:
    """A dialogue through everything that can happen to it, one step an hour, and how it stood after each."""

    def __init__(self, cast: Cast) -> None:
        self.cast, self.walk = cast, Walk(cast, BEGAN)
        self.seen: dict[datetime, dict[str, Any]] = {}

    @property
    def here(self) -> dict[str, Any]:
        return {"dialogue_id": self.walk.dialogue.pk, "at": self.walk.at}

    def go(self) -> None:
        for step in [
            *self.walk.steps()[:3],
            self.prepare_and_talk,
            self.take_back_sharing,
            *self.agree(),
            *self.amend(),
        ]:
            step()
            self.walk.dialogue = Dialogue.objects.get(pk=self.walk.dialogue.pk)
            self.seen[self.walk.at] = now(self.walk.dialogue, self.walk.at)
            self.walk.at += timedelta(hours=1)

    def prepare_and_talk(self) -> None:
        self.walk.prepare_and_talk()

    def take_back_sharing(self) -> None:
        withdraw_preparation(**self.here, by=self.cast.manager)

    def agree(self) -> list[Callable[[], Any]]:
        return [
            lambda: write_agreement(self.walk.dialogue, by=self.cast.manager, at=self.walk.at),
            lambda: save_revision(**self.here, by=self.cast.manager),
            lambda: present_agreement(**self.here, by=self.cast.manager),
            lambda: self.answer(self.cast.employee),
            lambda: take_back_agreement(**self.here, by=self.cast.manager),
            lambda: present_agreement(**self.here, by=self.cast.manager),
            lambda: self.answer(self.cast.employee),
            lambda: self.answer(self.cast.manager),
        ]

    def amend(self) -> list[Callable[[], Any]]:
        return [
            lambda: amend_agreement(**self.here, change_note="Ny frist", by=self.cast.manager),
            lambda: drop_amendment(**self.here, by=self.cast.manager),
            lambda: amend_agreement(**self.here, change_note="Ny frist", by=self.cast.manager),
            self.withdraw_item,
            lambda: present_agreement(**self.here, by=self.cast.manager),
            lambda: self.answer(self.cast.manager),
            lambda: self.answer(self.cast.employee, Meaning.RECEIVED),
            self.change_manager,
            lambda: approve_grant(
                grant_id=request_grant(**self.here, reason="Klage", by=self.cast.auditor).pk,
                by=self.cast.auditor2,
                at=self.walk.at,
            ),
            lambda: end_grant(grant_id=Grant.objects.get().pk, by=self.cast.auditor2, at=self.walk.at),
            lambda: amend_agreement(**self.here, change_note="Igen", by=self.cast.other_manager),
            lambda: present_agreement(**self.here, by=self.cast.other_manager),
            lambda: self.answer(self.cast.employee, Meaning.DECLINED, "Nej"),
            lambda: self.answer(self.cast.other_manager),
        ]

    def answer(self, by: Any, meaning: Meaning = Meaning.AGREED, remark: str = "") -> None:
        shown = self.walk.dialogue.agreement.presentations.latest("revision").document_sha256
        sign_agreement(
            **self.here, document_sha256=shown, meaning=meaning, remark=remark, auth_method="password", by=by
        )

    def withdraw_item(self) -> None:
        save_agreement_draft(
            **self.here,
            typed=typed(items={item_id_of(self.walk.dialogue): {"removed": True}}),
            allowed=allowed_ids(self.walk.dialogue, Purpose.AGREEMENT, "MANAGER"),
            by=self.cast.manager,
        )

    def change_manager(self) -> None:
        change_manager(
            self.cast.employee,
            self.cast.other_manager,
            by=self.cast.hr,
            confirmed_by=self.cast.manager,
            at=self.walk.at,
        )


def now(dialogue: Dialogue, at: datetime) -> dict[str, Any]:
    """How the rows say that a dialogue stands this moment."""
    agreement = Agreement.objects.filter(dialogue=dialogue).first()
    items = AgreementItem.objects.filter(agreement=agreement)
    in_force = Presentation.objects.filter(agreement=agreement).in_force().first()
    return {
        "stage": dialogue.stage,
        "entry": LedgerEntry.objects.filter(chain=dialogue.pk).latest("n").n,
        "revision": agreement.revision if agreement else None,
        "in_force": in_force.revision if in_force else None,
        "waits": Presentation.objects.filter(agreement=agreement, revision=agreement.revision if agreement else 0)
        .waiting()
        .exists(),
        "in_change": dialogue.stage == "FOLLOW_UP"
        and Draft.objects.filter(dialogue=dialogue, kind="AGREEMENT", envelope__isnull=False).exists(),
        "participants": set(Participant.objects.present().filter(dialogue=dialogue).values_list("name", flat=True)),
        "shared_by": set(
            SharedPreparation.objects.filter(
                preparation__participant__dialogue=dialogue, withdrawn_at=None
            ).values_list("preparation__participant__name", flat=True)
        ),
        "open": items.open().count(),
        "grants": Grant.objects.live(at=at).filter(dialogue=dialogue).count(),
    }


def looked_back(agreement: Agreement, at: datetime) -> dict[str, Any]:
    state = state_as_of(agreement, at)
    return {
        "stage": state.stage,
        "entry": state.entry,
        "revision": state.agreement.revision,
        "in_force": state.agreement.in_force,
        "waits": state.agreement.state == "WAITING",
        "in_change": state.agreement.in_change,
        "participants": {one.name for one in state.participants},
        "shared_by": set(state.shared_by),
        "open": state.open_items,
        "grants": state.grants,
    }


def test_looking_back_shows_each_moment_as_it_was(cast: Cast) -> None:
    course = Course(cast)
    course.go()
    agreement = course.walk.dialogue.agreement
    assert len({str(one) for one in course.seen.values()}) > 20
    for at, seen in course.seen.items():
        # Both at the moment itself and until the next thing happened.
        assert looked_back(agreement, at) == seen, at
        assert looked_back(agreement, at + timedelta(minutes=59)) == seen, at


def test_before_it_was_planned_there_was_nothing(cast: Cast) -> None:
    course = Course(cast)
    course.go()
    state = state_as_of(course.walk.dialogue.agreement, BEGAN - timedelta(microseconds=1))
    assert (state.stage, state.entry, state.agreement.revision, state.participants, state.items) == (
        None,
        None,
        None,
        [],
        0,
    )


def test_where_the_steps_are_erased_the_rest_is_still_told(cast: Cast) -> None:
    course = Course(cast)
    course.go()
    dialogue = course.walk.dialogue
    keys = DataKey.objects.filter(dialogue=dialogue, artefact=Artefact.EVENT)
    keys.update(wrapped=None, destroyed_at=NOW, destroyed_rule="five years")
    state = state_as_of(dialogue.agreement, NOW)
    last = list(course.seen.values())[-1]
    assert state.stage == ""
    assert (state.agreement.revision, state.agreement.in_force) == (last["revision"], last["in_force"])
