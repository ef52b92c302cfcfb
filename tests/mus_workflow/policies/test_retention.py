"""What the dates of retention count from, in dialogues that the actions have walked."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from mus_workflow.actions.change_manager import confirm_manager, propose_manager
from mus_workflow.actions.hold_talk import close_dialogue
from mus_workflow.actions.sign_agreement import sign_agreement
from mus_workflow.documents.retention import Rule
from mus_workflow.models import Employment, Meaning
from mus_workflow.policies.retention import Due, due_in, ends_in
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, prepare_and_share
from tests.erasing import leave
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
MONTH = timedelta(days=30)


def ends(dialogue: object, today: date = TODAY) -> dict[tuple[str, str], tuple[str, date]]:
    """(class, whose) -> (rule, first day)."""
    found: list[Due] = ends_in([dialogue.pk], today=today)  # type: ignore[attr-defined]
    return {(one.artefact, one.role): (str(one.rule), one.on) for one in found}


def test_an_agreement_that_was_declined_ends_the_preparation_too(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.SIGN_OFF)
    sha = dialogue.agreement.presentations.get().document_sha256
    answers = ((cast.employee, Meaning.DECLINED, NOW), (cast.manager, Meaning.AGREED, NOW + timedelta(days=2)))
    for by, meaning, at in answers:
        assert ("DRAFT", "EMPLOYEE") not in ends(dialogue)
        sign_agreement(
            dialogue_id=dialogue.pk,
            document_sha256=sha,
            meaning=meaning,
            remark="Nej",
            auth_method="password",
            by=by,
            at=at,
        )
    day = TODAY + timedelta(days=2) + MONTH
    assert ends(dialogue)["DRAFT", "EMPLOYEE"] == (Rule.PREPARATION_AFTER_SIGNING, day)
    assert ends(dialogue)["DRAFT", ""] == (Rule.DRAFT_AFTER_SIGNING, day)
    close_dialogue(dialogue_id=dialogue.pk, by=cast.manager, at=NOW + timedelta(days=3))
    assert ends(dialogue)["DRAFT", ""] == (Rule.DRAFT_AFTER_CLOSING, day + timedelta(days=1))


def test_the_preparation_of_a_manager_who_was_replaced_goes(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.PREPARING)
    prepare_and_share(dialogue, cast)
    employment = Employment.objects.get(user=cast.employee)
    relation = propose_manager(employment=employment, manager=cast.other_manager, start_date=TODAY, by=cast.hr, at=NOW)
    confirm_manager(relation_id=relation.pk, by=cast.manager, at=NOW)
    assert ends(dialogue) == {
        ("DRAFT", "MANAGER"): (Rule.LEFT_THE_DIALOGUE, TODAY + MONTH),
        ("SHARED_PREPARATION", "MANAGER"): (Rule.LEFT_THE_DIALOGUE, TODAY + MONTH),
    }


def test_a_talk_with_somebody_who_has_left_keeps_what_was_agreed_while_it_goes_on(cast: Cast) -> None:
    earlier = make_dialogue(cast, Stage.CLOSED, at=NOW - timedelta(days=60))
    leave(cast.employee, date(2024, 6, 30))
    assert ends(earlier)["ITEM", ""] == (Rule.AGREEMENT_AFTER_LEAVING, date(2029, 6, 30))
    leave(cast.employee, None)
    make_dialogue(cast, Stage.INVITED, at=NOW.replace(year=2029))
    leave(cast.employee, date(2024, 6, 30))
    assert ends(earlier)["ITEM", ""] == (Rule.AGREEMENT_AFTER_LEAVING, TODAY.replace(year=2030))
    assert "ITEM" not in {one.artefact for one in due_in([earlier.pk], today=date(2029, 12, 31))}


def test_two_employments_end_with_the_last(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.CLOSED)
    leave(cast.employee, date(2026, 1, 31))
    second = Employment.objects.get(user=cast.employee)
    second.pk, second.end_date = None, date(2026, 6, 30)
    second.save(force_insert=True)
    assert ("AGREEMENT", "") not in ends(dialogue)
    assert ends(dialogue, date(2026, 7, 1))["AGREEMENT", ""] == (Rule.AGREEMENT_AFTER_LEAVING, date(2031, 6, 30))
