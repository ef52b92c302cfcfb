"""Who may act as this person: themself, and with a password of their own choice."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import CharField, DateTimeField, QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mus_workflow.conf import app_settings
from mus_workflow.models import PasswordChange
from mus_workflow.models.kept_query import KeptQuery, Slot
from mus_workflow.who_acts import who_acts

from .verdict import YES, Verdict, first_no, no

ANOTHERS_NAME = gettext_lazy(
    "You are using the site in another person's name. What is private to that person is closed to you, and nobody can "
    "sign for another."
)


def is_oneself() -> Verdict:
    """Whether the person at the keyboard acts in their own name."""
    return first_no((not who_acts().real, ANOTHERS_NAME))


def has_own_password(user_key: str, *, at: datetime) -> Verdict:
    """Whether nobody else has set this person's password lately. A change of one's own afterwards does not mend it."""
    hours = timedelta(hours=app_settings.RESET_HOURS)
    changed_at = SET_BY_ANOTHER.first(user_key=user_key, since=at - hours)
    if changed_at is None:
        return YES
    reason = _(
        "Your password or mail address was set by somebody else, or in a way that tells nobody by whom. So that nobody "
        "signs in your name, you can sign from %(time)s."
    )
    return no(reason % {"time": date_format(timezone.localtime(changed_at + hours), "DATETIME_FORMAT")})


def _set_by_another() -> QuerySet[PasswordChange, datetime]:
    mine = PasswordChange.objects.filter(
        user_key=Slot("user_key", CharField()), changed_at__gt=Slot("since", DateTimeField())
    )
    others = mine.exclude(changed_by_key=Slot("user_key", CharField()))
    return others.order_by("-changed_at").values_list("changed_at", flat=True)[:1]


SET_BY_ANOTHER = KeptQuery(_set_by_another)
