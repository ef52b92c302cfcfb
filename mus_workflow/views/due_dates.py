"""When a person's next dialogue is due, and how that is said."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mus_workflow.contacts.holidays import customary_days_off, public_holidays
from mus_workflow.documents.dates import add_months
from mus_workflow.models import Dialogue, Employment

DUE_SOON = timedelta(days=60)
SATURDAY = 5


def next_due_date(*, employment: Employment, last_held: Dialogue | None, interval_months: int) -> date:
    """The interval after the last talk that was held, or after the employment began."""
    began = employment.start_date
    if last_held is not None and last_held.held_at is not None:
        began = max(began, timezone.localtime(last_held.held_at).date())
    return add_months(began, interval_months)


def last_held_of(employment: Employment) -> Dialogue | None:
    """The employee's latest dialogue whose talk was held."""
    return (
        Dialogue.objects.filter(
            participants__user=employment.user_id, participants__role="EMPLOYEE", held_at__isnull=False
        )
        .order_by("-held_at")
        .first()
    )


def due_words(due: date, *, today: date) -> str:
    """When a dialogue is or was due, in words."""
    names = {"date": date_format(due, "DATE_FORMAT")}
    return _("Since %(date)s") % names if due < today else _("Due %(date)s") % names


def working_day_from(day: date) -> date:
    """The day itself, or the next one on which a Danish workplace is open."""
    while day.weekday() >= SATURDAY or day in public_holidays(day.year) or day in customary_days_off(day.year):
        day += timedelta(days=1)
    return day
