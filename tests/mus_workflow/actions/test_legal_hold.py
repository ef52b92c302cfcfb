"""While a hold stands nothing of the dialogue is erased; the reason is for those who decide on holds."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from mus_workflow.actions.legal_hold import lift_hold, place_hold
from mus_workflow.models import DataKey, Dialogue, LegalHold, open_sealed
from mus_workflow.policies.verdict import Refused
from tests.builders import Cast, make_dialogue
from tests.erasing import YEARS_ON, erase, leave, let_hold
from tests.ledger import entries, events, payload_of
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def dialogue(cast: Cast) -> Dialogue:
    let_hold(cast.auditor)
    let_hold(cast.employee)
    return make_dialogue(cast)


def place(dialogue: Dialogue, cast: Cast) -> LegalHold:
    return place_hold(dialogue_id=dialogue.pk, reason=" Klagesag ", by=cast.auditor, at=NOW)


def test_a_hold_is_in_the_ledger_and_its_reason_is_sealed(cast: Cast, dialogue: Dialogue) -> None:
    hold = place(dialogue, cast)
    assert open_sealed(hold.reason) == "Klagesag"
    told = entries(dialogue.pk)[-1]
    assert (told.event, told.object_id) == ("HOLD_PLACED", str(hold.pk))
    assert payload_of(told) == {"reason": "Klagesag", "by_name": "Astrid Friis"}
    lift_hold(hold_id=hold.pk, by=cast.auditor, at=NOW)
    assert events(dialogue.pk)[-1] == "HOLD_LIFTED"
    assert not LegalHold.objects.standing().exists()


def test_a_hold_always_wins_and_what_is_due_goes_when_it_is_lifted(cast: Cast, dialogue: Dialogue) -> None:
    hold = place(dialogue, cast)
    leave(cast.employee)
    keys = DataKey.objects.filter(dialogue=dialogue, destroyed_at=None)
    before = keys.count()
    told, run = erase(YEARS_ON)
    assert [one.is_held for one in told] == [True] * run.kept == [True] * before
    assert (keys.count(), run.by_rule.total()) == (before, 0)
    lift_hold(hold_id=hold.pk, by=cast.auditor, at=YEARS_ON)
    _told, run = erase(YEARS_ON)
    # The lifting itself was told in the ledger, under a key that is erased with the others.
    assert (keys.count(), run.kept) == (0, 0)
    assert run.by_rule["AGREEMENT_AFTER_LEAVING"] > 0


def test_a_dialogue_has_one_standing_hold_and_may_have_had_others(cast: Cast, dialogue: Dialogue) -> None:
    hold = place(dialogue, cast)
    with pytest.raises(Refused, match="kept by a hold already"):
        place(dialogue, cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalHold.objects.create(dialogue=dialogue, reason=hold.reason, placed_at=NOW, placed_by_key="1")
    lift_hold(hold_id=hold.pk, by=cast.auditor, at=NOW)
    with pytest.raises(Refused, match="has been lifted"):
        lift_hold(hold_id=hold.pk, by=cast.auditor, at=NOW)
    assert place(dialogue, cast).pk != hold.pk


def test_a_hold_needs_a_reason(cast: Cast, dialogue: Dialogue) -> None:
    with pytest.raises(Refused, match="why"):
        place_hold(dialogue_id=dialogue.pk, reason="  ", by=cast.auditor, at=NOW)
    assert not LegalHold.objects.exists()


def test_nobody_decides_on_a_hold_of_their_own_dialogue(cast: Cast, dialogue: Dialogue) -> None:
    with pytest.raises(Refused, match="somebody else"):
        place_hold(dialogue_id=dialogue.pk, reason="Nej", by=cast.employee, at=NOW)
    hold = place(dialogue, cast)
    with pytest.raises(Refused, match="somebody else"):
        lift_hold(hold_id=hold.pk, by=cast.employee, at=NOW)


@pytest.mark.parametrize("name", ["manager", "hr", "editor", "auditor2", "admin"])
def test_nobody_without_the_task_decides(cast: Cast, dialogue: Dialogue, name: str) -> None:
    with pytest.raises(Refused, match="data protection"):
        place_hold(dialogue_id=dialogue.pk, reason="Nej", by=getattr(cast, name), at=NOW)
