"""When and where the talk is held."""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

# The browser's controls post the first; the others are what people type where there are no such controls.
DATE_FORMATS = ["%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%d.%m.%Y"]
TIME_FORMATS = ["%H:%M", "%H.%M", "%H:%M:%S"]
SHORTEST, LONGEST = 15, 480


class InvitationForm(forms.Form):
    """Day, time, length and place. ``meeting_at()`` is the moment, once the form is valid."""

    day = forms.DateField(
        label=gettext_lazy("Date"),
        input_formats=DATE_FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": gettext_lazy("Write the date with day, month and year, such as 24-12-2026.")},
    )
    hour = forms.TimeField(
        label=gettext_lazy("Time"),
        input_formats=TIME_FORMATS,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
        error_messages={"invalid": gettext_lazy("Write the time with hours and minutes, such as 10.00.")},
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Length in minutes"),
        min_value=SHORTEST,
        max_value=LONGEST,
        help_text=gettext_lazy("Set aside time without interruptions."),
    )
    place = forms.CharField(
        label=gettext_lazy("Place"),
        max_length=200,
        help_text=gettext_lazy("A room where you can talk undisturbed. Others may see it in the calendar."),
    )

    def __init__(self, *args: Any, at: datetime, **kwargs: Any) -> None:
        self.at = at
        super().__init__(*args, **kwargs)

    def clean(self) -> dict[str, Any]:
        """Refuse a moment that has passed."""
        cleaned = super().clean() or self.cleaned_data
        if "day" in cleaned and "hour" in cleaned and self.meeting_at() <= self.at:
            self.add_error("day", _("The time of the talk must lie in the future."))
        return cleaned

    def meeting_at(self) -> datetime:
        """The moment in the site's time zone."""
        return meeting_moment(self.cleaned_data["day"], self.cleaned_data["hour"])


def meeting_moment(day: date, hour: time) -> datetime:
    """The moment that a day and a time of day mean in the current time zone."""
    return timezone.make_aware(datetime.combine(day, hour))
