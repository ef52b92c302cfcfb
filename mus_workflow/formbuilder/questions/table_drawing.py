"""The rows of a table, drawn. The templates run once for a table and a language; each row then only fills the gaps."""

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.formats import get_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from mus_workflow.formbuilder.memory import Memory
from mus_workflow.formbuilder.questions.added_rows import REMOVED, added_rows, kept_rows, new_row, removed_question
from mus_workflow.formbuilder.questions.cells import cell_label, hex_of
from mus_workflow.formbuilder.questions.columns import Column, column_question
from mus_workflow.formbuilder.questions.registry import registry
from mus_workflow.formbuilder.shapes import Json, Question

ROW_TEMPLATE = "mus_workflow/questions/table_row.html"
TOKEN = secrets.token_hex(16)
# Signs that HTML leaves as they are: a mark may stand in a text and in an attribute.
MARK = re.compile(f"{TOKEN}:([a-z]+):([^:;]*):([^:;]*);")
COPIED = "__row__"  # what a script puts a new row's id in place of
COUNTED = "__number__"


class Pattern(NamedTuple):
    """A row with gaps: `fixed` has one text more than there are gaps, which are (kind, cell, argument)."""

    fixed: list[str]
    gaps: list[tuple[str, str, str]]
    questions: dict[str, Question]


class Row(NamedTuple):
    """What one row is filled with; `values` and `errors` are by part."""

    id: str
    number: str
    label: str
    values: Mapping[str, Json]
    errors: Mapping[str, Sequence[str]]
    hidden: bool = False


_patterns: Memory[Pattern] = Memory(256)


def drawn_rows(
    question: Question, name: str, parts: Mapping[str, Json], errors: Mapping[str, Sequence[str]]
) -> SafeString:
    """The rows of the table's body, and where people add rows: a blank one, and a template for a script to copy."""
    pattern = _pattern(question)
    rows = _added(question, parts, errors) if question["settings"]["grows"] else _written(question, parts, errors)
    body = SafeString("".join(_filled(pattern, name, row) for row in rows))
    if not question["settings"]["grows"]:
        return body
    blank = Row(COPIED, COUNTED, "", {}, {})
    return SafeString(f"{body}<template data-mus-row-template>{_filled(pattern, name, blank)}</template>")


def _written(question: Question, parts: Mapping[str, Json], errors: Mapping[str, Sequence[str]]) -> list[Row]:
    return [
        Row(hex_of(row["id"]), "", row["label"], parts, errors, bool(row.get("hidden")))
        for row in question["settings"]["rows"]
    ]


def _added(question: Question, parts: Mapping[str, Json], errors: Mapping[str, Sequence[str]]) -> list[Row]:
    settings = question["settings"]
    ids = added_rows(parts)
    kept = kept_rows(parts)
    # Without a script, each save brings a blank row to write the next thing in.
    wanted = max(settings["min_rows"] - len(kept), 1 if len(kept) < settings["max_rows"] else 0)
    blank = sorted(new_row() for _number in range(wanted))
    numbers = {row: str(number) for number, row in enumerate([*kept, *blank], 1)}
    return [Row(row, numbers.get(row, "–"), "", parts, errors) for row in [*ids, *blank]]


def _filled(pattern: Pattern, name: str, row: Row) -> str:
    pieces = [pattern.fixed[0]]
    for (kind, cell, argument), text in zip(pattern.gaps, pattern.fixed[1:], strict=True):
        pieces += (_fill(pattern, name, row, kind, cell, argument), text)
    return "".join(pieces)


def _fill(pattern: Pattern, name: str, row: Row, kind: str, cell: str, argument: str) -> str:
    if kind == "name":
        return f"{name}__{row.id}_{cell}" if cell else row.id
    if kind == "number":
        return escape(row.number or row.label)
    if kind == "hidden":
        return " hidden" if row.hidden else ""
    part = f"{row.id}_{cell}"
    value, errors, question = row.values.get(part), row.errors.get(part, ()), pattern.questions[cell]
    question_type = registry.get(question["type"])
    if kind in ("checked", "selected"):
        return f" {kind}" if value is not None and argument in question_type.chosen(value) else ""
    if kind == "value":
        return escape(question_type.input_text(value))
    if kind == "text":
        return escape("" if value is None else question_type.text(question, value))
    if kind == "invalid":
        return ' aria-invalid="true"' if errors else ""
    notes = [f"{name}__{part}-{note}" for note in [*question_type.notes(question), *(["error"] if errors else [])]]
    if kind == "described":
        return f' aria-describedby="{" ".join(notes)}"' if notes else ""
    return _error(f"{name}__{part}", errors)


def _error(name: str, errors: Sequence[str]) -> str:
    if not errors:
        return ""
    return format_html(
        '<p class="mus-question__error" id="{}-error"><span><span class="mus-visually-hidden">{}</span> {}</span></p>',
        name,
        _("Error:"),
        " ".join(errors),
    )


def _pattern(question: Question) -> Pattern:
    settings = question["settings"]
    key = (question["id"], get_language(), settings["grows"], json.dumps(settings["columns"], sort_keys=True))
    return _patterns.recall(key, lambda: _made(question))


def _made(question: Question) -> Pattern:
    settings = question["settings"]
    heading = _mark("number")
    words = _("Row %(number)s") % {"number": heading} if settings["grows"] else heading
    questions: dict[str, Question] = {
        hex_of(column["id"]): column_question(question, column, cell_label(words, column["label"]))
        for column in settings["columns"]
    }
    context: dict[str, Any] = {
        "row": _mark("name"),
        "hidden": _mark("hidden"),
        "heading": words,
        "grows": settings["grows"],
        "cells": [_cell(column, questions[hex_of(column["id"])]) for column in settings["columns"]],
    }
    if settings["grows"]:
        questions[REMOVED] = removed_question(question)
        context["remove"] = {"name": _mark("name", REMOVED), "checked": _mark("checked", REMOVED, REMOVED)}
    pieces = MARK.split(render_to_string(ROW_TEMPLATE, context))
    gaps = list(zip(pieces[1::4], pieces[2::4], pieces[3::4], strict=True))
    return Pattern(pieces[0::4], gaps, questions)


def _cell(column: Column, question: Question) -> dict[str, Any]:
    cell = hex_of(column["id"])
    name = _mark("name", cell)
    shown = {"name": name, "column": column, "question": question, "is_locked": bool(column.get("locked"))}
    if column.get("locked"):
        return {**shown, "text": _mark("text", cell)}
    question_type = registry.get(question["type"])
    choices = [
        {
            "key": key,
            "label": label,
            "checked": _mark("checked", cell, key),
            "selected": _mark("selected", cell, key),
        }
        for key, label in question_type.choices(question)
    ]
    gap = {kind: _mark(kind, cell) for kind in ("value", "described", "invalid", "error")}
    context = {
        **question_type.context(question),
        "question": question,
        "settings": question["settings"],
        "name": name,
        "part": name,
        "choices": choices,
        "decimal_mark": get_format("DECIMAL_SEPARATOR"),
        "gap": gap,
    }
    control = render_to_string(question_type.control_template, context)
    return {**shown, "control": control, "gap": gap}


def _mark(kind: str, cell: str = "", argument: str = "") -> str:
    return f"{TOKEN}:{kind}:{cell}:{argument};"
