"""Saving what is typed: whose draft, when, and what happens to text that meets other text."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from mus_workflow.actions.amend_agreement import amend_agreement
from mus_workflow.actions.save_draft import save_agreement_draft, save_follow_up_draft, save_preparation
from mus_workflow.models import Dialogue, Draft, LedgerEntry, open_sealed
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage
from tests.builders import ITEM, Cast, item_id_of, make_dialogue, qid, typed
from tests.mus_workflow.actions.verbs import LAST_YEAR
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

MINE = [qid("year"), qid("well_being"), qid("course"), qid("which_course"), qid("workload")]


def prepare(dialogue: Dialogue, by: Any, answers: dict[str, Any], **kwargs: Any) -> Any:
    return save_preparation(dialogue_id=dialogue.pk, typed=typed(answers, **kwargs), allowed=MINE, by=by, at=NOW)


def agree(dialogue: Dialogue, by: Any, answers: dict[str, Any] | None = None, **kwargs: Any) -> Any:
    allowed = [qid("summary")]
    return save_agreement_draft(dialogue_id=dialogue.pk, typed=typed(answers, **kwargs), allowed=allowed, by=by, at=NOW)


def body_of(draft: Draft) -> dict[str, Any]:
    draft.refresh_from_db()
    return open_sealed(draft.envelope)


def own_draft(dialogue: Dialogue, user: Any) -> Draft:
    return dialogue.drafts.get(kind="PREPARATION", participant__user=user)


def test_a_save_is_kept_sealed_and_gives_the_next_version(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.INVITED)
    assert prepare(dialogue, cast.employee, {"year": "Hemmeligt"}).version == 1
    assert prepare(dialogue, cast.employee, {"course": "yes"}).version == 2
    draft = own_draft(dialogue, cast.employee)
    assert {key: entry["value"] for key, entry in body_of(draft)["answers"].items()} == {
        qid("year"): "Hemmeligt",
        qid("course"): "yes",
    }
    assert b"Hemmeligt" not in bytes(draft.envelope)


def test_typing_is_neither_history_nor_evidence(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.INVITED)
    before = LedgerEntry.objects.count()
    prepare(dialogue, cast.employee, {"year": "Nyt"})
    assert LedgerEntry.objects.count() == before


def test_the_two_preparations_are_two_drafts_under_two_keys(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.TALK)
    mine, theirs = own_draft(dialogue, cast.employee), own_draft(dialogue, cast.manager)
    assert bytes(mine.envelope)[1:17] != bytes(theirs.envelope)[1:17]


@pytest.mark.parametrize("stage", [Stage.PLANNED, Stage.SIGN_OFF, Stage.FOLLOW_UP, Stage.CLOSED, Stage.NOT_HELD])
def test_preparing_is_closed_before_the_invitation_and_after_the_talk(
    cast: Cast, dialogue_at: Callable[..., Dialogue], stage: str
) -> None:
    with pytest.raises(Refused, match="Preparation is open from the invitation"):
        prepare(dialogue_at(stage), cast.employee, {"year": "For sent"})


def test_a_question_of_the_other_side_is_refused_and_nothing_is_saved(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at(Stage.PREPARING)
    for foreign in ({"answers": {qid("praise"): "x"}}, {"sharing": {qid("praise"): True}}):
        with pytest.raises(Refused, match="not yours to answer"):
            save_preparation(dialogue_id=dialogue.pk, typed=typed(**foreign), allowed=MINE, by=cast.employee, at=NOW)
    assert own_draft(dialogue, cast.employee).version == 0


def test_a_resend_is_saved_once(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.PREPARING)
    first = prepare(dialogue, cast.employee, {"year": "A"}, request="r1", base=0)
    prepare(dialogue, cast.employee, {"year": "B"}, request="r2", base=1)
    again = prepare(dialogue, cast.employee, {"year": "A"}, request="r1", base=0)
    assert (first.version, again.version, again.conflicts) == (1, 1, ())
    assert body_of(own_draft(dialogue, cast.employee))["answers"][qid("year")]["value"] == "B"


def test_two_windows_that_wrote_the_same_answer_get_both_texts(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at(Stage.TALK)
    start = dialogue.drafts.get(kind="AGREEMENT").version
    agree(dialogue, cast.employee, {"summary": "Hendes"}, base=start)
    saved = agree(dialogue, cast.manager, {"summary": "Hans"}, base=start)
    conflict = saved.conflicts[0]
    assert (conflict.mine, conflict.theirs) == ("Hans", "Hendes")
    assert conflict.by == str(dialogue.participants.get(role="EMPLOYEE").pk)
    assert body_of(dialogue.drafts.get(kind="AGREEMENT"))["answers"][qid("summary")]["value"] == "Hendes"


def test_a_conflict_whose_answer_was_lost_on_the_way_is_told_again(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at(Stage.TALK)
    start = dialogue.drafts.get(kind="AGREEMENT").version
    agree(dialogue, cast.employee, {"summary": "Hendes"}, base=start)
    for _attempt in range(2):
        saved = agree(dialogue, cast.manager, {"summary": "Hans"}, base=start, request="the same")
        assert [conflict.mine for conflict in saved.conflicts] == ["Hans"]


@pytest.mark.parametrize("stage", [Stage.SIGN_OFF, Stage.FOLLOW_UP, Stage.CLOSED, Stage.INVITED])
def test_the_agreement_is_written_in_the_talk_only(
    cast: Cast, dialogue_at: Callable[..., Dialogue], stage: str
) -> None:
    with pytest.raises(Refused):
        agree(dialogue_at(stage), cast.manager, {"summary": "For sent"})


def test_a_signed_agreement_is_not_typed_in_before_a_change_is_begun(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at(Stage.FOLLOW_UP)
    with pytest.raises(Refused, match="begin a change and say why"):
        agree(dialogue, cast.manager, {"summary": "Ny"})
    amend_agreement(dialogue_id=dialogue.pk, change_note="Frist", by=cast.manager, at=NOW)
    assert agree(dialogue, cast.manager, {"summary": "Ny"}).conflicts == ()


def test_the_follow_up_is_written_by_both_after_the_signing(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.FOLLOW_UP)
    for by in (cast.employee, cast.manager):
        save_follow_up_draft(
            dialogue_id=dialogue.pk, typed=typed({"how": by.username}), allowed=[qid("how")], by=by, at=NOW
        )
    answer = body_of(dialogue.drafts.get(kind="FOLLOW_UP"))["answers"][qid("how")]
    assert answer["by"] == str(dialogue.participants.get(role="MANAGER").pk)


@pytest.mark.parametrize(
    "item",
    [
        {"what": 5},
        {"what": None},
        {"what": "half a character: \ud83d"},
        {"what": "x" * 20_001},
        {"category": "PAY"},
        {"responsible": "SOMEBODY"},
        {"due_date": "2026-02-30"},
        {"due_date": "i morgen"},
        {"due_date": 20260301},
        {"position": "1"},
        {"position": True},
    ],
    ids=repr,
)
def test_an_item_that_could_never_be_signed_is_not_taken_in(
    cast: Cast, dialogue_at: Callable[..., Dialogue], item: dict[str, Any]
) -> None:
    dialogue = dialogue_at(Stage.TALK)
    with pytest.raises(Refused, match="cannot be taken into this agreement"):
        agree(dialogue, cast.manager, items={item_id_of(dialogue): item})


@pytest.mark.parametrize("item_id", ["", "1", "5F0C0F1E-0000-4000-8000-000000000001", "../etc", "{%}"])
def test_an_item_is_named_by_a_plain_uuid(cast: Cast, dialogue_at: Callable[..., Dialogue], item_id: str) -> None:
    with pytest.raises(Refused, match="cannot be taken into this agreement"):
        agree(dialogue_at(Stage.TALK), cast.manager, items={item_id: ITEM})


def test_an_item_of_another_agreement_cannot_be_taken_over(cast: Cast) -> None:
    last = make_dialogue(cast, at=LAST_YEAR)
    this = make_dialogue(cast, Stage.TALK)
    with pytest.raises(Refused, match="cannot be taken into this agreement"):
        agree(this, cast.manager, items={item_id_of(last): ITEM})
    assert last.agreement.items.get().agreement.dialogue == last


def test_a_refusal_tells_a_stranger_nothing_of_what_is_there(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.TALK)
    for by in (cast.other_manager, cast.former_manager, cast.delegate, cast.admin):
        with pytest.raises(Refused) as refusal:
            prepare(dialogue, by, {"year": "x"})
        assert "træt" not in str(refusal.value)


def test_a_save_costs_few_queries_however_much_was_written(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.PREPARING)
    prepare(dialogue, cast.employee, {"year": "første"})
    with CaptureQueriesContext(connection) as one:
        prepare(dialogue, cast.employee, {"year": "anden"})
    with CaptureQueriesContext(connection) as many:
        prepare(
            dialogue, cast.employee, {"year": "x" * 20_000, "course": "yes", "workload": 3, "well_being": "y" * 9_000}
        )
    # The lock is a statement of its own where reading cannot lock.
    few = 5 if connection.features.has_select_for_update else 6
    assert len(many) == len(one) == few, [query["sql"] for query in one]


def test_what_is_sealed_is_plain_json(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.PREPARING)
    prepare(dialogue, cast.employee, {"year": "Æbler 🍎 \u2028 <script>"})
    assert "Æbler 🍎 \u2028 <script>" in json.dumps(body_of(own_draft(dialogue, cast.employee)), ensure_ascii=False)


def test_a_save_that_is_sent_again_tells_the_version_it_made_and_not_a_later_one(cast, dialogue_at):
    """What another has saved in between was not seen by who sends it again: they must still meet it as a conflict."""
    dialogue = dialogue_at(Stage.TALK)

    def save(by, text, request, base):
        one = typed({"summary": text}, request=request, base=base)
        return save_agreement_draft(dialogue_id=dialogue.pk, typed=one, allowed={qid("summary")}, by=by, at=NOW)

    first = save(cast.employee, "Mit.", "one", 0)
    save(cast.manager, "Deres.", "two", first.version)
    again = save(cast.employee, "Mit.", "one", 0)
    assert again.version == first.version
    assert [one.theirs for one in save(cast.employee, "Mit igen.", "three", again.version).conflicts] == ["Deres."]


def test_an_agreement_takes_two_hundred_items_and_no_more(cast, dialogue_at):
    dialogue = dialogue_at(Stage.TALK)

    def save(numbers):
        items = {str(uuid.UUID(int=number + 1)): {"what": f"Punkt {number}"} for number in numbers}
        agree(dialogue, cast.employee, items=items)

    save(range(200))
    with pytest.raises(Refused):
        save([200])
    save([199])  # what is there can be changed still
    body = open_sealed(Draft.objects.get(dialogue=dialogue, kind="AGREEMENT").envelope)
    assert len(body["items"]) == 200
