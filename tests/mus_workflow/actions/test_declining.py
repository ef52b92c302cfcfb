"""Three answers: what follows from each, alone and together, and what can be done then."""

from collections.abc import Callable

import pytest

from mus_workflow.actions.amend_agreement import amend_agreement, document_answered, drop_amendment
from mus_workflow.actions.hold_talk import close_dialogue
from mus_workflow.actions.record_progress import record_outcome
from mus_workflow.actions.write_revision import present_agreement, take_back_agreement
from mus_workflow.models import AgreementItem, Dialogue, Meaning, Outcome, Presentation, Signature, open_sealed
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage
from tests.builders import ITEM, Cast, answer, item_id_of, make_dialogue, sign_by_both, write_agreement
from tests.ledger import assert_chain_holds, entries, events, payload_of
from tests.mus_workflow.actions.verbs import LAST_YEAR, LATER
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

AGREED, RECEIVED, DECLINED = Meaning.AGREED, Meaning.RECEIVED, Meaning.DECLINED
Make = Callable[..., Dialogue]


def in_force(dialogue: Dialogue) -> list[int]:
    return [row.revision for row in Presentation.objects.filter(agreement__dialogue=dialogue).in_force()]


def stage_of(dialogue: Dialogue) -> str:
    return Dialogue.objects.get(pk=dialogue.pk).stage


@pytest.fixture
def declined(cast: Cast, dialogue_at: Make) -> Dialogue:
    """All have answered, and the manager declined."""
    dialogue = dialogue_at(Stage.SIGN_OFF)
    answer(dialogue, by=cast.employee)
    answer(dialogue, DECLINED, by=cast.manager, remark="Fristen er for kort.")
    return Dialogue.objects.get(pk=dialogue.pk)


@pytest.mark.parametrize("first", [AGREED, RECEIVED])
@pytest.mark.parametrize("second", [AGREED, RECEIVED])
def test_two_signatures_put_it_in_force_whatever_they_say(
    cast: Cast, dialogue_at: Make, first: Meaning, second: Meaning
) -> None:
    dialogue = dialogue_at(Stage.SIGN_OFF)
    answer(dialogue, first, by=cast.employee)
    answer(dialogue, second, by=cast.manager)
    assert (in_force(dialogue), stage_of(dialogue)) == ([1], Stage.FOLLOW_UP)
    assert AgreementItem.objects.filter(agreement__dialogue=dialogue).count() == 1
    assert {one.meaning for one in Signature.objects.all()} == {first, second}


@pytest.mark.parametrize(("first", "second"), [(DECLINED, AGREED), (RECEIVED, DECLINED), (DECLINED, DECLINED)])
def test_where_one_declines_the_dialogue_goes_on_with_nothing_in_force(
    cast: Cast, dialogue_at: Make, first: Meaning, second: Meaning
) -> None:
    dialogue = dialogue_at(Stage.SIGN_OFF)
    answer(dialogue, first, by=cast.employee)
    assert stage_of(dialogue) == Stage.SIGN_OFF
    answer(dialogue, second, by=cast.manager)
    assert (in_force(dialogue), stage_of(dialogue)) == ([], Stage.FOLLOW_UP)
    assert not AgreementItem.objects.exists()
    assert dialogue.drafts.get(kind="AGREEMENT").envelope is None
    assert dialogue.drafts.get(kind="FOLLOW_UP").envelope is not None
    assert_chain_holds(dialogue.pk)


def test_the_ledger_says_that_it_was_declined_and_why(cast: Cast, declined: Dialogue) -> None:
    assert events(declined.pk)[-3:] == ["SIGNED", "DECLINED", "STAGE_CHANGED"]
    entry = entries(declined.pk)[-2]
    signature = Signature.objects.get(meaning=DECLINED)
    assert (entry.object_id, entry.auth_method) == (str(signature.pk), "password")
    said = payload_of(entry)
    assert (said["meaning"], said["remark"], said["acknowledgement"]) == (
        "DECLINED",
        "Fristen er for kort.",
        "Sådan er det",
    )
    assert open_sealed(signature.remark) == "Fristen er for kort."


