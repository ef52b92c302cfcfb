"""Why a talk was not held."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class NotHeldForm(forms.Form):
    """The reason, which is kept sealed."""

    reason = forms.CharField(
        label=_("Why was the talk not held?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("A sentence is enough. Leave out illness and other private matters."),
    )
