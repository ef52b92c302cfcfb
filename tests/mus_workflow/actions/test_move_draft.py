"""Drafts under way go on under another version of their form, and lose nothing on the way."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from mus_workflow.actions.decide_moves import decide_moves, destination, plan_moves, planned_choices
from mus_workflow.actions.move_draft import move_preparation, move_sheet
from mus_workflow.actions.plan_dialogue import plan_dialogue
from mus_workflow.actions.publish_form import ensure_version, newest_version
from mus_workflow.actions.save_draft import save_agreement_draft, save_preparation
from mus_workflow.actions.share_preparation import share_preparation, withdraw_preparation
from mus_workflow.actions.write_revision import present_agreement, take_back_agreement
from mus_workflow.documents.merge import plain_answers
from mus_workflow.documents.moves import standing_answers, unconfirmed_ids
from mus_workflow.formbuilder.bridging import CannotGoTogether
from mus_workflow.formbuilder.schema import questions
from mus_workflow.models import (
    Dialogue,
    Draft,
    DraftKind,
    Employment,
    FormDefinition,
    FormMove,
    FormVersion,
    Purpose,
    open_sealed,
)
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage
from tests.builders import Cast, allowed_ids, make_dialogue, qid, question, typed
from tests.ledger import events
from tests.plumbing.clock import NOW
from tests.republishing import drop, key, republish, reword, row

pytestmark = pytest.mark.django_db

EMPLOYEE = Purpose.EMPLOYEE_PREPARATION
OTHER_WORDS = "Hvem har hjulpet dig mest?"
MEANT = {key("MEANING", "year"): "CONFIRM"}


@pytest.fixture
def dialogue(cast: Cast) -> Dialogue:
    return make_dialogue(cast, Stage.PREPARING)


@pytest.fixture
def save(cast: Cast, dialogue: Dialogue) -> Callable[..., Any]:
    def save(answers: dict[str, Any], **more: Any) -> Any:
        allowed = {qid(name) for name in ("year", "well_being", "course", "which_course", "workload", "new")}
        return save_preparation(
            dialogue_id=dialogue.pk, typed=typed(answers, **more), allowed=allowed, by=cast.employee, at=NOW
        )

    return save


def draft_of(dialogue: Dialogue, user: Any) -> Draft:
    return Draft.objects.get(dialogue=dialogue, participant__user=user)


def body_of(dialogue: Dialogue, user: Any) -> dict[str, Any]:
    return open_sealed(draft_of(dialogue, user).envelope)


def open_again(dialogue: Dialogue, user: Any) -> Any:
    return move_preparation(dialogue_id=dialogue.pk, by=user, at=NOW)


def labels(version: FormVersion) -> list[str]:
    return [one["label"] for one in questions(version.schema)]


def test_without_a_decision_a_draft_stays(cast: Cast, dialogue: Dialogue, save: Any) -> None:
    republish(EMPLOYEE, reword("year", OTHER_WORDS))
    with pytest.raises(Refused):
        open_again(dialogue, cast.employee)
    assert draft_of(dialogue, cast.employee).form_version.number == 1


def test_a_draft_whose_changes_all_move_goes_on_under_the_new_version(
    cast: Cast, dialogue: Dialogue, save: Any
) -> None:
    save({"year": "Godt"})
    new = republish(EMPLOYEE, reword("year", "Hvad lykkedes for dig i år?"), {key("WORDING", "year"): "MOVE"})
    moved = open_again(dialogue, cast.employee)
    assert (moved.version, moved.changed) == (new, 1)
    assert draft_of(dialogue, cast.employee).form_version == new
    body = body_of(dialogue, cast.employee)
    assert standing_answers(body) == {qid("year"): "Godt"}
    assert new.bridging.count() == 0


def test_some_of_the_changes_make_a_version_between_that_new_dialogues_never_get(
    cast: Cast, dialogue: Dialogue, save: Any
) -> None:
    def edit(rows: Any) -> None:
        row(rows, "year")["help"] = "<p>Tænk tilbage</p>"
        drop("workload")(rows)

    new = republish(EMPLOYEE, edit, {key("HELP", "year"): "MOVE", key("REMOVED", "workload"): "STAY"})
    open_again(dialogue, cast.employee)
    between = draft_of(dialogue, cast.employee).form_version
    assert (between.bridges, between.number) == (new, 3)
    assert "Hvor passende er din arbejdsmængde?" in labels(between)
    assert next(questions(between.schema))["help"] == "<p>Tænk tilbage</p>"
    form = FormDefinition.objects.get(purpose=EMPLOYEE)
    assert newest_version(form) == new
    assert ensure_version(form=form, at=NOW) == new
    Dialogue.objects.filter(pk=dialogue.pk).update(stage=Stage.NOT_HELD)
    employment = Employment.objects.get(user=cast.employee)
    planned = plan_dialogue(employment=employment, due_date=NOW.date(), by=cast.manager, at=NOW)
    assert planned.forms.get(purpose=EMPLOYEE).form_version == new
    assert republish(EMPLOYEE, reword("year", OTHER_WORDS)).number == 4


def test_an_answer_to_other_words_waits_until_its_author_says_that_it_stands(
    cast: Cast, dialogue: Dialogue, save: Any
) -> None:
    save({"year": "Godt", "well_being": "Fint"})
    new = republish(EMPLOYEE, reword("year", OTHER_WORDS), MEANT)
    open_again(dialogue, cast.employee)
    body = body_of(dialogue, cast.employee)
    assert unconfirmed_ids(body) == {qid("year")}
    assert standing_answers(body) == {qid("well_being"): "Fint"}
    with pytest.raises(Refused):
        share_preparation(dialogue_id=dialogue.pk, chosen=[qid("year")], by=cast.employee, at=NOW)
    save({}, confirmed={qid("year"): True}, form=new.pk)
    assert standing_answers(body_of(dialogue, cast.employee))[qid("year")] == "Godt"
    save({}, confirmed={qid("year"): False}, form=new.pk)
    assert qid("year") not in standing_answers(body_of(dialogue, cast.employee))
    save({}, confirmed={qid("year"): True}, form=new.pk)
    shared = share_preparation(dialogue_id=dialogue.pk, chosen=[qid("year")], by=cast.employee, at=NOW)
    assert open_sealed(shared.document)["form"]["digest"] == new.digest


def test_writing_an_answer_anew_confirms_it(cast: Cast, dialogue: Dialogue, save: Any) -> None:
    save({"year": "Godt"})
    new = republish(EMPLOYEE, reword("year", OTHER_WORDS), MEANT)
    open_again(dialogue, cast.employee)
    save({"year": "Godt"}, form=new.pk)
    assert unconfirmed_ids(body_of(dialogue, cast.employee)) == {qid("year")}
    save({"year": "Mikkel"}, form=new.pk)
    assert standing_answers(body_of(dialogue, cast.employee)) == {qid("year"): "Mikkel"}


def test_a_choice_that_is_not_there_any_more_cannot_be_confirmed(cast: Cast, dialogue: Dialogue, save: Any) -> None:
    save({"workload": 5})
    new = republish(EMPLOYEE, lambda rows: row(rows, "workload").update(max=4), {key("MEANING", "workload"): "CONFIRM"})
    open_again(dialogue, cast.employee)
    save({}, confirmed={qid("workload"): True}, form=new.pk)
    assert standing_answers(body_of(dialogue, cast.employee)) == {}
    save({"workload": 4}, form=new.pk)
    assert standing_answers(body_of(dialogue, cast.employee)) == {qid("workload"): 4}


def test_an_answer_to_a_removed_question_is_kept_and_told(cast: Cast, dialogue: Dialogue, save: Any) -> None:
    save({"well_being": "Jeg er træt"})
    old = draft_of(dialogue, cast.employee).form_version_id
    republish(EMPLOYEE, drop("well_being"), {key("REMOVED", "well_being"): "MOVE"})
    open_again(dialogue, cast.employee)
    body = body_of(dialogue, cast.employee)
    assert body["gone"] == {qid("well_being"): old}
    assert plain_answers(body)[qid("well_being")] == "Jeg er træt"


def test_what_is_typed_on_a_page_from_before_the_move_is_kept(cast: Cast, dialogue: Dialogue, save: Any) -> None:
    old = draft_of(dialogue, cast.employee).form_version_id

    def edit(rows: Any) -> None:
        drop("well_being")(rows)
        row(rows, "year").update(label=OTHER_WORDS)

    republish(EMPLOYEE, edit, {key("REMOVED", "well_being"): "MOVE", **MEANT})
    open_again(dialogue, cast.employee)
    save({"well_being": "Nyt", "year": "Skrevet til de gamle ord", "workload": 2}, form=old)
    body = body_of(dialogue, cast.employee)
    assert body["gone"] == {qid("well_being"): old}
    assert unconfirmed_ids(body) == {qid("year")}
    assert standing_answers(body) == {qid("well_being"): "Nyt", qid("workload"): 2}


def test_a_save_that_was_read_before_the_move_and_written_after_it_is_kept_too(
    cast: Cast, dialogue: Dialogue, save: Any
) -> None:
    old = draft_of(dialogue, cast.employee).form_version_id
    republish(EMPLOYEE, drop("well_being"), {key("REMOVED", "well_being"): "MOVE"})
    request = str(uuid.uuid4())
    open_again(dialogue, cast.employee)
    assert save({"well_being": "Undervejs"}, form=old, request=request).conflicts == ()
    assert body_of(dialogue, cast.employee)["gone"] == {qid("well_being"): old}


def test_a_shared_preparation_never_moves_not_even_when_it_was_taken_back(
    cast: Cast, dialogue: Dialogue, save: Any
) -> None:
    save({"year": "Godt"})
    share_preparation(dialogue_id=dialogue.pk, chosen=[qid("year")], by=cast.employee, at=NOW)
    republish(EMPLOYEE, reword("year", OTHER_WORDS), MEANT)
    for _again in range(2):
        assert Draft.objects.preparation_of(cast.employee, dialogue=dialogue.pk).moves_to is None
        with pytest.raises(Refused, match="shared"):
            open_again(dialogue, cast.employee)
        if not _again:
            withdraw_preparation(dialogue_id=dialogue.pk, by=cast.employee, at=NOW)
    assert draft_of(dialogue, cast.employee).form_version.number == 1


def test_opening_a_preparation_leaves_no_trace_that_others_see(cast: Cast, dialogue: Dialogue, save: Any) -> None:
    known = events(dialogue.pk)
    republish(EMPLOYEE, reword("year", OTHER_WORDS), MEANT)
    open_again(dialogue, cast.employee)
    assert events(dialogue.pk) == known
    assert dialogue.forms.get(purpose=EMPLOYEE).form_version.number == 1


def test_the_agreement_moves_once_for_both_and_it_is_recorded(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.TALK)
    new = republish(
        Purpose.AGREEMENT,
        lambda rows: rows.append(question("extra", "long_text", "Andet?")),
        {key("ADDED", "extra"): "MOVE"},
    )
    move_sheet(dialogue_id=dialogue.pk, kind=DraftKind.AGREEMENT, by=cast.manager, at=NOW)
    assert Draft.objects.get(dialogue=dialogue, kind=DraftKind.AGREEMENT).form_version == new
    assert dialogue.forms.get(purpose=Purpose.AGREEMENT).form_version == new
    assert events(dialogue.pk)[-1] == "FORM_MOVED"
    with pytest.raises(Refused):
        move_sheet(dialogue_id=dialogue.pk, kind=DraftKind.AGREEMENT, by=cast.employee, at=NOW)


def test_an_agreement_that_was_presented_once_never_moves(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.SIGN_OFF)
    take_back_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    republish(Purpose.AGREEMENT, reword("summary", "Hvem gør hvad?"), {key("MEANING", "summary"): "CONFIRM"})
    with pytest.raises(Refused, match="presented"):
        move_sheet(dialogue_id=dialogue.pk, kind=DraftKind.AGREEMENT, by=cast.manager, at=NOW)


def test_an_agreement_is_not_presented_while_a_required_answer_waits(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.TALK)
    allowed = allowed_ids(dialogue, Purpose.AGREEMENT, "MANAGER")
    here = {"dialogue_id": dialogue.pk, "by": cast.manager, "at": NOW}
    save_agreement_draft(**here, typed=typed({"summary": "Enige"}), allowed=allowed)
    republish(Purpose.AGREEMENT, reword("summary", "Hvem gør hvad?"), {key("MEANING", "summary"): "CONFIRM"})
    move_sheet(**here, kind=DraftKind.AGREEMENT)
    with pytest.raises(Refused, match="Hvem gør hvad"):
        present_agreement(**here)
    save_agreement_draft(**here, typed=typed({}, confirmed={qid("summary"): True}), allowed=allowed)
    assert present_agreement(**here).revision == 1


def test_the_newest_decision_counts_until_the_draft_has_moved(cast: Cast, dialogue: Dialogue, save: Any) -> None:
    new = republish(EMPLOYEE, reword("year", OTHER_WORDS), MEANT)
    decide_moves(version=new, choices={key("MEANING", "year"): "STAY"}, by=cast.editor, at=NOW)
    first = FormVersion.objects.get(form=new.form, number=1)
    assert destination(first.pk) == (first.pk, [])
    with pytest.raises(Refused):
        open_again(dialogue, cast.employee)
    decide_moves(version=new, choices=MEANT, by=cast.editor, at=NOW)
    open_again(dialogue, cast.employee)
    decide_moves(version=new, choices={}, by=cast.editor, at=NOW)
    assert draft_of(dialogue, cast.employee).form_version == new


def test_decisions_follow_each_other(cast: Cast, dialogue: Dialogue, save: Any) -> None:
    save({"year": "Godt"})
    republish(EMPLOYEE, reword("year", OTHER_WORDS), MEANT)
    last = republish(EMPLOYEE, reword("workload", "Hvor travlt har du?"), {key("MEANING", "workload"): "CONFIRM"})
    open_again(dialogue, cast.employee)
    assert draft_of(dialogue, cast.employee).form_version == last
    assert unconfirmed_ids(body_of(dialogue, cast.employee)) == {qid("year")}


def test_what_was_left_behind_before_stays_behind(cast: Cast, dialogue: Dialogue, save: Any) -> None:
    republish(EMPLOYEE, drop("well_being"))
    new = republish(EMPLOYEE, reword("year", OTHER_WORDS), MEANT)
    open_again(dialogue, cast.employee)
    now = draft_of(dialogue, cast.employee).form_version
    assert now.bridges == new
    assert "Hvordan trives du?" in labels(now)
    assert OTHER_WORDS in labels(now)


def test_only_the_newest_version_is_decided_on(cast: Cast) -> None:
    second = republish(EMPLOYEE, reword("year", OTHER_WORDS))
    republish(EMPLOYEE, reword("year", "Noget helt tredje?"))
    with pytest.raises(Refused):
        decide_moves(version=second, choices={}, by=cast.editor, at=NOW)


def test_choices_that_make_no_form_are_refused_and_nothing_is_decided(cast: Cast, dialogue: Dialogue) -> None:
    def edit(rows: Any) -> None:
        drop("course")(rows)
        row(rows, "which_course")["condition"] = {"question": "", "op": "equals", "value": ""}

    choices = {key("REMOVED", "course"): "MOVE"}
    new = republish(EMPLOYEE, edit)
    for act in (
        lambda: decide_moves(version=new, choices=choices, by=cast.editor, at=NOW),
        lambda: plan_moves(form=new.form, schema=republishable(), choices=choices, by=cast.editor, at=NOW),
    ):
        with pytest.raises(CannotGoTogether):
            act()
    assert not FormMove.objects.exists()


def republishable() -> dict[str, Any]:
    """The newest document without the question that another depended on in the one before, as a draft could be."""
    first, second = FormVersion.objects.filter(form__purpose=EMPLOYEE).order_by("number")
    FormVersion.objects.create(form=first.form, number=3, schema=first.schema, digest=first.digest, created_at=NOW)
    return second.schema


def test_a_choice_made_ahead_is_known_by_the_document_it_was_made_for(cast: Cast) -> None:
    form = FormDefinition.objects.get(purpose=EMPLOYEE)
    schema = {**form.compiled(), "title": "Ny titel"}
    plan_moves(form=form, schema=schema, choices={"FORM:title": "STAY"}, by=cast.editor, at=NOW)
    plan_moves(form=form, schema=schema, choices={"FORM:title": "MOVE"}, by=cast.editor, at=NOW)
    assert planned_choices(form, schema) == {"FORM:title": "MOVE"}
    assert planned_choices(form, form.compiled()) == {}
