"""How an editor says when a question or a section is shown: an earlier question, a comparison, an answer."""

from typing import Any

from django import forms
from django.forms.widgets import Script
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

OPERATOR_CHOICES = [
    ("equals", _("is answered with")),
    ("not_equals", _("is answered with anything but")),
    ("contains", _("has these words in it")),
    ("at_least", _("is at least")),
    ("answered", _("is answered")),
    ("not_answered", _("is not answered")),
]


WORDS = {
    "data-mus-yes": _("Yes"),
    "data-mus-no": _("No"),
    "data-mus-not-applicable": _("Not applicable"),
    "data-mus-none": _("Nothing chosen"),
    "data-mus-gone": _("No longer in the form"),
}


class PickerInput(forms.TextInput):
    """A text control that a script in the editor turns into a list to pick from."""

    class Media:
        js = [Script("mus_workflow/js/condition-picker.js", type="module")]


class PickerBlock(blocks.FieldBlock):
    """Text that can be typed, or picked where the script runs."""

    def __init__(self, picks: str, help_text: Any = "", **kwargs: Any) -> None:
        widget = PickerInput(attrs={"data-mus-picks": picks, **WORDS})
        self.field = forms.CharField(required=False, max_length=1000, help_text=help_text, widget=widget)
        super().__init__(**kwargs)


class ConditionBlock(blocks.StructBlock):
    """Empty: the question, or the section, is always shown."""

    question = PickerBlock(
        "question",
        label=_("Show only if this earlier question"),
        help_text=_("Pick it, or write its wording exactly. Empty: always shown."),
    )
    op = blocks.ChoiceBlock(choices=OPERATOR_CHOICES, default="equals", label=_("Comparison"))
    value = PickerBlock(
        "value",
        label=_("Answer"),
        help_text=_("One of its options, yes or no, a number or a date. Empty when the comparison needs none."),
    )

    class Meta:
        label = _("Condition")
        icon = "view"
        label_format = ""
