"""The days on which a Danish workplace is closed by law or by custom, computed for any year. Pure."""

from __future__ import annotations

from datetime import date, timedelta
from enum import StrEnum

LAST_GREAT_PRAYER_DAY = 2023


class Holiday(StrEnum):
    """A day by name; the words shown to people belong to the caller."""

    NEW_YEAR = "NEW_YEAR"
    MAUNDY_THURSDAY = "MAUNDY_THURSDAY"
    GOOD_FRIDAY = "GOOD_FRIDAY"
    EASTER_SUNDAY = "EASTER_SUNDAY"
    EASTER_MONDAY = "EASTER_MONDAY"
    GREAT_PRAYER_DAY = "GREAT_PRAYER_DAY"
    ASCENSION = "ASCENSION"
    WHIT_SUNDAY = "WHIT_SUNDAY"
    WHIT_MONDAY = "WHIT_MONDAY"
    CONSTITUTION_DAY = "CONSTITUTION_DAY"
    CHRISTMAS_EVE = "CHRISTMAS_EVE"
    CHRISTMAS_DAY = "CHRISTMAS_DAY"
    BOXING_DAY = "BOXING_DAY"
    NEW_YEARS_EVE = "NEW_YEARS_EVE"


def easter_sunday(year: int) -> date:
    """Easter Sunday of a Gregorian year (the anonymous algorithm of Meeus, Jones and Butcher)."""
    golden = year % 19
    century, rest = divmod(year, 100)
    shift = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - century // 4 - shift + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    correction = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * correction + 114, 31)
    return date(year, month, day + 1)


def public_holidays(year: int) -> dict[date, Holiday]:
    """The public holidays of a year. Great Prayer Day counts until 2023: it was abolished from 1 January 2024."""
    easter = easter_sunday(year)
    after_easter = {
        -3: Holiday.MAUNDY_THURSDAY,
        -2: Holiday.GOOD_FRIDAY,
        0: Holiday.EASTER_SUNDAY,
        1: Holiday.EASTER_MONDAY,
        39: Holiday.ASCENSION,
        49: Holiday.WHIT_SUNDAY,
        50: Holiday.WHIT_MONDAY,
    }
    if year <= LAST_GREAT_PRAYER_DAY:
        after_easter[26] = Holiday.GREAT_PRAYER_DAY
    return {
        date(year, 1, 1): Holiday.NEW_YEAR,
        **{easter + timedelta(days=days): holiday for days, holiday in after_easter.items()},
        date(year, 12, 25): Holiday.CHRISTMAS_DAY,
        date(year, 12, 26): Holiday.BOXING_DAY,
    }


def customary_days_off(year: int) -> dict[date, Holiday]:
    """The days that are no public holidays, and on which most Danish offices are closed all the same."""
    return {
        date(year, 6, 5): Holiday.CONSTITUTION_DAY,
        date(year, 12, 24): Holiday.CHRISTMAS_EVE,
        date(year, 12, 31): Holiday.NEW_YEARS_EVE,
    }
