"""What people type into the agreement: its items field by field, and the small forms around it."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mus_workflow.documents.item import TEXT_LIMIT
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.texts import plain_text
from mus_workflow.formbuilder.shapes import FORBIDDEN_CHARACTERS, Question
from mus_workflow.models import Category, Outcome, Progress, Responsible

from .invitation import DATE_FORMATS

ITEM_NAME = re.compile(r"item_([0-9a-f]{32})_[a-z_]+")
CHOOSE = ("", gettext_lazy("Choose"))
SETTLES = [choice for choice in Outcome.choices if choice[0] != Outcome.WITHDRAWN]


class PlainText(forms.CharField):
    """Text of several lines, kept as typed, and cleaned where it was pasted."""

    def __init__(self, *, rows: int = 2, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": rows})
        super().__init__(**{"max_length": TEXT_LIMIT, "required": False, "widget": widget, **kwargs})

    def to_python(self, value: Any) -> str:
        """The text as `plain_text` has it. ValidationError for characters that cannot be kept."""
        text = plain_text(str(super().to_python(value))).strip()
        if FORBIDDEN_CHARACTERS.search(text):
            raise ValidationError(_("Some characters cannot be saved. They often come with pasted text: delete them."))
        return text

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """No maxlength: a browser would cut pasted text without a word."""
        return {}


class ItemForm(forms.Form):
    """One row of the list of items. Its controls are named ``item_<hex>_<field>``, as autosave.js sends them."""

    use_required_attribute = False

    what = PlainText(label=gettext_lazy("What you have agreed"))
    responsible = forms.ChoiceField(
        label=gettext_lazy("Responsible"), choices=[CHOOSE, *Responsible.choices], required=False
    )
    due_date = forms.DateField(
        label=gettext_lazy("Due date"),
        required=False,
        input_formats=DATE_FORMATS,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Write the date with day, month and year, such as 24-12-2026.")},
    )
    category = forms.ChoiceField(label=gettext_lazy("About"), choices=[CHOOSE, *Category.choices], required=False)
    support = PlainText(label=gettext_lazy("Support that is needed"))
    measure = PlainText(label=gettext_lazy("How you see that it is reached"))
    removed = forms.BooleanField(
        label=gettext_lazy("Remove this item"),
        required=False,
        widget=forms.CheckboxInput(attrs={"data-mus-item-remove": ""}),
    )

    def __init__(self, hexadecimal: str, *args: Any, **kwargs: Any) -> None:
        self.hex = hexadecimal
        super().__init__(*args, auto_id="%s", **kwargs)

    def add_prefix(self, field_name: str) -> str:
        """The control's name, which is its id too."""
        return f"item_{self.hex}_{field_name}"

    def typed(self) -> dict[str, Any]:
        """The valid fields as a draft keeps them: text, an ISO date, and whether the item is removed."""
        self.is_valid()
        return {name: _kept(value) for name, value in self.cleaned_data.items()}

    def is_blank(self) -> bool:
        """Whether nothing was typed in this row."""
        return not any(str(self.data.get(self.add_prefix(name), "")).strip() for name in self.fields)

    def said_without_what(self) -> bool:
        """Whether the row says something, but not what was agreed."""
        said = self.typed()
        return not said.pop("removed", False) and not said.pop("what", "").strip() and any(said.values())


