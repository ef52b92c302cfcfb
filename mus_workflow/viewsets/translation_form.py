"""The fields in which a form is translated: one for each text of it, beside the text it stands for."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from wagtail.admin.rich_text import get_rich_text_editor_widget
from wagtail.admin.widgets import AdminAutoHeightTextInput

from mus_workflow.actions.save_translation import Slot, Written
from mus_workflow.documents.word_difference import Piece, word_difference
from mus_workflow.formbuilder.html import FEATURES
from mus_workflow.formbuilder.shapes import MAX_LABEL, MAX_TEXT, text
from mus_workflow.formbuilder.translating import Line, State, comparable
from mus_workflow.readability import plain_text

# The introduction of a form has numbered lists too.
RICH = [*FEATURES, "ol"]


def field_of(slot: Slot) -> str:
    """The name of a text's field."""
    return f"t_{slot[0].replace('-', '')}_{slot[1]}"


def as_opened(line: Line) -> str:
    """The translation as its field gives it back when it is left alone: Draftail writes HTML in its own way."""
    if not line.is_html:
        return line.written
    widget = get_rich_text_editor_widget(features=RICH)
    return str(widget.value_from_datadict({"x": widget.format_value(line.written)}, {}, "x") or "")


class TranslationForm(forms.Form):
    """One field for each text, and a box for each that is right though its source has changed."""

    seen = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, lines: list[Line], data: Any = None) -> None:
        super().__init__(data, initial={"seen": json.dumps(_seen(lines), ensure_ascii=False)})
        self.lines = {(line.id, line.key): line for line in lines}
        for slot, line in self.lines.items():
            self.fields[field_of(slot)] = _field(line)
            if line.state == State.STALE:
                self.fields[f"right_{field_of(slot)}"] = forms.BooleanField(
                    required=False, label=_("The translation is still right")
                )
        self.fields["discard"] = forms.BooleanField(required=False, label=_("Remove these texts"))

    def clean_seen(self) -> dict[Slot, Line]:
        """The texts as the page showed them, also those that have left the form since."""
        try:
            lines = [
                Line(str(slot_id), str(key), "", str(source), str(written), None)
                for slot_id, key, source, written in json.loads(self.cleaned_data["seen"])
            ]
        except (ValueError, TypeError, RecursionError) as error:
            raise ValidationError(_("The page did not arrive as expected. Load it again.")) from error
        return {(line.id, line.key): line for line in lines}

    def written(self) -> dict[Slot, Written]:
        """What was changed on the page, and what is said to be right still."""
        changed: dict[Slot, Written] = {}
        for slot, line in self.cleaned_data["seen"].items():
            typed = self._typed(slot, line)
            if comparable(line.key, typed) != comparable(line.key, as_opened(line)):
                changed[slot] = Written(typed, line.written, line.source)
            elif self.cleaned_data.get(f"right_{field_of(slot)}"):
                changed[slot] = Written(line.written, line.written, line.source)
        return changed

    def _typed(self, slot: Slot, line: Line) -> str:
        """What stands in a text's field. One whose text has left the form since is read as it came, and kept."""
        name = field_of(slot)
        if name in self.fields:
            return self.cleaned_data.get(name) or ""
        return str(_field(line).widget.value_from_datadict(self.data, {}, name) or "")[:MAX_TEXT].strip()


def _seen(lines: list[Line]) -> list[tuple[str, str, str, str]]:
    return [(line.id, line.key, line.source, line.written) for line in lines]


def _field(line: Line) -> forms.CharField:
    if line.is_html:
        return forms.CharField(
            required=False, initial=line.written, widget=get_rich_text_editor_widget(features=RICH), validators=[_fits]
        )
    return forms.CharField(
        required=False,
        initial=line.written,
        max_length=MAX_LABEL,
        widget=AdminAutoHeightTextInput(
            attrs={"rows": 1, "aria-describedby": f"{field_of((line.id, line.key))}-source"}
        ),
        validators=[_fits],
    )


def _fits(value: str) -> None:
    if reason := text(MAX_TEXT)(value):
        raise ValidationError(_("The text %(reason)s.") % {"reason": reason})


@dataclass(frozen=True)
class Row:
    """One text on the page: what it is, its source, its field, and what has changed since it was translated."""

    line: Line
    label: str
    field: Any
    right: Any
    pieces: tuple[Piece, ...]
    theirs: str

    @property
    def source(self) -> SafeString | str:
        return SafeString(self.line.source) if self.line.is_html else self.line.source  # cleaned when it was read

    @property
    def only_markup(self) -> bool:
        """Whether the words are the same, and only a link or an emphasis has changed."""
        return self.line.state == State.STALE and all(piece.kind == "same" for piece in self.pieces)


def rows(form: TranslationForm, labels: Mapping[Slot, str], conflicts: Mapping[Slot, str]) -> Iterator[Row]:
    """The texts in reading order."""
    for slot, line in form.lines.items():
        name = field_of(slot)
        right = form[f"right_{name}"] if f"right_{name}" in form.fields else None
        theirs = comparable(line.key, conflicts.get(slot, ""))
        shown = plain_text(theirs) if line.is_html else theirs
        pieces = word_difference(_plain(line.made_from or "", line), _plain(line.source, line)) if right else ()
        yield Row(line, labels[slot], form[name], right, pieces, shown if slot in conflicts else "")


def _plain(words: str, line: Line) -> str:
    return plain_text(words) if line.is_html else words
