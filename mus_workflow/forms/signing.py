"""What a party answers to an agreement that was presented."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mus_workflow.models import Meaning

from .agreement import PlainText

LONGEST_ACKNOWLEDGEMENT = 100
# What is typed to give each answer: no single click signs, and nobody declines by mistake.
WORDS: dict[Meaning, Promise] = {
    Meaning.AGREED: gettext_lazy("I sign"),
    Meaning.RECEIVED: gettext_lazy("I have received it"),
    Meaning.DECLINED: gettext_lazy("I decline"),
}
WHAT_HAPPENS: dict[Meaning, Promise] = {
    Meaning.AGREED: gettext_lazy(
        "You sign that the talk was held and that this is what you agreed. It is in force when all have signed."
    ),
    Meaning.RECEIVED: gettext_lazy(
        "You sign that the talk was held and that you have received this text, and nothing more. It is in force when "
        "all have signed. Write below what you see differently: it stands beside your signature."
    ),
    Meaning.DECLINED: gettext_lazy(
        "You do not sign, and this revision does not come into force. When all have answered, the dialogue goes on "
        "without it; the agreement can be changed and presented again. You may say why, and need not."
    ),
}


def plain_words(text: str) -> str:
    """Words as they are compared: whatever the case, the white space, quotation marks around them and a full stop."""
    words = " ".join(unicodedata.normalize("NFKC", text).casefold().split())
    return words.strip(" .\"'“”„«»’")


class SignForm(forms.Form):
    """A party's answer, and the words that say it."""

    use_required_attribute = False

    document_sha256 = forms.CharField(widget=forms.HiddenInput)
    meaning = forms.ChoiceField(
        label=gettext_lazy("Your answer"),
        choices=Meaning.choices,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose your answer.")},
    )
    remark = PlainText(
        rows=4,
        label=gettext_lazy("Remark, or why you decline"),
        max_length=2000,
        help_text=gettext_lazy("It stands beside your answer for good, and all parties can read it."),
    )
    acknowledgement = forms.CharField(
        label=gettext_lazy("Write the words of your answer"),
        max_length=LONGEST_ACKNOWLEDGEMENT,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Write the words of your answer.")},
    )
    password = forms.CharField(
        label=gettext_lazy("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        help_text=gettext_lazy("So that nobody answers for you on a screen you have left."),
        error_messages={"required": gettext_lazy("Write your password to answer.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sentence = _("To answer “%(answer)s”, write:")
        rows = [(one.value, sentence % {"answer": one.label}, WORDS[one]) for one in Meaning]
        # A stylesheet shows only those of the answer that is chosen.
        each = '<span class="mus-words" data-answer="{}">{} <strong>{}</strong></span> '
        self.fields["acknowledgement"].help_text = format_html_join("", each, rows)

    def clean(self) -> dict[str, Any]:
        """The words must be those of the answer that was chosen."""
        cleaned = super().clean() or self.cleaned_data
        meaning, typed = cleaned.get("meaning"), cleaned.get("acknowledgement")
        if meaning and typed:
            wanted = str(WORDS[Meaning(meaning)])
            if plain_words(typed) != plain_words(wanted):
                self.add_error("acknowledgement", _("To give this answer, write: %(words)s") % {"words": wanted})
        return cleaned

    @property
    def answers(self) -> list[dict[str, Any]]:
        """The answers to choose among: each with its ``radio`` and ``what_happens`` then."""
        radios = list(self["meaning"])
        for radio in radios:
            radio.data["attrs"]["aria-describedby"] = f"{radio.id_for_label}_help"
        return [{"radio": radio, "what_happens": WHAT_HAPPENS[Meaning(radio.data["value"])]} for radio in radios]
