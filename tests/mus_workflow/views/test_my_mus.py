"""The personal area, for each kind of person."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.urls import reverse

from mus_workflow.actions.change_manager import appoint_manager, employ
from mus_workflow.models import Unit
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, make_person
from tests.mus_workflow.views.reading import says
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

MINE = reverse("mus_workflow:my_mus")


def hire(cast: Cast, number: int, *, start_date: date = date(2026, 1, 5)):
    person = make_person(f"person{number}", "Person", f"Nr. {number:02}")
    employ(user=person, unit=Unit.objects.get(name="Biblioteket"), title="Bibliotekar", start_date=start_date)
    appoint_manager(employee=person, manager=cast.manager, start_date=start_date, at=NOW)
    return person


def test_an_employee_sees_the_next_step_of_the_current_dialogue(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.INVITED)
    page = enter(cast.employee).get(MINE)
    assert page.context["current"]["dialogue"] == dialogue
    assert page.context["current"]["next_step"]["title"] in page.content.decode()


def test_an_employee_sees_open_items_with_their_due_dates(cast: Cast, enter):
    make_dialogue(cast)
    page = enter(cast.employee).get(MINE).content.decode()
    assert "Kursus i formidling" in page
    assert 'datetime="2026-09-01"' in page


def test_an_earlier_dialogue_stands_below_the_current_one(cast: Cast, enter):
    earlier = make_dialogue(cast, at=NOW - timedelta(days=90))
    current = make_dialogue(cast, Stage.PLANNED)
    page = enter(cast.employee).get(MINE)
    assert page.context["current"]["dialogue"] == current
    assert page.context["earlier"] == [earlier]


def test_one_who_has_never_had_a_dialogue_learns_what_will_be_here(cast: Cast, enter):
    assert says(enter(cast.other_manager).get(MINE), "Nothing here yet")


def test_a_manager_sees_who_is_overdue_first_and_invites_them(cast: Cast, enter):
    hire(cast, 1)
    overdue = hire(cast, 2, start_date=date(2024, 5, 1))
    people = enter(cast.manager).get(MINE).context["people"]
    assert [person.name for person in people if person.is_overdue] == [cast.employee.get_full_name(), "Person Nr. 02"]
    row = next(person for person in people if person.employment.user == overdue)
    assert row.url == reverse("mus_workflow:employee_invite", args=[row.employment.pk])


def test_the_due_date_follows_the_last_talk_that_was_held(cast: Cast, enter):
    make_dialogue(cast, at=NOW - timedelta(days=90))
    row = enter(cast.manager).get(MINE).context["people"][0]
    assert row.due_date == date(2026, 12, 10)
    assert not row.is_overdue
    assert row.url == row.dialogue_url


def test_a_dialogue_under_way_is_opened_not_invited_to_again(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.PREPARING)
    row = enter(cast.manager).get(MINE).context["people"][0]
    assert row.url == reverse("mus_workflow:dialogue_detail", args=[dialogue.pk])


def test_a_manager_does_not_see_whether_the_employee_has_begun_to_write(cast: Cast, enter):
    make_dialogue(cast, Stage.PREPARING)
    page = enter(cast.manager).get(MINE).content.decode()
    assert "Et godt" not in page


def test_a_delegate_sees_time_and_place_and_no_page_of_the_dialogue(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.PREPARING)
    page = enter(cast.delegate).get(MINE)
    assert [person.manager_name for person in page.context["arranged"]] == ["Mikkel Holm"]
    text = page.content.decode()
    assert "Lokale 2" in text
    assert reverse("mus_workflow:dialogue_detail", args=[dialogue.pk]) + '"' not in text
    assert reverse("mus_workflow:dialogue_invite", args=[dialogue.pk]) in text
    assert "data-stage" not in text


@pytest.mark.parametrize("stage", [Stage.TALK, Stage.SIGN_OFF, Stage.FOLLOW_UP])
def test_a_delegate_cannot_tell_how_far_the_dialogue_is_after_the_talk_began(cast: Cast, enter, stage):
    make_dialogue(cast, stage)
    assert "data-stage" not in enter(cast.delegate).get(MINE).content.decode()


def test_hr_partner_auditor_and_editor_find_their_way_on(cast: Cast, enter):
    assert reverse("mus_workflow:hr_overview") in enter(cast.hr).get(MINE).content.decode()
    assert enter(cast.auditor).get(MINE).context["is_auditor"]
    assert not enter(cast.employee).get(MINE).context["is_auditor"]


@pytest.mark.parametrize("stage", [Stage.PREPARING, Stage.FOLLOW_UP])
def test_the_number_of_queries_does_not_follow_the_number_of_people(
    cast: Cast, enter, stage, django_assert_max_num_queries
):
    client = enter(cast.manager)
    for number in range(2):
        make_dialogue(replace(cast, employee=hire(cast, number)), stage)
    client.get(MINE)
    with django_assert_max_num_queries(12) as few:
        client.get(MINE)
    for number in range(2, 20):
        person = hire(cast, number)
        if number % 6 == 0:
            make_dialogue(replace(cast, employee=person), stage)
    with django_assert_max_num_queries(12) as many:
        page = client.get(MINE)
    assert len(page.context["people"]) == 21
    assert len(many.captured_queries) == len(few.captured_queries)


def test_an_employee_with_an_agreement_and_a_dialogue_under_way_costs_few_queries(
    cast: Cast, enter, django_assert_max_num_queries
):
    make_dialogue(cast, at=NOW - timedelta(days=90))
    make_dialogue(cast, Stage.PREPARING)
    client = enter(cast.employee)
    client.get(MINE)
    with django_assert_max_num_queries(12):
        client.get(MINE)


def test_one_who_is_not_logged_in_logs_in_first_and_comes_back(client):
    answer = client.get(MINE)
    assert answer.status_code == 302
    assert answer.url == f"/login/?next={MINE.replace('/', '%2F')}"
