"""Signing: what was shown is what is signed, by those it was shown to, once each; then it is in force."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from mus_workflow.actions.amend_agreement import amend_agreement
from mus_workflow.actions.record_progress import record_outcome
from mus_workflow.actions.sign_agreement import sign_agreement
from mus_workflow.actions.write_revision import present_agreement, take_back_agreement
from mus_workflow.models import AgreementItem, Dialogue, Outcome, Presentation, Signature, open_sealed
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage
from tests.builders import ITEM, Cast, change_manager, item_id_of, make_dialogue, sign_by_both, write_agreement
from tests.ledger import entries, events, payload_of, people_of
from tests.mus_workflow.actions.verbs import LAST_YEAR, shown
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


def sign(dialogue: Dialogue, by: Any, **changes: Any) -> Signature:
    sha = changes.pop("document_sha256", None)
    given = {"document_sha256": shown(dialogue) if sha is None else sha, "remark": "", "auth_method": "password"}
    return sign_agreement(dialogue_id=dialogue.pk, by=by, **{"at": NOW, **given, **changes})


def in_force(dialogue: Dialogue) -> list[int]:
    found = Presentation.objects.filter(agreement__dialogue=dialogue).in_force()
    return [presentation.revision for presentation in found]


def test_one_signature_puts_nothing_in_force(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.SIGN_OFF)
    sign(dialogue, cast.employee)
    assert in_force(dialogue) == []
    assert not AgreementItem.objects.exists()
    assert Dialogue.objects.get(pk=dialogue.pk).stage == Stage.SIGN_OFF


def test_the_last_signature_puts_it_in_force(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.SIGN_OFF)
    sign(dialogue, cast.manager)
    sign(dialogue, cast.employee)
    dialogue.refresh_from_db()
    assert (in_force(dialogue), dialogue.stage) == ([1], Stage.FOLLOW_UP)
    item = AgreementItem.objects.get()
    assert (str(item.pk), item.responsible, item.due_date) == (item_id_of(dialogue), "MANAGER", date(2026, 9, 1))
    assert open_sealed(item.text) == {name: ITEM[name] for name in ("what", "support", "measure")}
    assert dialogue.drafts.get(kind="AGREEMENT").envelope is None
    assert events(dialogue.pk)[-4:] == ["SIGNED", "SIGNED", "ITEM_SET", "STAGE_CHANGED"]


def test_the_ledger_holds_what_was_signed_by_whom_and_how_they_proved_it(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at(Stage.SIGN_OFF)
    signature = sign(dialogue, cast.employee, acknowledgement="Jeg underskriver", remark="Jeg er uenig i fristen.")
    entry = entries(dialogue.pk)[-1]
    assert entry == signature.ledger_entry
    assert (entry.event, entry.object_id, entry.auth_method) == ("SIGNED", str(signature.pk), "password")
    assert payload_of(entry) == {
        "revision": 1,
        "document_sha256": shown(dialogue),
        "participant": people_of(dialogue)["EMPLOYEE"],
        "meaning": "AGREED",
        "remark": "Jeg er uenig i fristen.",
        "acknowledgement": "Jeg underskriver",
    }
    assert open_sealed(signature.remark) == "Jeg er uenig i fristen."
    assert b"uenig" not in bytes(signature.remark)


@pytest.mark.parametrize("wrong", ["0" * 64, "", "æ" * 64, "x"])
def test_a_document_that_was_not_shown_is_not_signed(
    cast: Cast, dialogue_at: Callable[..., Dialogue], wrong: str
) -> None:
    with pytest.raises(Refused, match="has changed since it was shown to you"):
        sign(dialogue_at(Stage.SIGN_OFF), cast.employee, document_sha256=wrong)


def test_another_dialogues_document_is_not_signed_here(cast: Cast) -> None:
    last = make_dialogue(cast, at=LAST_YEAR)
    dialogue = make_dialogue(cast, Stage.TALK)
    write_agreement(dialogue, by=cast.manager)
    settle(dialogue, last.agreement.items.get(), cast)
    present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="has changed since it was shown"):
        sign(dialogue, cast.employee, document_sha256=shown(last))


def test_nobody_signs_twice(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.SIGN_OFF)
    first = sign(dialogue, cast.employee)
    with pytest.raises(Refused, match="You have answered this revision"):
        sign(dialogue, cast.employee)
    with pytest.raises(IntegrityError), transaction.atomic():
        Signature.objects.create(
            agreement=first.agreement,
            presentation=first.presentation,
            revision=1,
            participant=first.participant,
            document_sha256=first.document_sha256,
            auth_method="",
            signed_at=NOW,
            ledger_entry=entries(dialogue.pk)[0],
        )


@pytest.mark.parametrize("stage", [Stage.PLANNED, Stage.INVITED, Stage.PREPARING, Stage.TALK, Stage.NOT_HELD])
def test_there_is_nothing_to_sign_before_it_is_presented(
    cast: Cast, dialogue_at: Callable[..., Dialogue], stage: str
) -> None:
    with pytest.raises(Refused, match="No agreement waits for signatures"):
        sign(dialogue_at(stage), cast.employee, document_sha256="0" * 64)


@pytest.mark.parametrize("stage", [Stage.FOLLOW_UP, Stage.CLOSED])
def test_what_is_in_force_is_not_signed_again(cast: Cast, dialogue_at: Callable[..., Dialogue], stage: str) -> None:
    with pytest.raises(Refused, match="You have answered this revision"):
        sign(dialogue_at(stage), cast.manager)


def test_a_new_manager_in_the_middle_of_the_signing_makes_it_begin_again(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at(Stage.SIGN_OFF)
    sign(dialogue, cast.manager)
    later = NOW + timedelta(days=1)
    change_manager(cast.employee, cast.other_manager, by=cast.hr, confirmed_by=cast.manager, at=later)
    for by in (cast.employee, cast.other_manager):
        with pytest.raises(Refused, match="The parties have changed since this revision was presented"):
            sign(dialogue, by, at=later)
    with pytest.raises(Refused, match="do not take part"):
        sign(dialogue, cast.manager, at=later)
    take_back_agreement(dialogue_id=dialogue.pk, by=cast.employee, at=later)
    present_agreement(dialogue_id=dialogue.pk, by=cast.other_manager, at=later)
    for by in (cast.employee, cast.other_manager):
        sign(dialogue, by, at=later)
    assert in_force(dialogue) == [2]
    assert Signature.objects.filter(agreement__dialogue=dialogue).count() == 3


def test_a_manager_who_came_after_the_signing_leaves_it_in_force(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at(Stage.FOLLOW_UP)
    change_manager(cast.employee, cast.other_manager, by=cast.hr, confirmed_by=cast.manager, at=NOW)
    assert in_force(dialogue) == [1]


def test_the_signed_agreement_of_this_year_closes_last_years(cast: Cast) -> None:
    last = make_dialogue(cast, at=LAST_YEAR)
    this = signed_next_year(cast, last)
    last.refresh_from_db()
    assert (last.stage, this.previous) == (Stage.CLOSED, last)
    assert events(last.pk)[-1] == "STAGE_CHANGED"


def test_a_change_left_waiting_is_not_signed_after_the_dialogue_was_closed(cast: Cast) -> None:
    last = make_dialogue(cast, at=LAST_YEAR)
    amend_agreement(dialogue_id=last.pk, change_note="Frist", by=cast.manager, at=LAST_YEAR)
    present_agreement(dialogue_id=last.pk, by=cast.manager, at=LAST_YEAR)
    signed_next_year(cast, last)
    with pytest.raises(Refused, match="The dialogue is closed"):
        sign(last, cast.employee)
    with pytest.raises(Refused, match="The dialogue is closed"):
        take_back_agreement(dialogue_id=last.pk, by=cast.employee, at=NOW)
    assert in_force(last) == [1]


def test_signing_costs_few_queries(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.SIGN_OFF)
    sha = shown(dialogue)
    with CaptureQueriesContext(connection) as first:
        sign(dialogue, cast.employee, document_sha256=sha)
    with CaptureQueriesContext(connection) as last:
        sign(dialogue, cast.manager, document_sha256=sha)
    assert (len(first), len(last)) == (16, 44), [query["sql"] for query in last]


def settle(dialogue: Dialogue, item: AgreementItem, cast: Cast) -> None:
    given = {"outcome": Outcome.REACHED, "comment": "", "repeat": False, "by": cast.manager, "at": NOW}
    record_outcome(dialogue_id=dialogue.pk, item_id=item.pk, **given)


def signed_next_year(cast: Cast, last: Dialogue) -> Dialogue:
    this = make_dialogue(cast, Stage.TALK)
    write_agreement(this, by=cast.manager)
    settle(this, last.agreement.items.get(), cast)
    present_agreement(dialogue_id=this.pk, by=cast.manager, at=NOW)
    sign_by_both(this, cast)
    return this