def _kept(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    return value.isoformat() if hasattr(value, "isoformat") else value or ""


def clean_item(fields: Mapping[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Check some fields of an item as they are typed: (values to save, errors in sentences)."""
    values, errors = {}, []
    for name, raw in fields.items():
        field = ItemForm.base_fields.get(name)
        if field is None:
            continue
        if not (raw is None or isinstance(raw, str) or (isinstance(raw, bool) and name == "removed")):
            refusal = _("The answer to “%(label)s” did not arrive as expected. Load the page again.")
            errors.append(refusal % {"label": field.label})
            continue
        try:
            values[name] = _kept(field.clean(raw))
        except ValidationError as error:
            errors += error.messages
    return values, errors


def posted_items(data: Mapping[str, Any]) -> list[str]:
    """The ids, in hexadecimal, of the items a form sent, in its order."""
    found = (ITEM_NAME.fullmatch(name) for name in data)
    return list(dict.fromkeys(match[1] for match in found if match))


def hex_of(public_id: str) -> str:
    """An id as it stands in the names of controls."""
    return public_id.replace("-", "")


def id_of(hexadecimal: str) -> str:
    """The id behind the name of a control."""
    return str(uuid.UUID(hexadecimal))


def as_typed(question: Question, value: Any) -> Any:
    """A stored answer as the browser's form holds it: text, the chosen key, a list of keys, or None."""
    question_type = registry.get(question["type"])
    if value is None or question_type.is_blank(value):
        return None
    if question_type.ticked:
        return list(question_type.chosen(value))
    if question_type.choices(question):
        return next(iter(question_type.chosen(value)), None)
    text = question_type.input_text(value)
    return value if text == f"\n{value}" else text


def fingerprint(value: Any) -> str:
    """A short mark of what a control held when the page was made, so that what was not touched can be told."""
    plain = [text for text in value if text] if isinstance(value, list) else str(value or "").replace("\r\n", "\n")
    return hashlib.sha256(json.dumps(plain or "").encode()).hexdigest()[:10]


def marks_in(text: str) -> dict[str, Any]:
    """The marks that a page sent back; none when they cannot be read."""
    try:
        marks = json.loads(text or "{}")
    except (ValueError, RecursionError):
        return {}
    return marks if isinstance(marks, dict) else {}


class AmendForm(forms.Form):
    """Why a signed agreement is changed."""

    use_required_attribute = False

    change_note = PlainText(
        rows=3,
        required=True,
        max_length=2000,
        label=gettext_lazy("Why is the agreement changed?"),
        help_text=gettext_lazy(
            "One or two sentences. Both of you read it, and an auditor can read this reason: leave out what is private."
        ),
        error_messages={"required": gettext_lazy("Say why the agreement is changed.")},
    )


class ProgressForm(forms.Form):
    """How far an item is."""

    use_required_attribute = False

    progress = forms.ChoiceField(
        label=gettext_lazy("How far is it?"), choices=Progress.choices, widget=forms.RadioSelect
    )
    note = PlainText(rows=3, label=gettext_lazy("Note"), help_text=gettext_lazy("Both of you can read it."))


class OutcomeForm(forms.Form):
    """How an item of an earlier dialogue went, and what one side says about it."""

    use_required_attribute = False

    outcome = forms.ChoiceField(
        label=gettext_lazy("How did it go?"),
        choices=SETTLES,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("Choose how it went.")},
    )
    comment = PlainText(label=gettext_lazy("Your comment"), help_text=gettext_lazy("Both of you can read it."))
    repeat = forms.BooleanField(
        required=False, label=gettext_lazy("Repeat as a new item in the agreement you are writing")
    )

    def __init__(self, hexadecimal: str, *args: Any, **kwargs: Any) -> None:
        self.hex = hexadecimal
        super().__init__(*args, auto_id="%s", **kwargs)

    def add_prefix(self, field_name: str) -> str:
        """The control's name, which is its id too."""
        return f"settle_{self.hex}_{field_name}"

    def is_untouched(self) -> bool:
        """Whether nothing was chosen or written."""
        return not any(self.data.get(self.add_prefix(name)) for name in self.fields)


def note_problem(posted: Mapping[str, Any] | None) -> str:
    """What is wrong with the reason for a change that was sent, in a sentence; empty where nothing is."""
    if posted is None or "change_note" not in posted:
        return ""
    try:
        AmendForm.base_fields["change_note"].clean(posted["change_note"])
    except ValidationError as error:
        return error.messages[0]
    return ""
