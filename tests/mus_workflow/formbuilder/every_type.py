"""A form that asks every kind of question there is, and a kind that puts other questions in its cells."""

from typing import Any

from mus_workflow.formbuilder.questions import QuestionType
from mus_workflow.formbuilder.shapes import Json, Question
from tests.mus_workflow.formbuilder.grids import CELLS
from tests.mus_workflow.formbuilder.writing import asks, ident, options, points

HELP = "<p>Help</p>"


def option_blocks(prefix: str) -> list[dict[str, Any]]:
    """Two options, one of them explained."""
    first, second = options(f"{prefix} red", f"{prefix} blue")
    second["value"]["help"] = "As the sea"
    return [first, second]


def column_blocks(prefix: str) -> list[dict[str, Any]]:
    """A column of every type that a table takes."""
    found = options(*(f"{prefix} {kind}" for kind in CELLS))
    for kind, item in zip(CELLS, found, strict=True):
        chosen = options(f"{prefix} yes", f"{prefix} no") if kind == "single_choice" else []
        item["value"] |= {"type": kind, "min": 1, "max": 3, "options": chosen}
    return found


SIMPLE = [
    asks("short_text", "Name", required=True, example="Bo", placeholder="Write"),
    asks("long_text", "Story", help=HELP, sensitive=True),
    asks("email", "Write to"),
    asks("phone", "Call"),
    asks("url", "Page"),
    asks("single_choice", "Colour", options=option_blocks("one"), countable=True),
    asks("single_choice", "List", options=option_blocks("list"), display="LIST"),
    asks("multiple_choice", "Colours", options=option_blocks("many")),
    asks("yes_no", "Sure?"),
    asks("consent", "I agree to it all", help=HELP),
    asks("confirmation", "Talked it over"),
    asks("scale", "Mood", min=0, max=10, min_label="low", max_label="high", labels=points({5: "middle"})),
    asks("scale", "Load", max=3, labels=points({1: "light", 2: "right", 3: "heavy"}), not_applicable=True),
    asks("scale", "Share", min=0, max=100, min_label="none", max_label="all"),
    asks("number", "Days", unit="days"),
    asks("date", "When"),
    asks("time", "Hour"),
]
WITH_PARTS = [
    asks("single_choice", "Other colour", options=option_blocks("other one"), other=True),
    asks("single_choice", "Other list", options=option_blocks("other list"), other=True, display="LIST"),
    asks("multiple_choice", "Other colours", options=option_blocks("other many"), other=True),
    asks("scale", "Other share", min=0, max=100, not_applicable=True),
    asks("date_range", "Leave", help=HELP),
    asks("file", "Papers"),
]
SCORED = {"min": 1, "max": 3, "min_label": "low", "max_label": "high"}
IN_ROWS = [
    asks("ranking", "Order", options=options("First", "Second", "Third")),
    asks("matrix", "Areas", rows=options("Room", "Tools"), **SCORED, not_applicable=True),
    asks(
        "matrix", "Who", answer="CHOICE", rows=options("Plans", "Budget"), columns=options("Me", "You"), every_row=True
    ),
    asks("double_scale", "Now and then", rows=options("Now"), **SCORED, a_label="Today", b_label="Next year"),
    asks("competence_wheel", "Skills", rows=options("To write", "To lead", "To teach"), **SCORED),
    asks("table", "Courses", rows=options("Spring"), columns=column_blocks("fixed"), grows=False),
    asks("table", "More courses", rows=[], columns=column_blocks("grown"), grows=True),
]
READ = [
    asks("information", "Read", help=HELP),
    asks("signature", "Signatures"),
    asks("computed", "In all", terms=[{"question": ident("Mood"), "weight": "2"}]),
    asks("agreed_items", "What we agree"),
    asks("carried_items", "What we agreed"),
    asks("prefill", "Who it is", source="PERSON"),
]


class Cells(QuestionType):
    """Puts other questions in its cells, by their ids in hexadecimal, in the box that periods have."""

    type = "cells"
    label = "Cells"
    template = "mus_workflow/questions/date_range.html"

    def __init__(self, inner: list[Question]) -> None:
        self.inner = {one["id"].replace("-", ""): one for one in inner}

    def has_parts(self, question: Question) -> bool:
        return True

    def fixed_parts(self, question: Question) -> list[str]:
        return list(self.inner)

    def part_question(self, question: Question, part: str) -> Question:
        return self.inner[part]

    def assemble(self, question: Question, parts: Any) -> Json:
        return dict(parts) or None


def in_cells(schema: dict[str, Any]) -> dict[str, Any]:
    """A form with one question, which has those of the schema in its cells. Its type is `Cells`."""
    section = schema["sections"][0]
    grid = {**section["questions"][0], "id": ident("grid"), "type": "cells", "label": "Grid", "settings": {}}
    return {**schema, "sections": [{**section, "questions": [grid]}]}
