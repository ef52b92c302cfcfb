"""Opening hours at given moments: weekdays, breaks, midnight, holidays, exceptions, summer time."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from mus_workflow.contacts.holidays import Holiday
from mus_workflow.contacts.opening_hours import (
    COPENHAGEN,
    Exceptional,
    OpeningHours,
    Period,
    day,
    status,
    week,
    weekly,
)

EIGHT_TO_FIVE = Period(time(8), time(17))
EIGHT_TO_FOUR = Period(time(8), time(16))
OFFICE = OpeningHours(weekly([((0, 1, 2, 3), EIGHT_TO_FIVE), ((4,), EIGHT_TO_FOUR)]))


def copenhagen(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=COPENHAGEN)


@pytest.mark.parametrize(
    ("at", "is_open", "opens_next"),
    [
        (copenhagen(2026, 3, 10, 7, 59), False, copenhagen(2026, 3, 10, 8)),  # Tuesday, a minute early
        (copenhagen(2026, 3, 10, 8), True, None),
        (copenhagen(2026, 3, 10, 16, 59), True, None),
        (copenhagen(2026, 3, 10, 17), False, copenhagen(2026, 3, 11, 8)),  # the closing minute is closed
        (copenhagen(2026, 3, 13, 16, 30), False, copenhagen(2026, 3, 16, 8)),  # Friday closes earlier; then weekend
        (copenhagen(2026, 3, 15, 12), False, copenhagen(2026, 3, 16, 8)),  # Sunday
        (copenhagen(2026, 4, 1, 18), False, copenhagen(2026, 4, 7, 8)),  # over Easter, five days closed
        (copenhagen(2026, 6, 5, 10), False, copenhagen(2026, 6, 8, 8)),  # Constitution Day, a Friday
        (copenhagen(2026, 12, 31, 10), False, copenhagen(2027, 1, 4, 8)),  # into the next year
    ],
)
def test_office_hours(at: datetime, is_open: bool, opens_next: datetime | None) -> None:
    current = status(OFFICE, at)
    assert (current.is_open, current.next_opening) == (is_open, opens_next)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (datetime(2026, 3, 27, 7, 0, tzinfo=UTC), True),  # winter: 8:00 in Copenhagen
        (datetime(2026, 3, 30, 6, 0, tzinfo=UTC), True),  # summer time began on the 29th: 8:00 already
        (datetime(2026, 3, 30, 5, 59, tzinfo=UTC), False),
        (datetime(2026, 3, 30, 15, 0, tzinfo=UTC), False),  # 17:00
        (datetime(2026, 10, 26, 15, 59, tzinfo=UTC), True),  # winter again since the 25th: 16:59
        (datetime(2026, 3, 9, 20, 0, tzinfo=ZoneInfo("Asia/Tokyo")), True),  # noon in Copenhagen
    ],
)
def test_hours_follow_the_clock_in_copenhagen(at: datetime, is_open: bool) -> None:
    assert status(OFFICE, at).is_open is is_open


def test_next_opening_over_the_change_to_summer_time_keeps_the_wall_clock() -> None:
    opening = status(OFFICE, copenhagen(2026, 3, 28, 12)).next_opening
    assert opening is not None
    assert opening.astimezone(UTC) == datetime(2026, 3, 30, 6, tzinfo=UTC)


def test_week_begins_with_today() -> None:
    days = week(OFFICE, date(2026, 3, 12))
    assert [one.date.weekday() for one in days] == [3, 4, 5, 6, 0, 1, 2]
    assert [one.periods for one in days[:3]] == [(EIGHT_TO_FIVE,), (EIGHT_TO_FOUR,), ()]


def test_holiday_closes_the_line_and_is_named() -> None:
    ascension = day(OFFICE, date(2026, 5, 14))
    assert (ascension.is_closed, ascension.holiday) == (True, Holiday.ASCENSION)


def test_line_may_keep_open_on_holidays() -> None:
    always = OpeningHours(OFFICE.weekdays, closed_on_public_holidays=False, closed_on_customary_days_off=False)
    assert day(always, date(2026, 5, 14)).periods == (EIGHT_TO_FIVE,)
    assert day(always, date(2026, 12, 24)).periods == (EIGHT_TO_FIVE,)


def test_exception_wins_over_holiday_and_weekday() -> None:
    duty = Exceptional(date(2026, 12, 24), (Period(time(9), time(12)),), "Christmas duty")
    away = Exceptional(date(2026, 3, 10), note="Seminar")
    hours = OpeningHours(OFFICE.weekdays, (duty, away))
    assert day(hours, duty.date).periods == duty.periods
    assert (day(hours, away.date).is_closed, day(hours, away.date).note) == (True, "Seminar")


def test_a_break_closes_the_line_and_it_opens_again_the_same_day() -> None:
    hours = OpeningHours(weekly([((1,), Period(time(13), time(16))), ((1,), Period(time(9), time(12)))]))
    at_lunch = status(hours, copenhagen(2026, 3, 10, 12, 30))
    assert at_lunch.today.periods == (Period(time(9), time(12)), Period(time(13), time(16)))
    assert not at_lunch.is_open
    assert at_lunch.opens_later_today


def test_midnight_is_the_end_of_the_day() -> None:
    hours = OpeningHours(weekly([(range(7), Period(time(6), time(0)))]))
    assert status(hours, copenhagen(2026, 3, 10, 23, 59)).is_open
    assert not status(hours, copenhagen(2026, 3, 11, 0, 0)).is_open


def test_line_that_never_opens_promises_nothing() -> None:
    assert status(OpeningHours({}), copenhagen(2026, 3, 10, 9)).next_opening is None


def test_period_must_close_after_it_opens() -> None:
    with pytest.raises(ValueError, match="closes later"):
        Period(time(17), time(8))


def test_moment_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        status(OFFICE, copenhagen(2026, 3, 10, 9).replace(tzinfo=None))
