"""What happened when: many stories, told together in the order of time."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from mus_workflow.contacts.holidays import customary_days_off, public_holidays

Story = Iterator[datetime]

SATURDAY = 5
PAUSE = timedelta(minutes=5)


def play(stories: Iterable[Story]) -> int:
    """Tell the stories, always going on with the one whose next event comes first; return how many events there were.

    A story yields the time of its next event, and when it is asked to go on, the event happens.
    """
    waiting: list[tuple[datetime, int, Story]] = []
    for number, story in enumerate(stories):
        _go_on(waiting, number, story)
    told = 0
    while waiting:
        _at, number, story = heapq.heappop(waiting)
        _go_on(waiting, number, story)
        told += 1
    return told


def _go_on(waiting: list[tuple[datetime, int, Story]], number: int, story: Story) -> None:
    at = next(story, None)
    if at is not None:
        heapq.heappush(waiting, (at, number, story))


class Clock:
    """The time within one story: it goes forward, and never past now."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.at = now - timedelta(days=20_000)

    def on(self, day: date, hour: int, minute: int = 0) -> datetime:
        """The moment on that day, or on the working day before it; a little after the last event if that is later."""
        moment = moment_on(working_day(day), hour, minute)
        self.at = min(self.now, max(self.at + PAUSE, moment))
        return self.at


def moment_on(day: date, hour: int, minute: int = 0) -> datetime:
    """The time of the day, on the organisation's own clock."""
    return timezone.make_aware(datetime.combine(day, time(hour, minute)))


def working_day(day: date) -> date:
    """The day, or the last working day before it."""
    closed = public_holidays(day.year).keys() | customary_days_off(day.year).keys()
    return working_day(day - timedelta(days=1)) if day.weekday() >= SATURDAY or day in closed else day
