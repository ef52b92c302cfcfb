"""When a contact line is open: hours per weekday, exceptions by date, Danish holidays. Pure.

All hours are wall-clock time in Copenhagen. The caller passes the moment; an aware datetime of any zone will do.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from mus_workflow.contacts.holidays import Holiday, customary_days_off, public_holidays

COPENHAGEN = ZoneInfo("Europe/Copenhagen")
MIDNIGHT = time(0)
DAYS_IN_WEEK = 7
# Hours that repeat weekly open again within a week, unless closing days are in the way: look past a long Christmas.
LOOK_AHEAD_DAYS = 28


@dataclass(frozen=True, order=True)
class Period:
    """From ``opens`` until ``closes`` on one day. ``closes`` at 00:00 is the midnight that ends the day."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.closes != MIDNIGHT and self.closes <= self.opens:
            raise ValueError("A line closes later than it opens; 00:00 means midnight at the end of the day.")

    def covers(self, moment: time) -> bool:
        """Whether the line is open at this time of day; the closing minute itself is closed."""
        return self.opens <= moment and (self.closes == MIDNIGHT or moment < self.closes)


@dataclass(frozen=True)
class Exceptional:
    """A date with its own hours; without periods the line is closed. ``note`` says why, in the editor's words."""

    date: date
    periods: tuple[Period, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class OpeningHours:
    """The hours of one line. ``weekdays`` maps 0 (Monday) to 6 (Sunday) to periods; a missing day is closed."""

    weekdays: dict[int, tuple[Period, ...]]
    exceptions: tuple[Exceptional, ...] = ()
    closed_on_public_holidays: bool = True
    closed_on_customary_days_off: bool = True


@dataclass(frozen=True)
class Day:
    """What holds on one date: its periods in order, and why they differ from the usual week."""

    date: date
    periods: tuple[Period, ...]
    holiday: Holiday | None = None
    note: str = ""

    @property
    def is_closed(self) -> bool:
        """Whether the line is closed the whole day."""
        return not self.periods


@dataclass(frozen=True)
class Status:
    """A line at one moment: the day it is, whether it is open now, and when it opens next if it is not."""

    today: Day
    is_open: bool
    next_opening: datetime | None

    @property
    def opens_later_today(self) -> bool:
        """Whether the line is closed now and opens again before midnight."""
        return self.next_opening is not None and self.next_opening.date() == self.today.date


def day(hours: OpeningHours, on: date) -> Day:
    """The hours of a date. An exception wins over a holiday, a holiday over the weekday."""
    for exception in hours.exceptions:
        if exception.date == on:
            return Day(on, tuple(sorted(exception.periods)), note=exception.note)
    holiday = _day_off(hours, on)
    if holiday is not None:
        return Day(on, (), holiday=holiday)
    return Day(on, tuple(sorted(hours.weekdays.get(on.weekday(), ()))))


def week(hours: OpeningHours, today: date) -> list[Day]:
    """Seven days beginning with today, so that the day the reader is in stands first."""
    return [day(hours, today + timedelta(days=ahead)) for ahead in range(DAYS_IN_WEEK)]


def status(hours: OpeningHours, at: datetime) -> Status:
    """The line at a moment. Raises ValueError for a datetime without a zone."""
    if at.tzinfo is None:
        raise ValueError("Opening hours need a moment with a time zone.")
    local = at.astimezone(COPENHAGEN)
    today = day(hours, local.date())
    is_open = any(period.covers(local.time()) for period in today.periods)
    return Status(today, is_open, None if is_open else _next_opening(hours, local))


def weekly(rules: Iterable[tuple[Iterable[int], Period]]) -> dict[int, tuple[Period, ...]]:
    """Hours per weekday from rules that each name several weekdays, as editors write them."""
    weekdays: dict[int, tuple[Period, ...]] = {}
    for days, period in rules:
        for weekday in days:
            weekdays[weekday] = (*weekdays.get(weekday, ()), period)
    return weekdays


def _day_off(hours: OpeningHours, on: date) -> Holiday | None:
    if hours.closed_on_public_holidays and on in (holidays := public_holidays(on.year)):
        return holidays[on]
    if hours.closed_on_customary_days_off:
        return customary_days_off(on.year).get(on)
    return None


def _next_opening(hours: OpeningHours, local: datetime) -> datetime | None:
    for ahead in range(LOOK_AHEAD_DAYS):
        on = local.date() + timedelta(days=ahead)
        for period in day(hours, on).periods:
            opening = datetime.combine(on, period.opens, tzinfo=COPENHAGEN)
            if opening > local:
                return opening
    return None
