"""Invite, give another time, accept, and the calendar entry."""

from datetime import date, timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from icalendar import Calendar

from mus_workflow.models import Dialogue, Employment, Participant
from mus_workflow.stages import Stage
from mus_workflow.views.due_dates import add_months, working_day_from
from tests.builders import Cast, make_dialogue
from tests.mus_workflow.views.reading import says
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

WISH = {"day": "2026-04-08", "hour": "13:30", "minutes": "60", "place": "Lokale 7"}


def of(name, dialogue):
    return reverse(f"mus_workflow:{name}", args=[dialogue.pk])


def invite_page(cast: Cast) -> str:
    return reverse("mus_workflow:employee_invite", args=[Employment.objects.get(user=cast.employee).pk])


def test_a_manager_plans_and_invites_in_one_step(cast: Cast, enter, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        answer = enter(cast.manager).post(invite_page(cast), WISH)
    dialogue = Dialogue.objects.get()
    assert answer.url == reverse("mus_workflow:my_mus")
    assert (dialogue.stage, dialogue.meeting_place, dialogue.meeting_minutes) == (Stage.INVITED, "Lokale 7", 60)
    assert timezone.localtime(dialogue.meeting_at).isoformat() == "2026-04-08T13:30:00+02:00"
    assert sorted(message.to[0] for message in mail.outbox) == ["employee@example.test", "manager@example.test"]


def test_the_mail_holds_time_and_place_a_link_and_a_calendar_entry(
    cast: Cast, enter, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        enter(cast.manager).post(invite_page(cast), {**WISH, "place": "Lokale 7 & 8"})
    message = mail.outbox[0]
    assert "Lokale 7 & 8" in message.body
    assert reverse("mus_workflow:dialogue_detail", args=[Dialogue.objects.get().pk]) in message.body
    assert [name for name, _content, _type in message.attachments] == ["invitation.ics"]


def test_a_working_day_with_the_concepts_notice_is_suggested(cast: Cast, enter):
    page = enter(cast.manager).get(invite_page(cast))
    assert page.context["form"].initial["day"] == date(2026, 3, 24)
    assert 'value="2026-03-24"' in page.content.decode()
    assert 'value="10:00"' in page.content.decode()


def test_easter_and_weekends_are_no_working_days():
    assert working_day_from(date(2026, 4, 2)) == date(2026, 4, 7)
    assert add_months(date(2024, 2, 29), 12) == date(2025, 2, 28)


def test_short_notice_is_warned_of_and_allowed(cast: Cast, enter):
    client = enter(cast.manager)
    short = {**WISH, "day": "2026-03-16"}
    page = client.post(invite_page(cast), short)
    assert page.context["short_notice"] == "2026-03-16"
    assert not Dialogue.objects.exists()
    client.post(invite_page(cast), {**short, "short_notice": "2026-03-16"})
    assert Dialogue.objects.get().stage == Stage.INVITED


def test_the_consent_to_one_short_notice_is_not_consent_to_a_shorter_one(cast: Cast, enter):
    enter(cast.manager).post(invite_page(cast), {**WISH, "day": "2026-03-12", "short_notice": "2026-03-16"})
    assert not Dialogue.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"day": "2026-03-01"}, "day"),
        ({"day": "i morgen"}, "day"),
        ({"hour": ""}, "hour"),
        ({"minutes": "5"}, "minutes"),
        ({"place": ""}, "place"),
    ],
)
def test_what_is_wrong_is_said_beside_the_field_and_the_rest_is_kept(cast: Cast, enter, wrong, field):
    page = enter(cast.manager).post(invite_page(cast), {**WISH, **wrong})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]
    assert "mus-error-summary" in page.content.decode()
    assert not Dialogue.objects.exists()


def test_a_date_may_be_typed_the_danish_way(cast: Cast, enter):
    enter(cast.manager).post(invite_page(cast), {**WISH, "day": "08-04-2026", "hour": "13.30"})
    assert timezone.localtime(Dialogue.objects.get().meeting_at).hour == 13