def test_while_one_has_not_answered_they_can_and_either_may_take_it_back(cast: Cast, dialogue_at: Make) -> None:
    dialogue = dialogue_at(Stage.SIGN_OFF)
    answer(dialogue, DECLINED, by=cast.manager)
    assert Presentation.objects.waiting().exists()
    take_back_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    assert stage_of(dialogue) == Stage.TALK
    present_agreement(dialogue_id=dialogue.pk, by=cast.employee, at=NOW)
    sign_by_both(dialogue, cast)
    assert in_force(dialogue) == [2]
    assert Signature.objects.filter(meaning=DECLINED, revision=1).count() == 1


def test_an_answer_is_final(cast: Cast, dialogue_at: Make) -> None:
    dialogue = dialogue_at(Stage.SIGN_OFF)
    answer(dialogue, DECLINED, by=cast.manager)
    with pytest.raises(Refused, match="You have answered this revision"):
        answer(dialogue, AGREED, by=cast.manager)


def test_when_all_have_answered_nothing_waits(cast: Cast, declined: Dialogue) -> None:
    assert not Presentation.objects.waiting().exists()
    with pytest.raises(Refused, match="No agreement waits for signatures"):
        take_back_agreement(dialogue_id=declined.pk, by=cast.manager, at=NOW)
    for by in (cast.employee, cast.manager):
        with pytest.raises(Refused, match="You have answered this revision"):
            answer(declined, by=by)


def test_what_was_declined_can_be_changed_presented_again_and_signed(cast: Cast, declined: Dialogue) -> None:
    amend_agreement(dialogue_id=declined.pk, change_note="Længere frist", by=cast.manager, at=NOW)
    assert dict(document_answered(declined))["revision"] == 1
    write_agreement(declined, by=cast.manager, item={**ITEM, "due_date": "2026-12-01"})
    present_agreement(dialogue_id=declined.pk, by=cast.manager, at=NOW)
    assert stage_of(declined) == Stage.FOLLOW_UP
    sign_by_both(declined, cast)
    assert (in_force(declined), stage_of(declined)) == ([2], Stage.FOLLOW_UP)
    assert str(AgreementItem.objects.get().pk) == item_id_of(declined)


def test_a_change_of_what_was_declined_can_be_dropped_and_the_dialogue_closed(cast: Cast, declined: Dialogue) -> None:
    amend_agreement(dialogue_id=declined.pk, change_note="Længere frist", by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="is being written"):
        close_dialogue(dialogue_id=declined.pk, by=cast.manager, at=NOW)
    drop_amendment(dialogue_id=declined.pk, by=cast.manager, at=NOW)
    close_dialogue(dialogue_id=declined.pk, by=cast.manager, at=NOW)
    assert stage_of(declined) == Stage.CLOSED


def test_a_change_that_is_declined_leaves_in_force_what_was(cast: Cast, dialogue_at: Make) -> None:
    dialogue = dialogue_at(Stage.FOLLOW_UP)
    before = AgreementItem.objects.get()
    amend_agreement(dialogue_id=dialogue.pk, change_note="Frist", by=cast.manager, at=NOW)
    write_agreement(dialogue, by=cast.manager, item={**ITEM, "what": "Noget andet"})
    present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    answer(dialogue, by=cast.manager)
    answer(dialogue, DECLINED, by=cast.employee)
    assert (in_force(dialogue), stage_of(dialogue)) == ([1], Stage.FOLLOW_UP)
    assert AgreementItem.objects.get().text == before.text
    assert dialogue.drafts.get(kind="AGREEMENT").envelope is None
    amend_agreement(dialogue_id=dialogue.pk, change_note="Igen", by=cast.manager, at=LATER)
    assert document_answered(dialogue)["revision"] == 1


def test_last_years_dialogue_is_over_when_this_years_is_answered(cast: Cast) -> None:
    last = make_dialogue(cast, at=LAST_YEAR)
    this = make_dialogue(cast, Stage.TALK)
    write_agreement(this, by=cast.manager)
    settled = {"outcome": Outcome.REACHED, "comment": "", "repeat": False, "by": cast.manager, "at": NOW}
    record_outcome(dialogue_id=this.pk, item_id=last.agreement.items.get().pk, **settled)
    present_agreement(dialogue_id=this.pk, by=cast.manager, at=NOW)
    answer(this, DECLINED, by=cast.employee)
    assert stage_of(last) == Stage.FOLLOW_UP
    answer(this, by=cast.manager)
    assert stage_of(last) == Stage.CLOSED
