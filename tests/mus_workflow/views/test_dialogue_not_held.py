"""Ends: without a talk, and after the follow-up."""

import pytest
from django.urls import reverse

from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue
from tests.mus_workflow.views.reading import says

pytestmark = pytest.mark.django_db


def of(name, dialogue):
    return reverse(f"mus_workflow:{name}", args=[dialogue.pk])


def test_the_manager_ends_a_dialogue_with_the_reason(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.INVITED)
    answer = enter(cast.manager).post(of("dialogue_not_held", dialogue), {"reason": "Medarbejderen er på orlov."})
    dialogue.refresh_from_db()
    assert answer.url == of("dialogue_detail", dialogue)
    assert dialogue.stage == Stage.NOT_HELD


def test_it_takes_a_reason(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.INVITED)
    page = enter(cast.manager).post(of("dialogue_not_held", dialogue), {"reason": " "})
    assert page.status_code == 422
    dialogue.refresh_from_db()
    assert dialogue.stage == Stage.INVITED


def test_the_employee_cannot_and_learns_why(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.INVITED)
    page = enter(cast.employee).get(of("dialogue_not_held", dialogue), follow=True)
    assert says(page, "Only the manager can end a dialogue as not held.")


@pytest.mark.parametrize("who", ["other_manager", "former_manager", "delegate", "hr", "auditor", "admin"])
@pytest.mark.parametrize("name", ["dialogue_not_held", "dialogue_close"])
def test_for_anybody_else_there_is_nothing_to_end(cast: Cast, enter, who, name):
    dialogue = make_dialogue(cast)
    assert enter(getattr(cast, who)).post(of(name, dialogue), {"reason": "x"}).status_code == 404


def test_the_manager_closes_after_the_follow_up(cast: Cast, enter):
    dialogue = make_dialogue(cast)
    enter(cast.manager).post(of("dialogue_close", dialogue))
    dialogue.refresh_from_db()
    assert dialogue.stage == Stage.CLOSED


def test_a_dialogue_is_not_closed_before_its_agreement_is_signed(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.SIGN_OFF)
    page = enter(cast.manager).post(of("dialogue_close", dialogue), follow=True)
    assert says(page, "A dialogue can be closed when all have answered its agreement.")