@pytest.mark.parametrize("who", ["other_manager", "former_manager", "employee", "hr", "editor", "auditor", "admin"])
def test_nobody_else_can_invite(cast: Cast, enter, who):
    client = enter(getattr(cast, who))
    assert client.get(invite_page(cast)).status_code == 404
    assert client.post(invite_page(cast), WISH).status_code == 404
    assert not Dialogue.objects.exists()


def test_a_person_with_a_dialogue_under_way_is_not_invited_to_another(cast: Cast, enter):
    make_dialogue(cast, Stage.INVITED)
    answer = enter(cast.manager).get(invite_page(cast), follow=True)
    assert answer.redirect_chain[0][0] == reverse("mus_workflow:my_mus")
    assert says(answer, "There is already a dialogue under way with this person.")


def test_a_delegate_invites_and_sees_nothing_of_the_dialogue(cast: Cast, enter):
    client = enter(cast.delegate)
    assert client.post(invite_page(cast), WISH).url == reverse("mus_workflow:my_mus")
    dialogue = Dialogue.objects.get()
    later = client.post(of("dialogue_invite", dialogue), {**WISH, "day": "2026-04-14"})
    assert later.url == reverse("mus_workflow:my_mus")
    assert client.get(of("dialogue_detail", dialogue)).status_code == 404
    assert client.get(of("preparation_edit", dialogue)).status_code == 404
    assert not Participant.objects.filter(user=cast.delegate).exists()


def test_a_new_time_asks_for_a_new_acceptance(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.PREPARING)
    answer = enter(cast.manager).post(of("dialogue_invite", dialogue), WISH)
    dialogue.refresh_from_db()
    assert answer.url == of("dialogue_detail", dialogue)
    assert (dialogue.stage, dialogue.invitation_sequence) == (Stage.INVITED, 1)


def test_the_page_for_a_new_time_starts_from_the_standing_one(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.INVITED)
    assert 'value="Lokale 2"' in enter(cast.manager).get(of("dialogue_invite", dialogue)).content.decode()


@pytest.mark.parametrize("who", ["manager", "delegate"])
def test_after_the_talk_has_begun_its_time_is_settled(cast: Cast, enter, who):
    dialogue = make_dialogue(cast, Stage.TALK)
    page = enter(getattr(cast, who)).get(of("dialogue_invite", dialogue), follow=True)
    assert page.status_code == 200
    assert says(page, "The talk has begun or has been held, so its time is settled.")


def test_the_employee_accepts(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.INVITED)
    assert enter(cast.employee).post(of("invitation_accept", dialogue)).url == of("dialogue_detail", dialogue)
    dialogue.refresh_from_db()
    assert dialogue.stage == Stage.PREPARING


def test_only_the_employee_accepts(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.INVITED)
    page = enter(cast.manager).post(of("invitation_accept", dialogue), follow=True)
    assert says(page, "Only the person who was invited can accept.")
    assert enter(cast.delegate).post(of("invitation_accept", dialogue)).status_code == 404


@pytest.mark.parametrize("who", ["employee", "manager", "delegate"])
def test_the_calendar_entry_is_for_those_who_arrange_and_take_part(cast: Cast, enter, who):
    dialogue = make_dialogue(cast, Stage.INVITED)
    answer = enter(getattr(cast, who)).get(of("invitation_calendar", dialogue))
    event = Calendar.from_ical(answer.content).walk("VEVENT")[0]
    assert answer["Content-Type"].startswith("text/calendar")
    assert event["location"] == "Lokale 2"
    assert event.decoded("dtstart") == NOW + timedelta(days=21)


@pytest.mark.parametrize("who", ["other_manager", "former_manager", "hr", "auditor", "admin"])
def test_there_is_no_calendar_entry_for_anybody_else(cast: Cast, enter, who):
    dialogue = make_dialogue(cast, Stage.INVITED)
    assert enter(getattr(cast, who)).get(of("invitation_calendar", dialogue)).status_code == 404


def test_there_is_no_calendar_entry_before_there_is_a_time(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.PLANNED)
    assert enter(cast.manager).get(of("invitation_calendar", dialogue)).status_code == 404
