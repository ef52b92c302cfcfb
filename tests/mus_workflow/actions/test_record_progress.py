"""Progress, outcomes and follow-ups."""

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from mus_workflow.actions.hold_talk import close_dialogue
from mus_workflow.actions.record_progress import record_follow_up, record_outcome, record_progress
from mus_workflow.actions.save_draft import save_follow_up_draft
from mus_workflow.actions.write_revision import present_agreement
from mus_workflow.documents.item import item_state
from mus_workflow.models import AgreementItem, Dialogue, FollowUp, Outcome, Progress, open_sealed
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage
from tests.builders import ITEM, Cast, make_dialogue, qid, sign_by_both, typed, write_agreement
from tests.ledger import assert_chain_holds, entries, payload_of
from tests.mus_workflow.actions.verbs import LAST_YEAR
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def last(cast: Cast) -> Dialogue:
    return make_dialogue(cast, at=LAST_YEAR)


@pytest.fixture
def item(last: Dialogue) -> AgreementItem:
    return last.agreement.items.get()


@pytest.fixture
def talk(cast: Cast, last: Dialogue) -> Dialogue:
    """This year's."""
    return make_dialogue(cast, Stage.TALK)


def progress(dialogue: Dialogue, item: AgreementItem, by: Any, note: str = "Tilmeldt") -> AgreementItem:
    given = {"progress": Progress.UNDER_WAY, "note": note, "by": by, "at": NOW}
    return record_progress(dialogue_id=dialogue.pk, item_id=item.pk, **given)


def settle(dialogue: Dialogue, item: AgreementItem, by: Any, **changes: Any) -> AgreementItem:
    given = {"outcome": Outcome.PARTLY, "comment": "Næsten", "repeat": False, "by": by, "at": NOW}
    return record_outcome(dialogue_id=dialogue.pk, item_id=item.pk, **{**given, **changes})


def drafted_items(dialogue: Dialogue) -> list[dict[str, Any]]:
    return list(open_sealed(dialogue.drafts.get(kind="AGREEMENT").envelope)["items"].values())


def test_progress_stays_on_the_row_its_history_and_the_ledger(cast: Cast, last: Dialogue, item: AgreementItem) -> None:
    progress(last, item, cast.employee)
    item.refresh_from_db()
    entry = entries(last.pk)[-1]
    row = item.history.get(pk=entry.history_id)
    assert (item.progress, item.progress_at) == ("UNDER_WAY", NOW)
    assert open_sealed(item.progress_note) == open_sealed(row.progress_note) == "Tilmeldt"
    assert payload_of(entry) == item_state(item)
    assert (row.history_change_reason, row.actor_role) == ("PROGRESS_RECORDED", "EMPLOYEE")


def test_progress_is_over_when_the_dialogue_is_closed(cast: Cast, last: Dialogue, item: AgreementItem) -> None:
    close_dialogue(dialogue_id=last.pk, by=cast.manager, at=NOW)
    with pytest.raises(Refused, match="until the dialogue is closed"):
        progress(last, item, cast.employee)


def test_an_item_is_reached_through_its_own_dialogue_only(cast: Cast, talk: Dialogue, item: AgreementItem) -> None:
    with pytest.raises(AgreementItem.DoesNotExist):
        progress(talk, item, cast.employee)


def test_an_outcome_is_said_by_each_side_and_kept_in_the_items_own_chain(
    cast: Cast, last: Dialogue, talk: Dialogue, item: AgreementItem
) -> None:
    settle(talk, item, cast.employee, comment="Jeg nåede det meste")
    settle(talk, item, cast.manager, outcome=Outcome.REACHED, comment="Mere end det")
    item.refresh_from_db()
    assert (item.outcome, item.outcome_in) == ("REACHED", talk)
    assert open_sealed(item.outcome_note) == {"EMPLOYEE": "Jeg nåede det meste", "MANAGER": "Mere end det"}
    assert [entry.event for entry in entries(last.pk)[-2:]] == ["OUTCOME_RECORDED", "OUTCOME_RECORDED"]
    assert_chain_holds(last.pk)


def test_what_has_an_outcome_has_no_more_progress(
    cast: Cast, last: Dialogue, talk: Dialogue, item: AgreementItem
) -> None:
    settle(talk, item, cast.manager)
    with pytest.raises(Refused, match="has an outcome, so its progress is settled"):
        progress(last, item, cast.manager)


