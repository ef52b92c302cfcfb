"""Recording revisions, presenting them, and taking them back."""

from collections.abc import Callable
from typing import Any

import pytest

from mus_workflow.actions.change_manager import appoint_manager
from mus_workflow.actions.hold_talk import hold_talk
from mus_workflow.actions.record_progress import record_outcome
from mus_workflow.actions.save_draft import save_agreement_draft
from mus_workflow.actions.sign_agreement import sign_agreement
from mus_workflow.actions.write_revision import present_agreement, save_revision, take_back_agreement
from mus_workflow.documents.agreement import document_sha256
from mus_workflow.models import Dialogue, Outcome, Presentation, open_sealed, user_key
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage
from tests.builders import ITEM, Cast, allowed_ids, item_id_of, make_dialogue, make_person, qid, typed, write_agreement
from tests.ledger import entries, payload_of, people_of
from tests.mus_workflow.actions.verbs import LAST_YEAR
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


def present(dialogue: Dialogue, by: Any) -> Presentation:
    return present_agreement(dialogue_id=dialogue.pk, by=by, at=NOW)


def test_a_saved_revision_is_history_with_its_author_and_asks_nobody(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at(Stage.TALK)
    write_agreement(dialogue, by=cast.manager)
    agreement = save_revision(dialogue_id=dialogue.pk, by=cast.employee, at=NOW)
    row = agreement.history.get()
    assert (row.revision, row.history_user_id, row.actor_label, row.actor_role) == (
        1,
        user_key(cast.employee),
        "Emma Lund",
        "EMPLOYEE",
    )
    assert (row.history_date, row.history_change_reason) == (NOW, "REVISION_SAVED")
    assert not agreement.presentations.exists()


def test_live_row_history_and_ledger_say_the_same(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.SIGN_OFF)
    agreement = dialogue.agreement
    entry = next(entry for entry in entries(dialogue.pk) if entry.event == "PRESENTED")
    row = agreement.history.get(pk=entry.history_id)
    document = open_sealed(agreement.document)
    assert document == open_sealed(row.document) == payload_of(entry)["document"]
    assert document_sha256(document) == agreement.presentations.get().document_sha256


def test_the_document_says_who_wrote_each_answer(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.TALK)
    write_agreement(dialogue, by=cast.manager)
    save_agreement_draft(
        dialogue_id=dialogue.pk,
        typed=typed({"employee_says": "Enig"}),
        allowed=allowed_ids(dialogue, "AGREEMENT", "EMPLOYEE"),
        by=cast.employee,
        at=NOW,
    )
    document = open_sealed(save_revision(dialogue_id=dialogue.pk, by=cast.manager, at=NOW).document)
    writers = {answer["id"]: answer["by"] for section in document["sections"] for answer in section["answers"]}
    people = people_of(dialogue)
    assert writers == {qid("summary"): people["MANAGER"], qid("employee_says"): people["EMPLOYEE"]}


def test_presenting_names_the_parties_and_waits_for_them(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.SIGN_OFF)
    presentation = dialogue.agreement.presentations.get()
    assert sorted(presentation.parties) == sorted(people_of(dialogue).values())
    assert (presentation.party_count, presentation.revision) == (2, 1)


def test_a_required_answer_that_is_missing_is_named(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.TALK)
    with pytest.raises(Refused, match=r"lacks an answer to: Hvad er I enige om\?"):
        present(dialogue, cast.manager)
    save_agreement_draft(
        dialogue_id=dialogue.pk, typed=typed({"summary": "  \n"}), allowed=[qid("summary")], by=cast.manager, at=NOW
    )
    with pytest.raises(Refused, match="lacks an answer"):
        present(dialogue, cast.manager)
    assert not Presentation.objects.exists()


def test_an_item_from_last_time_without_an_outcome_holds_the_presentation_back(cast: Cast) -> None:
    last = make_dialogue(cast, at=LAST_YEAR)
    dialogue = make_dialogue(cast, Stage.TALK)
    write_agreement(dialogue, by=cast.manager)
    with pytest.raises(Refused, match="1 of the items from last time have no outcome yet"):
        present(dialogue, cast.manager)
    item = last.agreement.items.get()
    settle = {"dialogue_id": dialogue.pk, "item_id": item.pk, "repeat": False, "at": NOW}
    record_outcome(**settle, outcome=Outcome.REACHED, comment="Fint", by=cast.employee)
    record_outcome(**settle, outcome=Outcome.PARTLY, comment="Næsten", by=cast.manager)
    present(dialogue, cast.manager)
    settled = open_sealed(dialogue.agreement.document)["settled"]
    assert [(row["outcome"], row["comments"]) for row in settled] == [
        ("PARTLY", {"EMPLOYEE": "Fint", "MANAGER": "Næsten"})
    ]


def test_items_of_several_earlier_dialogues_are_all_carried_and_no_one_elses(cast: Cast) -> None:
    """Three years, of which the first two left an item open; a colleague's items stay the colleague's."""
    colleague = make_person("colleague")
    appoint_manager(employee=colleague, manager=cast.manager, start_date=LAST_YEAR.date(), at=LAST_YEAR)
    first = make_dialogue(cast, Stage.CLOSED, at=LAST_YEAR)
    second = make_dialogue(cast, Stage.TALK, at=LAST_YEAR)
    write_agreement(second, by=cast.manager)
    with pytest.raises(Refused, match="1 of the items"):
        present(second, cast.manager)
    record_outcome(
        dialogue_id=second.pk,
        item_id=first.agreement.items.get().pk,
        outcome=Outcome.NOT_REACHED,
        comment="",
        repeat=True,
        by=cast.manager,
        at=NOW,
    )
    present(second, cast.manager)
    items = open_sealed(second.agreement.document)["items"]
    assert sorted((item["lineage"] == item_id_of(first), item["repeats"]) for item in items) == [(False, 0), (True, 1)]


def test_an_empty_row_is_left_out_and_a_removed_item_too(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.TALK)
    blank = "5f0c0f1e-0000-4000-8000-00000000000a"
    removed = "5f0c0f1e-0000-4000-8000-00000000000b"
    write_agreement(dialogue, by=cast.manager)
    write_agreement(dialogue, by=cast.manager, item={"what": " ", "support": ""}, item_id=blank)
    write_agreement(dialogue, by=cast.manager, item={**ITEM, "removed": True}, item_id=removed)
    present(dialogue, cast.manager)
    assert [item["id"] for item in open_sealed(dialogue.agreement.document)["items"]] == [item_id_of(dialogue)]


def test_a_half_written_item_is_named_rather_than_dropped(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.TALK)
    write_agreement(dialogue, by=cast.manager, item={**ITEM, "what": " ", "responsible": ""})
    with pytest.raises(Refused, match=r"Item 1 lacks: What you have agreed, Responsible\."):
        present(dialogue, cast.manager)


def test_nothing_is_presented_twice_while_it_waits(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.SIGN_OFF)
    for action in (present_agreement, save_revision):
        with pytest.raises(Refused, match=r"waits for signatures\. Take it back first"):
            action(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)


@pytest.mark.parametrize("stage", [Stage.PLANNED, Stage.INVITED, Stage.PREPARING, Stage.CLOSED, Stage.NOT_HELD])
def test_nothing_is_presented_outside_the_talk(cast: Cast, dialogue_at: Callable[..., Dialogue], stage: str) -> None:
    dialogue = dialogue_at(stage)
    with pytest.raises(Refused, match="written in the talk, which is not open"):
        present(dialogue, cast.manager)


def test_what_was_taken_back_is_written_and_presented_anew(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.SIGN_OFF)
    first = dialogue.agreement.presentations.get()
    taken = take_back_agreement(dialogue_id=dialogue.pk, by=cast.employee, at=NOW)
    assert taken.stage == Stage.TALK
    second = present(dialogue, cast.manager)
    assert (first.revision, second.revision) == (1, 2)
    assert first.document_sha256 != second.document_sha256
    with pytest.raises(Refused, match="no longer the latest one"):
        sign_agreement(
            dialogue_id=dialogue.pk,
            document_sha256=first.document_sha256,
            remark="",
            auth_method="password",
            by=cast.employee,
            at=NOW,
        )


@pytest.mark.parametrize("stage", [Stage.TALK, Stage.FOLLOW_UP, Stage.CLOSED])
def test_only_what_waits_is_taken_back(cast: Cast, dialogue_at: Callable[..., Dialogue], stage: str) -> None:
    with pytest.raises(Refused, match="No agreement waits for signatures"):
        take_back_agreement(dialogue_id=dialogue_at(stage).pk, by=cast.employee, at=NOW)


def test_the_talk_is_not_reopened_behind_a_revision_that_waits(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    """Only taking it back may: otherwise a revision could be signed while another is written."""
    dialogue = dialogue_at(Stage.SIGN_OFF)
    with pytest.raises(Refused):
        hold_talk(dialogue_id=dialogue.pk, by=cast.employee, at=NOW)
    assert Dialogue.objects.get(pk=dialogue.pk).stage == Stage.SIGN_OFF
