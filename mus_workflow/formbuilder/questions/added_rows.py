"""Rows that people add to a table. Their ids sort by time, as UUID 7 does, so rows stand in the order they came."""

import re
import secrets
import time
from collections.abc import Mapping

from django.utils.translation import gettext as _

from mus_workflow.formbuilder.questions.cells import cell_question
from mus_workflow.formbuilder.shapes import Json, Question

PART = re.compile(r"([0-9a-f]{32})_([0-9a-f]{32}|removed)", re.ASCII)
REMOVED = "removed"


def new_row(milliseconds: int | None = None) -> str:
    """An id for a row nobody has written in yet, in hexadecimal: the time (now) in milliseconds, and chance."""
    now = time.time_ns() // 1_000_000 if milliseconds is None else milliseconds
    return f"{now:012x}{secrets.token_hex(10)}"


def split_part(part: str) -> tuple[str, str]:
    """(row, column) of a cell's part, in hexadecimal; the column is “removed” for the tick that removes the row."""
    match = PART.fullmatch(part)
    if match is None:
        raise KeyError(part)
    return match[1], match[2]


def row_id_of(row: str) -> str:
    """The id behind a row's hexadecimal digits."""
    return "-".join((row[:8], row[8:12], row[12:16], row[16:20], row[20:]))


def added_rows(parts: Mapping[str, Json]) -> list[str]:
    """The rows that say something, in hexadecimal, in the order they were added in; removed ones too."""
    found = {split_part(part) for part, value in parts.items() if value not in (None, "", []) and PART.fullmatch(part)}
    return sorted({row for row, column in found if column != REMOVED})


def kept_rows(parts: Mapping[str, Json]) -> list[str]:
    """The same without those that were removed."""
    return [row for row in added_rows(parts) if not parts.get(f"{row}_{REMOVED}")]


def removed_question(question: Question) -> Question:
    """The tick that removes a row."""
    option = {"id": REMOVED, "label": _("Remove this row"), "help": ""}
    return cell_question(question, "multiple_choice", option["label"], options=[option])