def test_outcomes_are_said_in_the_talk(cast: Cast, last: Dialogue, item: AgreementItem) -> None:
    this = make_dialogue(cast, Stage.PREPARING)
    with pytest.raises(Refused, match="recorded in the talk"):
        settle(this, item, cast.manager)


@pytest.mark.parametrize("outcome", [Outcome.WITHDRAWN, "", "NONSENSE"])
def test_only_what_a_talk_can_say_is_an_outcome(cast: Cast, talk: Dialogue, item: AgreementItem, outcome: str) -> None:
    with pytest.raises(Refused, match="cannot be settled"):
        settle(talk, item, cast.manager, outcome=outcome)


def test_an_unknown_item_is_not_settled(cast: Cast, talk: Dialogue) -> None:
    with pytest.raises(Refused, match="cannot be settled"):
        settle(talk, AgreementItem(pk=uuid.uuid4()), cast.manager)


def test_a_repeated_item_keeps_its_lineage_and_counts_its_repeats(
    cast: Cast, talk: Dialogue, item: AgreementItem
) -> None:
    settle(talk, item, cast.manager, repeat=True)
    (repeated,) = drafted_items(talk)
    assert (repeated["lineage"], repeated["repeats"]) == (str(item.lineage), 1)
    assert repeated["fields"]["what"] == ITEM["what"]
    assert "due_date" not in repeated["fields"]


def test_the_other_side_repeating_it_too_makes_no_second_one(cast: Cast, talk: Dialogue, item: AgreementItem) -> None:
    for by in (cast.manager, cast.employee):
        settle(talk, item, by, repeat=True)
    assert len(drafted_items(talk)) == 1


def test_a_lineage_goes_on_over_the_years(cast: Cast, talk: Dialogue, item: AgreementItem) -> None:
    settle(talk, item, cast.manager, repeat=True)
    write_agreement(talk, by=cast.manager)
    present_agreement(dialogue_id=talk.pk, by=cast.manager, at=NOW)
    sign_by_both(talk, cast)
    second = talk.agreement.items.get(lineage=item.lineage)
    third_year = make_dialogue(cast, Stage.TALK)
    settle(third_year, second, cast.employee, repeat=True)
    (again,) = drafted_items(third_year)
    assert (again["lineage"], again["repeats"], second.repeats) == (str(item.lineage), 2, 1)


def test_repeating_keeps_what_was_typed_meanwhile(cast: Cast, talk: Dialogue, item: AgreementItem) -> None:
    write_agreement(talk, by=cast.employee)
    before = talk.drafts.get(kind="AGREEMENT").version
    settle(talk, item, cast.manager, repeat=True)
    draft = talk.drafts.get(kind="AGREEMENT")
    assert draft.version == before + 1
    assert open_sealed(draft.envelope)["answers"][qid("summary")]["value"] == "Vi satser på formidling."


def test_a_follow_up_is_recorded_once_and_the_next_one_is_empty(cast: Cast, last: Dialogue) -> None:
    for number in (1, 2):
        save_follow_up_draft(
            dialogue_id=last.pk, typed=typed({"how": f"Nr. {number}"}), allowed=[qid("how")], by=cast.manager, at=NOW
        )
        follow_up = record_follow_up(dialogue_id=last.pk, by=cast.employee, at=NOW)
        assert follow_up.number == number
        document = open_sealed(follow_up.document)
        assert document["sections"][0]["answers"][0]["text"] == f"Nr. {number}"
        assert payload_of(entries(last.pk)[-1]) == document
        assert open_sealed(last.drafts.get(kind="FOLLOW_UP").envelope)["answers"] == {}


def test_an_empty_follow_up_is_not_recorded(cast: Cast, last: Dialogue) -> None:
    with pytest.raises(Refused, match="Write at least one answer"):
        record_follow_up(dialogue_id=last.pk, by=cast.manager, at=NOW)
    assert not FollowUp.objects.exists()


@pytest.mark.parametrize("stage", [Stage.TALK, Stage.SIGN_OFF, Stage.CLOSED, Stage.NOT_HELD])
def test_a_follow_up_belongs_between_signing_and_close(
    cast: Cast, dialogue_at: Callable[..., Dialogue], stage: str
) -> None:
    with pytest.raises(Refused, match="between the signing and the close"):
        record_follow_up(dialogue_id=dialogue_at(stage).pk, by=cast.manager, at=NOW)
