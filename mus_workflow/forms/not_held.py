"""Why a talk was not held."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .agreement import PlainText


class NotHeldForm(forms.Form):
    """The reason, which is kept sealed."""

    reason = PlainText(
        rows=4,
        required=True,
        label=_("Why was the talk not held?"),
        max_length=1000,
        help_text=_(
            "A sentence is enough. Leave out illness and other private matters. The employee can see it in “My data”."
        ),
    )
