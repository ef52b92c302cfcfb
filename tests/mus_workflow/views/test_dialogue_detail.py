"""Where a dialogue stands, for each of the two who take part."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.html import escape
from django.utils.translation import gettext_lazy

from mus_workflow.actions.hold_talk import break_off_talk, mark_not_held
from mus_workflow.actions.legal_hold import lift_hold, place_hold
from mus_workflow.actions.save_draft import save_preparation
from mus_workflow.actions.share_preparation import share_preparation, withdraw_preparation
from mus_workflow.models import Purpose
from mus_workflow.stages import BEFORE_TALK, COURSE, Stage
from tests.builders import Cast, allowed_ids, make_dialogue, qid, typed
from tests.erasing import let_hold, rules
from tests.mus_workflow.views.reading import without_tokens
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

KEPT = gettext_lazy("Nothing is erased for the time being")


def page_of(dialogue):
    return reverse("mus_workflow:dialogue_detail", args=[dialogue.pk])


def write(dialogue, user, answers, role="EMPLOYEE", at=NOW):
    purpose = Purpose.EMPLOYEE_PREPARATION if role == "EMPLOYEE" else Purpose.MANAGER_PREPARATION
    save_preparation(
        dialogue_id=dialogue.pk, typed=typed(answers), allowed=allowed_ids(dialogue, purpose, role), by=user, at=at
    )


@pytest.mark.parametrize("stage", [stage for stage in COURSE if stage != Stage.CLOSED])
@pytest.mark.parametrize("who", ["employee", "manager"])
def test_every_stage_has_a_next_step_for_both(cast: Cast, enter, stage, who):
    dialogue = make_dialogue(cast, stage)
    page = enter(getattr(cast, who)).get(page_of(dialogue))
    assert page.status_code == 200
    assert page.context["next_step"]["title"]
    assert escape(page.context["next_step"]["title"]) in page.content.decode()


def test_the_stepper_marks_what_is_done_and_where_the_dialogue_stands(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.PREPARING)
    states = [step["state"] for step in enter(cast.employee).get(page_of(dialogue)).context["steps"]]
    assert states == ["done", "done", "current", "ahead", "ahead", "ahead", "ahead"]


@pytest.mark.parametrize("who", ["other_manager", "former_manager", "delegate", "hr", "editor", "auditor", "admin"])
def test_it_does_not_exist_for_anybody_else(cast: Cast, enter, who):
    dialogue = make_dialogue(cast)
    assert enter(getattr(cast, who)).get(page_of(dialogue)).status_code == 404


def test_it_may_not_be_kept_by_any_cache(cast: Cast, enter):
    page = enter(cast.employee).get(page_of(make_dialogue(cast, Stage.INVITED)))
    assert page["Cache-Control"] == "private, no-store"


def test_the_employee_can_accept_from_the_next_step(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.INVITED)
    step = enter(cast.employee).get(page_of(dialogue)).context["next_step"]
    assert step["post_url"] == reverse("mus_workflow:invitation_accept", args=[dialogue.pk])


def test_the_next_step_follows_the_viewers_own_preparation(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.PREPARING)
    client = enter(cast.employee)
    first = client.get(page_of(dialogue)).context["next_step"]["title"]
    write(dialogue, cast.employee, {"year": "Et godt år"})
    second = client.get(page_of(dialogue)).context["next_step"]["title"]
    share_preparation(dialogue_id=dialogue.pk, chosen=[qid("year")], by=cast.employee, at=NOW)
    third = client.get(page_of(dialogue)).context["next_step"]["title"]
    assert len({first, second, third}) == 3


def test_what_the_other_types_unshared_does_not_change_a_byte(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.PREPARING)
    client = enter(cast.manager)

    def pages():
        names = ["dialogue_detail", "preparation_edit", "preparation_share", "talk"]
        found = [client.get(reverse(f"mus_workflow:{name}", args=[dialogue.pk])) for name in names]
        found.append(client.get(reverse("mus_workflow:my_mus")))
        return [without_tokens(page) for page in found]

    before = pages()
    write(dialogue, cast.employee, {"year": "Noget privat " * 50, "well_being": "Træt"}, at=NOW + timedelta(minutes=3))
    assert pages() == before


def test_sharing_is_told_and_withdrawing_ends_it(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.PREPARING)
    client = enter(cast.manager)
    write(dialogue, cast.employee, {"year": "Et godt år"})
    assert [person.shared_at for person in client.get(page_of(dialogue)).context["others"]] == [None]
    share_preparation(dialogue_id=dialogue.pk, chosen=[qid("year")], by=cast.employee, at=NOW)
    page = client.get(page_of(dialogue))
    assert [person.shared_at for person in page.context["others"]] == [NOW]
    assert "Et godt år" not in page.content.decode()
    withdraw_preparation(dialogue_id=dialogue.pk, by=cast.employee, at=NOW)
    assert [person.shared_at for person in client.get(page_of(dialogue)).context["others"]] == [None]


def test_after_a_broken_off_talk_the_manager_is_asked_for_a_new_time(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.TALK, at=NOW - timedelta(days=30))
    break_off_talk(dialogue_id=dialogue.pk, by=cast.employee, at=NOW)
    step = enter(cast.manager).get(page_of(dialogue)).context["next_step"]
    assert step["url"] == reverse("mus_workflow:dialogue_invite", args=[dialogue.pk])


def test_on_the_day_both_are_asked_to_open_the_talk(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.PREPARING, at=NOW - timedelta(days=21))
    for who in (cast.employee, cast.manager):
        step = enter(who).get(page_of(dialogue)).context["next_step"]
        assert step["post_url"] == reverse("mus_workflow:talk_hold", args=[dialogue.pk])


def test_a_dialogue_that_was_not_held_has_no_current_step(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.INVITED)
    mark_not_held(dialogue_id=dialogue.pk, reason="Orlov", by=cast.manager, at=NOW)
    page = enter(cast.employee).get(page_of(dialogue))
    assert {step["state"] for step in page.context["steps"]} == {"ahead"}
    assert "Orlov" not in page.content.decode()


def test_last_years_open_items_stand_on_this_years_page(cast: Cast, enter):
    make_dialogue(cast, at=NOW - timedelta(days=90))
    dialogue = make_dialogue(cast, Stage.PREPARING)
    for who in (cast.employee, cast.manager):
        assert "Kursus i formidling" in enter(who).get(page_of(dialogue)).content.decode()


@pytest.mark.parametrize("stage", [stage for stage in COURSE if stage != Stage.CLOSED])
def test_it_takes_few_queries_at_any_stage(cast: Cast, enter, stage, django_assert_max_num_queries):
    if stage in BEFORE_TALK:
        make_dialogue(cast, at=NOW - timedelta(days=90))
    dialogue = make_dialogue(cast, stage)
    client = enter(cast.employee)
    client.get(page_of(dialogue))
    with django_assert_max_num_queries(10):
        client.get(page_of(dialogue))


@pytest.mark.parametrize("who", ["employee", "manager"])
def test_it_says_how_long_things_are_kept_and_that_a_hold_keeps_them_but_not_why(cast: Cast, enter, who):
    let_hold(cast.auditor)
    dialogue = make_dialogue(cast)
    page = enter(getattr(cast, who)).get(page_of(dialogue))
    assert (page.context["is_held"], page.context["terms"].preparation_days) == (False, 30)
    before = page.content.decode()
    hold = place_hold(dialogue_id=dialogue.pk, reason="Hemmelig klagesag", by=cast.auditor, at=NOW)
    page = enter(getattr(cast, who)).get(page_of(dialogue))
    assert page.context["is_held"]
    assert (str(KEPT) in before, str(KEPT) in page.content.decode()) == (False, True)
    assert "Hemmelig" not in page.content.decode()
    lift_hold(hold_id=hold.pk, by=cast.auditor, at=NOW)
    assert not enter(getattr(cast, who)).get(page_of(dialogue)).context["is_held"]


@pytest.mark.parametrize(
    ("pinned", "now", "shown"),
    [
        ({}, {"keep_preparation_days": 14}, (True, 14)),
        ({"keep_preparation_days": 14}, {"keep_preparation_days": 60}, (True, 14)),
        ({"sector": "STATE"}, {"sector": "PUBLIC", "keep_preparation_days": 60}, (True, 60)),
        ({"sector": "STATE"}, {}, (False, 30)),
        ({}, {"sector": "STATE"}, (False, 30)),
    ],
)
def test_what_it_says_is_what_will_be_done(cast: Cast, enter, pinned, now, shown):
    rules(**pinned)
    dialogue = make_dialogue(cast)
    rules(**now)
    page = enter(cast.employee).get(page_of(dialogue))
    terms = page.context["terms"]
    assert (terms.is_on, terms.preparation_days) == shown
    told = page.content.decode().partition("kept-heading")[2].partition("</section>")[0]
    assert (str(shown[1]) in told) is terms.is_on
