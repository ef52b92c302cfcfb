"""What the pages say when a part of a dialogue is erased, and when somebody comes back after all of it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from mus_workflow.actions.save_draft import save_follow_up_draft, save_preparation
from mus_workflow.documents.retention import Rule, rule_in_words
from mus_workflow.models import Dialogue, Draft, Purpose
from mus_workflow.stages import Stage
from tests.builders import Cast, allowed_ids, make_dialogue, prepare_and_share, qid, typed
from tests.erasing import A_MONTH_ON, YEARS_ON, erase, leave, years_on
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

Enter = Callable[[object], Client]


@pytest.fixture
def cast(module_cast: Cast) -> Cast:
    return module_cast


def page(client: Client, name: str, dialogue: Dialogue) -> str:
    answer = client.get(reverse(f"mus_workflow:{name}", args=[dialogue.pk]))
    assert answer.status_code == 200, name
    return answer.content.decode()


def test_a_month_after_the_signing_the_preparation_is_gone_and_the_agreement_stands(cast: Cast, enter: Enter) -> None:
    dialogue = make_dialogue(cast)
    with years_on(A_MONTH_ON) as at:
        client = enter(cast.employee)
        assert "Jeg er træt om fredagen." in page(client, "preparation_edit", dialogue)
        erase(at)
        written = page(client, "preparation_edit", dialogue)
        assert escape(rule_in_words(Rule.PREPARATION_AFTER_SIGNING)) in written
        assert "træt" not in written
        assert "Vi satser på formidling." in page(client, "agreement_detail", dialogue)
        assert "Kursus i formidling" in page(client, "item_list", dialogue)
        assert "Et godt år med mange besøg." in page(client, "talk", dialogue)


def test_the_follow_up_that_is_being_written_is_kept_when_the_agreements_draft_goes(cast: Cast, enter: Enter) -> None:
    dialogue = make_dialogue(cast)
    text = "Kurset begynder i maj."
    save_follow_up_draft(
        dialogue_id=dialogue.pk, typed=typed({"how": text}), allowed=[qid("how")], by=cast.manager, at=NOW
    )
    with years_on(A_MONTH_ON) as at:
        told, _run = erase(at)
        assert (Rule.DRAFT_AFTER_SIGNING, None) in {(one.rule, one.participant) for one in told}
        assert text in page(enter(cast.manager), "follow_up_edit", dialogue)


def test_who_comes_back_to_a_talk_that_was_never_held_writes_anew(cast: Cast, enter: Enter) -> None:
    dialogue = make_dialogue(cast, Stage.PREPARING)
    prepare_and_share(dialogue, cast)
    leave(cast.employee)
    with years_on(A_MONTH_ON) as at:
        told, _run = erase(at)
        assert {one.rule for one in told} == {Rule.LEFT_UNSIGNED}
        leave(cast.employee, None)
        client = enter(cast.employee)
        assert escape(rule_in_words(Rule.LEFT_UNSIGNED)) in page(client, "preparation_edit", dialogue)
        allowed = allowed_ids(dialogue, Purpose.EMPLOYEE_PREPARATION, "EMPLOYEE")
        before = Draft.objects.get(participant__user=cast.employee).version
        save_preparation(
            dialogue_id=dialogue.pk, typed=typed({"year": "Forfra."}), allowed=allowed, by=cast.employee, at=at
        )
        written = page(client, "preparation_edit", dialogue)
        assert "Forfra." in written
        assert escape(rule_in_words(Rule.LEFT_UNSIGNED)) not in written
        assert Draft.objects.get(participant__user=cast.employee).version == before + 1


def test_who_comes_back_after_years_is_asked_nothing_about_items_that_are_erased(cast: Cast, enter: Enter) -> None:
    make_dialogue(cast, Stage.CLOSED)
    leave(cast.employee)
    erase(YEARS_ON)
    leave(cast.employee, None)
    with years_on(YEARS_ON) as at:
        # Presenting would be refused while an item from last time has no outcome.
        again = make_dialogue(cast, Stage.FOLLOW_UP, at=at)
        assert again.previous is not None
        client = enter(cast.employee)
        assert [row.worded.item.agreement.dialogue for row in items_of(client)] == [again]
        for name in ("dialogue_detail", "preparation_edit", "talk", "item_list"):
            page(client, name, again)


def items_of(client: Client) -> list[Any]:
    return client.get(reverse("mus_workflow:my_mus")).context["items"]
