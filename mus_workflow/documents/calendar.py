"""The calendar invitation (RFC 5545). Time, place and a neutral title; never content."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vText

from mus_workflow.models import Dialogue


def invitation_calendar(
    *, dialogue: Dialogue, organiser: str, attendees: list[str], url: str, now: datetime, cancelled: bool = False
) -> bytes:
    """The invitation as an .ics file. Updates and a cancellation keep the UID and raise SEQUENCE."""
    if dialogue.meeting_at is None:
        raise ValueError("the dialogue has no time yet")
    event = Event()
    event.add("uid", f"{dialogue.pk}@mus")
    event.add("sequence", dialogue.invitation_sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", dialogue.meeting_at.astimezone(UTC))
    event.add("dtend", dialogue.meeting_at.astimezone(UTC) + timedelta(minutes=dialogue.meeting_minutes))
    event.add("summary", _one_line(_("Staff development dialogue")))
    event.add("location", _one_line(dialogue.meeting_place))
    event.add("description", _one_line(_("Prepare and see the details on the intranet: %(url)s") % {"url": url}))
    event.add("url", url)
    event.add("class", "PRIVATE")
    event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    event.add("organizer", _address(organiser))
    for attendee in attendees:
        event.add("attendee", _address(attendee), encode=False)
    calendar = Calendar()
    calendar.add("prodid", "-//wagtail-mus//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if cancelled else "REQUEST")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _address(email: str) -> vCalAddress:
    return vCalAddress(f"MAILTO:{_one_line(email)}")


def _one_line(text: str) -> vText:
    return vText(" ".join(text.split()))
