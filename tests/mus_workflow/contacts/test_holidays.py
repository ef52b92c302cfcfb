"""The Danish days off, against published calendars."""

from datetime import date

import pytest

from mus_workflow.contacts.holidays import Holiday, customary_days_off, easter_sunday, public_holidays


@pytest.mark.parametrize(
    ("year", "expected"),
    [
        (1961, date(1961, 4, 2)),
        (2008, date(2008, 3, 23)),
        (2019, date(2019, 4, 21)),
        (2024, date(2024, 3, 31)),
        (2025, date(2025, 4, 20)),
        (2026, date(2026, 4, 5)),
        (2027, date(2027, 3, 28)),
        (2038, date(2038, 4, 25)),
    ],
)
def test_easter_falls_where_the_calendar_says(year: int, expected: date) -> None:
    assert easter_sunday(year) == expected


def test_public_holidays_of_2026() -> None:
    assert public_holidays(2026) == {
        date(2026, 1, 1): Holiday.NEW_YEAR,
        date(2026, 4, 2): Holiday.MAUNDY_THURSDAY,
        date(2026, 4, 3): Holiday.GOOD_FRIDAY,
        date(2026, 4, 5): Holiday.EASTER_SUNDAY,
        date(2026, 4, 6): Holiday.EASTER_MONDAY,
        date(2026, 5, 14): Holiday.ASCENSION,
        date(2026, 5, 24): Holiday.WHIT_SUNDAY,
        date(2026, 5, 25): Holiday.WHIT_MONDAY,
        date(2026, 12, 25): Holiday.CHRISTMAS_DAY,
        date(2026, 12, 26): Holiday.BOXING_DAY,
    }


def test_great_prayer_day_ended_with_2023() -> None:
    assert public_holidays(2023)[date(2023, 5, 5)] == Holiday.GREAT_PRAYER_DAY
    assert Holiday.GREAT_PRAYER_DAY not in public_holidays(2024).values()


def test_customary_days_off_are_kept_apart_from_public_holidays() -> None:
    assert set(customary_days_off(2026)) == {date(2026, 6, 5), date(2026, 12, 24), date(2026, 12, 31)}
    assert not set(customary_days_off(2026)) & set(public_holidays(2026))
