"""Mails as a mail server receives them: to whom, in whose language, and without a word of content."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.db import transaction
from icalendar import Calendar
from pytest_django import DjangoCaptureOnCommitCallbacks
from wagtail.users.models import UserProfile

from mus_workflow.actions.amend_agreement import amend_agreement
from mus_workflow.actions.give_grant import approve_grant, request_grant
from mus_workflow.actions.hold_talk import break_off_talk
from mus_workflow.actions.invite import invite
from mus_workflow.actions.write_revision import take_back_agreement
from mus_workflow.models import Dialogue
from mus_workflow.notifications import after_commit, base_url, deliver_invitation, deliver_notice
from mus_workflow.stages import Stage
from musportal.mail import mail_settings
from tests.builders import Cast, answer, change_manager, make_dialogue
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

Capture = DjangoCaptureOnCommitCallbacks

# What the builders let people write, and what the forms ask: none of it may stand in a mail.
CONTENT = [
    "besøg",
    "fredagen",
    "børneområdet",
    "formidling",
    "arbejdsdage",
    "arrangement",
    "lykkedes",
    "trives",
    "Ny frist",
    "Stikprøve",
    "EDUCATION",
]
KINDS = [
    "agreement_presented",
    "agreement_taken_back",
    "amendment_begun",
    "manager_changed",
    "preparation_shared",
    "talk_broken_off",
]


def addresses(mailbox: list[EmailMessage]) -> list[str]:
    return sorted(str(message["To"]) for message in mailbox)


def text_of(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(message["Subject"]) + "\n" + body.get_content()


def calendar_of(message: EmailMessage) -> Any:
    (attachment,) = message.iter_attachments()
    assert attachment.get_content_type() == "text/calendar"
    return Calendar.from_ical(attachment.get_payload(decode=True))


def event_of(message: EmailMessage) -> Any:
    (event,) = calendar_of(message).walk("VEVENT")
    return event


def ask(dialogue: Dialogue, by: Any, days: int, place: str = "Lokale 4") -> None:
    invite(dialogue_id=dialogue.pk, meeting_at=NOW + timedelta(days=days), minutes=60, place=place, by=by, at=NOW)


def test_a_whole_course_of_mails_holds_no_word_of_content(
    cast: Cast, mailbox: list[EmailMessage], django_capture_on_commit_callbacks: Capture
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        dialogue = make_dialogue(cast, Stage.SIGN_OFF)
        take_back_agreement(dialogue_id=dialogue.pk, by=cast.employee, at=NOW)
        break_off_talk(dialogue_id=dialogue.pk, by=cast.employee, at=NOW)
    assert len(mailbox) == 2 + 2 + 2 + 1 + 1
    said = "\n".join(message.as_string() + text_of(message) for message in mailbox)
    assert [word for word in CONTENT if word in said] == []
    assert all(str(dialogue.pk) in text_of(message) for message in mailbox)


def test_the_mails_after_the_signing_hold_no_word_of_content(
    cast: Cast, mailbox: list[EmailMessage], django_capture_on_commit_callbacks: Capture
) -> None:
    dialogue = make_dialogue(cast)
    with django_capture_on_commit_callbacks(execute=True):
        amend_agreement(dialogue_id=dialogue.pk, change_note="Ny frist", by=cast.manager, at=NOW)
        grant = request_grant(dialogue_id=dialogue.pk, reason="Stikprøve", by=cast.auditor, at=NOW)
        approve_grant(grant_id=grant.pk, by=cast.auditor2, at=NOW)
        change_manager(cast.employee, cast.other_manager, by=cast.hr, confirmed_by=cast.manager, at=NOW)
    assert addresses(mailbox) == [
        "employee@example.test",
        "employee@example.test",
        "employee@example.test",
        "other_manager@example.test",
    ]
    said = "\n".join(map(text_of, mailbox))
    assert [word for word in CONTENT if word in said] == []


def receipts(
    cast: Cast, mailbox: list[EmailMessage], capture: Capture, *answers: tuple[Any, str]
) -> tuple[Dialogue, dict[str, list[str]]]:
    """Let these people answer an agreement; return it, and the mails by reader in the order of the answers."""
    for person in (cast.employee, cast.manager):
        UserProfile.objects.update_or_create(user=person, defaults={"preferred_language": "en"})
    dialogue = make_dialogue(cast, Stage.SIGN_OFF)
    for by, meaning in answers:
        with capture(execute=True):
            answer(dialogue, meaning, by=by, remark="kanariebemærkning")
    read: dict[str, list[str]] = {"employee": [], "manager": []}
    for message in mailbox:
        read[str(message["To"]).partition("@")[0]].append(text_of(message))
    return dialogue, read


def test_each_answer_is_receipted_to_all_parties_with_the_check_number_and_no_content(
    cast: Cast, mailbox: list[EmailMessage], django_capture_on_commit_callbacks: Capture
) -> None:
    answers = ((cast.employee, "RECEIVED"), (cast.manager, "AGREED"))
    dialogue, read = receipts(cast, mailbox, django_capture_on_commit_callbacks, *answers)
    sha = dialogue.agreement.presentations.get().document_sha256
    assert {name: len(texts) for name, texts in read.items()} == {"employee": 2, "manager": 2}
    for text in (*read["employee"], *read["manager"]):
        for told in (sha, dialogue.reference, "Revision: 1", "10 March 2026, 09:00", f"/dialogues/{dialogue.pk}/"):
            assert told in text
        assert [word for word in (*CONTENT, "kanarie", "received", "agree with") if word in text] == []


def test_whoever_answered_is_told_that_it_was_in_their_name(
    cast: Cast, mailbox: list[EmailMessage], django_capture_on_commit_callbacks: Capture
) -> None:
    _dialogue, read = receipts(cast, mailbox, django_capture_on_commit_callbacks, (cast.employee, "AGREED"))
    assert "in your name" in read["employee"][0]
    assert "in your name" not in read["manager"][0]
    assert "Another party has answered" in read["manager"][0]


@pytest.mark.parametrize(
    ("second", "subject", "words"),
    [
        ("AGREED", "Your agreement is in force", "in force from now on"),
        ("DECLINED", "An agreement has been answered", "it is not in force"),
    ],
)
def test_the_last_receipt_says_what_has_become_of_the_agreement_and_not_who_declined(
    cast: Cast,
    mailbox: list[EmailMessage],
    django_capture_on_commit_callbacks: Capture,
    second: str,
    subject: str,
    words: str,
) -> None:
    answers = ((cast.employee, "AGREED"), (cast.manager, second))
    _dialogue, read = receipts(cast, mailbox, django_capture_on_commit_callbacks, *answers)
    for first, last in read.values():
        assert first.startswith("An agreement has been answered")
        assert "when all have signed the same revision" in first
        assert last.startswith(subject)
        assert words in last
        assert "declined" not in last.lower()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("language", ["da", "en"])
def test_every_notice_is_written_in_the_readers_language(
    cast: Cast, mailbox: list[EmailMessage], kind: str, language: str
) -> None:
    dialogue = make_dialogue(cast, Stage.INVITED)
    UserProfile.objects.update_or_create(user=cast.employee, defaults={"preferred_language": language})
    person = dialogue.participants.select_related("user__wagtail_userprofile").get(role="EMPLOYEE")
    deliver_notice.func(str(dialogue.pk), kind, [str(person.pk)])
    (message,) = mailbox
    text = text_of(message)
    assert ("Log in to see it" in text) == (language == "en"), text
    assert base_url() in text
    assert "{" not in text
    assert "\n\n\n" not in text


def test_the_invitation_reaches_both_with_a_calendar_entry(
    cast: Cast, mailbox: list[EmailMessage], django_capture_on_commit_callbacks: Capture
) -> None:
    dialogue = make_dialogue(cast, Stage.PLANNED)
    with django_capture_on_commit_callbacks(execute=True):
        ask(dialogue, cast.delegate, days=9)
    assert addresses(mailbox) == ["employee@example.test", "manager@example.test"]
    event = event_of(mailbox[0])
    start = (NOW + timedelta(days=9)).astimezone(UTC)
    assert (event.decoded("dtstart"), event.decoded("dtend")) == (start, start + timedelta(minutes=60))
    assert (str(event["location"]), str(event["class"]), str(event["status"])) == ("Lokale 4", "PRIVATE", "CONFIRMED")
    assert sorted(event["attendee"]) == ["MAILTO:employee@example.test", "MAILTO:manager@example.test"]
    assert str(calendar_of(mailbox[0])["method"]) == "REQUEST"
    assert str(event["url"]).endswith(f"/dialogues/{dialogue.pk}/")


def test_a_new_time_updates_the_same_entry(
    cast: Cast, mailbox: list[EmailMessage], django_capture_on_commit_callbacks: Capture
) -> None:
    dialogue = make_dialogue(cast, Stage.PLANNED)
    for days in (9, 12, 15):
        with django_capture_on_commit_callbacks(execute=True):
            ask(dialogue, cast.manager, days=days)
    theirs = [event_of(message) for message in mailbox if str(message["To"]).startswith("employee")]
    assert {str(event["uid"]) for event in theirs} == {f"{dialogue.pk}@mus"}
    assert [int(event["sequence"]) for event in theirs] == [0, 1, 2]
    assert [event.decoded("dtstart") for event in theirs] == sorted({event.decoded("dtstart") for event in theirs})


@pytest.mark.parametrize(
    "place",
    [
        "Lokale 4\r\nATTENDEE:MAILTO:evil@example.test",
        "Rum; A, B\\C",
        "Æblegården, 2. sal – mødelokale «Øst»" * 4,
        'x"\nEND:VEVENT\nBEGIN:VALARM',
    ],
)
def test_a_place_cannot_write_in_the_calendar_or_the_headers(
    cast: Cast, mailbox: list[EmailMessage], django_capture_on_commit_callbacks: Capture, place: str
) -> None:
    dialogue = make_dialogue(cast, Stage.PLANNED)
    with django_capture_on_commit_callbacks(execute=True):
        ask(dialogue, cast.manager, days=9, place=place)
    event = event_of(mailbox[0])
    assert str(event["location"]) == " ".join(place.split())
    assert len(event["attendee"]) == 2
    assert [part.name for part in calendar_of(mailbox[0]).walk()] == ["VCALENDAR", "VEVENT"]


def test_a_daylight_saving_night_keeps_the_hour_that_was_said(
    cast: Cast, mailbox: list[EmailMessage], django_capture_on_commit_callbacks: Capture
) -> None:
    """The clocks go forward on 29 March 2026; nine in Copenhagen is then seven in UTC."""
    dialogue = make_dialogue(cast, Stage.PLANNED)
    with django_capture_on_commit_callbacks(execute=True):
        ask(dialogue, cast.manager, days=20)
    assert event_of(mailbox[0]).decoded("dtstart").hour == 7
    assert "09.00" in text_of(mailbox[0]) or "09:00" in text_of(mailbox[0])


def test_nothing_is_sent_of_what_was_rolled_back(
    cast: Cast, mailbox: list[EmailMessage], django_capture_on_commit_callbacks: Capture
) -> None:
    dialogue = make_dialogue(cast, Stage.PLANNED)
    with django_capture_on_commit_callbacks(execute=True):
        here = transaction.savepoint()
        ask(dialogue, cast.manager, days=9)
        transaction.savepoint_rollback(here)
    assert mailbox == []


def test_a_person_without_an_address_is_passed_over(
    cast: Cast, mailbox: list[EmailMessage], caplog: pytest.LogCaptureFixture
) -> None:
    dialogue = make_dialogue(cast, Stage.INVITED)
    type(cast.employee).objects.filter(pk=cast.employee.pk).update(email="")
    with caplog.at_level("INFO", logger="mus_workflow.notifications"):
        deliver_invitation.func(str(dialogue.pk))
    assert addresses(mailbox) == ["manager@example.test"]
    assert "no address for participant" in caplog.text
    assert "Emma" not in caplog.text


def test_a_mail_server_that_is_down_undoes_nothing_and_is_logged_without_names(
    cast: Cast,
    settings: Any,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Capture,
    dialogue_at: Callable[..., Dialogue],
) -> None:
    dialogue = dialogue_at(Stage.PLANNED)
    for name, value in mail_settings("smtp", host="127.0.0.1", port=1, timeout=5).items():
        setattr(settings, name, value)
    with django_capture_on_commit_callbacks(execute=True):
        ask(dialogue, cast.manager, days=9)
    assert Dialogue.objects.get(pk=dialogue.pk).stage == Stage.INVITED
    assert caplog.text.count("was not sent") == 2
    assert [name for name in ("Emma", "Mikkel", "example.test") if name in caplog.text] == []


def test_a_sender_that_breaks_does_not_break_the_request(
    django_capture_on_commit_callbacks: Capture, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*args: str) -> None:
        raise RuntimeError("no template")

    with django_capture_on_commit_callbacks() as callbacks:
        after_commit(broken, "1")
    assert len(callbacks) == 1


def test_addresses_in_mails_are_the_organisations_own(settings: Any) -> None:
    settings.WAGTAILADMIN_BASE_URL = "https://intranet.example.test/"
    assert base_url() == "https://intranet.example.test"
    settings.MUS = {**settings.MUS, "BASE_URL": "https://mus.example.test/"}
    assert base_url() == "https://mus.example.test"
