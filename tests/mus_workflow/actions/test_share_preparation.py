"""Sharing: a copy of what was chosen and no trace of the rest; taking it back; and a manager who came later."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from mus_workflow.actions.save_draft import save_preparation
from mus_workflow.actions.share_preparation import share_preparation, withdraw_preparation
from mus_workflow.models import Dialogue, Participant, SharedPreparation, open_sealed
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage
from tests.builders import Cast, change_manager, qid, typed
from tests.ledger import entries, payload_of
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

MINE = [qid("year"), qid("well_being"), qid("course"), qid("which_course"), qid("workload")]
PRIVATE = ["Jeg er træt om fredagen.", qid("well_being"), "Hvordan trives du?"]


def share(dialogue: Dialogue, by: Any, *names: str, at: Any = NOW) -> SharedPreparation:
    return share_preparation(dialogue_id=dialogue.pk, chosen=[qid(name) for name in names], by=by, at=at)


def write(dialogue: Dialogue, by: Any, **answers: Any) -> None:
    save_preparation(dialogue_id=dialogue.pk, typed=typed(answers), allowed=MINE, by=by, at=NOW)


def part_of(dialogue: Dialogue, user: Any) -> Participant:
    return dialogue.participants.present().get(user=user)


def seen_by(dialogue: Dialogue, user: Any) -> list[dict[str, Any]]:
    """The shared documents of others that this participant may read now."""
    me = part_of(dialogue, user)
    found = SharedPreparation.objects.readable_by(me).exclude(preparation__participant=me)
    return [open_sealed(shared.document) for shared in found]


def answers_in(document: dict[str, Any]) -> dict[str, Any]:
    return {answer["id"]: answer["value"] for section in document["sections"] for answer in section["answers"]}


def test_the_other_side_sees_the_chosen_answers_and_no_trace_of_the_rest(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at(Stage.TALK)
    (document,) = seen_by(dialogue, cast.manager)
    assert answers_in(document) == {qid("year"): "Et godt år med mange besøg.", qid("workload"): 3}
    assert [trace for trace in PRIVATE if trace in json.dumps(document, ensure_ascii=False)] == []


def test_the_document_is_the_same_whether_or_not_something_private_was_written(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at(Stage.PREPARING)
    write(dialogue, cast.employee, year="Fint")
    alone = open_sealed(share(dialogue, cast.employee, "year").document)
    write(dialogue, cast.employee, well_being="Meget langt og privat " * 50, workload=5)
    beside = open_sealed(share(dialogue, cast.employee, "year").document)
    assert alone == beside


def test_neither_history_nor_ledger_holds_what_was_kept_private(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at(Stage.FOLLOW_UP)
    told = [payload_of(entry) for entry in entries(dialogue.pk)]
    kept = [open_sealed(row.document) for row in SharedPreparation.history.all()]
    assert [trace for trace in PRIVATE if trace in json.dumps([told, kept], ensure_ascii=False)] == []


def test_what_is_typed_later_stays_private_until_it_is_shared_again(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at(Stage.TALK)
    write(dialogue, cast.employee, year="Rettet")
    assert answers_in(seen_by(dialogue, cast.manager)[0])[qid("year")] == "Et godt år med mange besøg."
    assert share(dialogue, cast.employee, "year").revision == 2
    assert answers_in(seen_by(dialogue, cast.manager)[0]) == {qid("year"): "Rettet"}


def test_withdrawing_ends_sight_at_once_and_sharing_again_brings_it_back(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at(Stage.TALK)
    withdraw_preparation(dialogue_id=dialogue.pk, by=cast.employee, at=NOW)
    assert seen_by(dialogue, cast.manager) == []
    assert payload_of(entries(dialogue.pk)[-1])["withdrawn"] is True
    share(dialogue, cast.employee, "workload")
    assert answers_in(seen_by(dialogue, cast.manager)[0]) == {qid("workload"): 3}


def test_a_hidden_answer_is_kept_in_the_draft_and_left_out_of_the_copy(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at(Stage.PREPARING)
    write(dialogue, cast.employee, year="Fint", course="yes", which_course="Keramik")
    write(dialogue, cast.employee, course="no")
    document = open_sealed(share(dialogue, cast.employee, "year", "course", "which_course").document)
    assert "Keramik" not in json.dumps(document, ensure_ascii=False)
    draft = dialogue.drafts.get(kind="PREPARATION", participant__user=cast.employee)
    assert open_sealed(draft.envelope)["answers"][qid("which_course")]["value"] == "Keramik"


@pytest.mark.parametrize("chosen", [[], ["well_being"], ["which_course"], ["praise"]])
def test_sharing_nothing_is_refused(cast: Cast, dialogue_at: Callable[..., Dialogue], chosen: list[str]) -> None:
    dialogue = dialogue_at(Stage.PREPARING)
    write(dialogue, cast.employee, year="Fint", which_course="Skjult")
    with pytest.raises(Refused, match="Choose at least one answer"):
        share(dialogue, cast.employee, *chosen)
    assert not SharedPreparation.objects.exists()


def test_a_blank_answer_is_not_shared(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.PREPARING)
    write(dialogue, cast.employee, year="Fint", well_being="   ")
    assert answers_in(open_sealed(share(dialogue, cast.employee, "year", "well_being").document)) == {
        qid("year"): "Fint"
    }


@pytest.mark.parametrize("stage", [Stage.SIGN_OFF, Stage.FOLLOW_UP, Stage.CLOSED])
def test_after_the_presentation_nothing_is_shared_or_taken_back(
    cast: Cast, dialogue_at: Callable[..., Dialogue], stage: str
) -> None:
    dialogue = dialogue_at(stage)
    with pytest.raises(Refused, match="Preparation is open from"):
        share(dialogue, cast.employee, "year")
    with pytest.raises(Refused, match="can no longer be taken back"):
        withdraw_preparation(dialogue_id=dialogue.pk, by=cast.employee, at=NOW)


def test_what_is_not_shared_cannot_be_taken_back(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.TALK)
    withdraw_preparation(dialogue_id=dialogue.pk, by=cast.employee, at=NOW)
    with pytest.raises(Refused, match="Nothing of your preparation is shared"):
        withdraw_preparation(dialogue_id=dialogue.pk, by=cast.employee, at=NOW)


def test_a_new_manager_reads_nothing_that_was_shared_before_joining(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at(Stage.TALK)
    later = NOW + timedelta(days=1)
    change_manager(cast.employee, cast.other_manager, by=cast.hr, confirmed_by=cast.manager, at=later)
    assert seen_by(dialogue, cast.other_manager) == []
    share(dialogue, cast.employee, "year", at=later + timedelta(hours=1))
    assert [answers_in(document) for document in seen_by(dialogue, cast.other_manager)] == [
        {qid("year"): "Et godt år med mange besøg."}
    ]


def test_the_employee_still_reads_what_the_former_manager_shared(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at(Stage.TALK)
    later = NOW + timedelta(days=1)
    change_manager(cast.employee, cast.other_manager, by=cast.hr, confirmed_by=cast.manager, at=later)
    assert answers_in(seen_by(dialogue, cast.employee)[0]) == {qid("praise"): "Du har løftet børneområdet."}


def test_nothing_crosses_to_another_dialogue(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    last = dialogue_at(Stage.FOLLOW_UP)
    this = dialogue_at(Stage.PREPARING)
    assert seen_by(this, cast.manager) == []
    assert len(seen_by(last, cast.manager)) == 1
