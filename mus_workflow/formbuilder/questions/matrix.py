"""The same question about several things: rows, and for each a point on a scale or one of some columns."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from mus_workflow.formbuilder.questions.base import TextSlot
from mus_workflow.formbuilder.questions.cells import cell_question, hex_of
from mus_workflow.formbuilder.questions.points import (
    POINTS_SHAPE,
    ends_in_words,
    point_blocks,
    point_conflicts,
    points_in,
    points_of,
)
from mus_workflow.formbuilder.questions.registry import registry
from mus_workflow.formbuilder.questions.rows import (
    ROW_SHAPE,
    RowsType,
    has_new_items,
    label_items,
    labelled,
    labels_block,
    repeated,
    wrong_entries,
)
from mus_workflow.formbuilder.shapes import Json, Question, Shape, boolean, listing, one_of

ANSWERS = [("SCALE", gettext_lazy("A point on a scale")), ("CHOICE", gettext_lazy("One of the columns"))]
MOST_COLUMNS = 12


class Matrix(RowsType):
    type = "matrix"
    label = gettext_lazy("Matrix")
    icon = "table"
    settings_shape: ClassVar[Mapping[str, Shape]] = {
        **RowsType.settings_shape,
        "answer": one_of("SCALE", "CHOICE"),
        **POINTS_SHAPE,
        "not_applicable": boolean,
        "columns": listing,
        "every_row": boolean,
    }
    text_settings = ("min_label", "max_label")

    def own_blocks(self) -> list[tuple[str, blocks.Block]]:
        answer = blocks.ChoiceBlock(choices=ANSWERS, default="SCALE", label=gettext_lazy("Each row is answered with"))
        columns = labels_block(gettext_lazy("Columns to choose among"), max_num=MOST_COLUMNS)
        return [*super().own_blocks(), ("answer", answer), *point_blocks(), ("columns", columns)]

    def folded_blocks(self) -> list[tuple[str, blocks.Block]]:
        outside = blocks.BooleanBlock(required=False, label=gettext_lazy("Offer “not applicable” on the scale"))
        every = blocks.BooleanBlock(
            required=False,
            label=gettext_lazy("Every row must be answered"),
            help_text=gettext_lazy("Also when the question may be left out: whoever begins it answers it all."),
        )
        return [("not_applicable", outside), ("every_row", every)]

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        return {
            **super().settings(value),
            "answer": value["answer"],
            **points_in(value),
            "not_applicable": bool(value["not_applicable"]),
            "columns": labelled(value["columns"]),
            "every_row": bool(value["every_row"]),
        }

    def block_value(self, settings: dict[str, Json]) -> dict[str, Any]:
        return {**super().block_value(settings), "columns": label_items(settings["columns"])}

    def missing_ids(self, value: Mapping[str, Any]) -> Iterator[str]:
        yield from super().missing_ids(value)
        if has_new_items(value["columns"]):
            yield "columns"

    def conflicts(self, settings: dict[str, Json]) -> Iterator[tuple[str, str]]:
        yield from super().conflicts(settings)
        if settings["answer"] == "SCALE":
            yield from point_conflicts(settings)
        wrong = list(wrong_entries("columns", settings["columns"], ROW_SHAPE))
        yield from wrong
        if settings["answer"] == "CHOICE" and not 2 <= len(settings["columns"]) <= MOST_COLUMNS:
            yield "columns", _("There must be from 2 to %(most)s columns to choose among.") % {"most": MOST_COLUMNS}
        elif not wrong and (label := repeated(settings["columns"])):
            yield "columns", _("Two columns are called “%(label)s”.") % {"label": label}

    def translatable(self, settings: dict[str, Json]) -> Iterator[TextSlot]:
        yield from super().translatable(settings)
        for column in settings["columns"]:
            yield TextSlot(column["id"], "label", column)

    def part_ids(self, settings: dict[str, Json]) -> Iterator[str]:
        yield from super().part_ids(settings)
        for column in settings["columns"]:
            yield column["id"]

    def fixed_parts(self, question: Question) -> list[str]:
        return [hex_of(row["id"]) for row in question["settings"]["rows"]]

    def part_question(self, question: Question, part: str) -> Question:
        settings = question["settings"]
        row = self.row_at(question, part)
        if settings["answer"] == "CHOICE":
            options = [{**column, "help": ""} for column in settings["columns"]]
            cell = cell_question(question, "single_choice", row["label"], options=options)
        else:
            points = {**points_of(settings), "not_applicable": settings["not_applicable"]}
            cell = cell_question(question, "scale", row["label"], **points)
        return {**cell, "required": question["required"] and settings["every_row"]}

    def parts(self, question: Question, value: Json) -> dict[str, Json]:
        return {hex_of(row_id): answer for row_id, answer in (value or {}).items()}

    def assemble(self, question: Question, parts: Mapping[str, Json]) -> Json:
        rows = [row["id"] for row in question["settings"]["rows"]]
        return {row: answer for row in rows if (answer := parts.get(hex_of(row))) is not None} or None

    def lacking(self, question: Question, value: Json) -> list[tuple[str, str]]:
        rows = question["settings"]["rows"]
        if not rows or not question["settings"]["every_row"]:
            return super().lacking(question, value) if rows else []
        missing = [row for row in rows if row["id"] not in (value or {})]
        return [(hex_of(row["id"]), self.lacking_row(question, row)) for row in missing]

    def text(self, question: Question, value: Json) -> str:
        table = self.table(question, value)
        if table is None:
            return ""
        lines = [f"{row}: {answer}" for row, answer in table["rows"]]
        return "\n".join([*lines, f"({table['columns'][1]})"] if question["settings"]["answer"] == "SCALE" else lines)

    def table(self, question: Question, value: Json) -> dict[str, Any] | None:
        if self.is_blank(value):
            return None
        settings = question["settings"]
        heading = ends_in_words(settings) if settings["answer"] == "SCALE" else _("Answer")
        rows = [
            [row["label"], self._in_words(question, row, value[row["id"]])]
            for row in settings["rows"]
            if row["id"] in value
        ]
        return {"columns": ["", heading], "rows": rows}

    def _in_words(self, question: Question, row: Mapping[str, Json], answer: Json) -> str:
        part = self.part_question(question, hex_of(row["id"]))
        part_type = registry.get(part["type"])
        return next((label for key, label in part_type.choices(part) if key in part_type.chosen(answer)), "")

    def cells(self, question: Question, cells: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        settings = question["settings"]
        first = self.part_question(question, self.fixed_parts(question)[0]) if settings["rows"] else None
        columns = registry.get(first["type"]).choices(first) if first else []
        ends = {str(settings["min"]): settings["min_label"], str(settings["max"]): settings["max_label"]}
        in_words = {
            key: f"{label}, {end}" if settings["answer"] == "SCALE" and (end := ends.get(key)) else label
            for key, label in columns
        }
        return {
            "columns": [
                {"label": label, "end": ends.get(key, "") if settings["answer"] == "SCALE" else ""}
                for key, label in columns
            ],
            "cells": [
                {**cell, "choices": [{**choice, "words": in_words[choice["key"]]} for choice in cell["choices"]]}
                for cell in cells.values()
            ],
            "has_way_back": not (question["required"] and settings["every_row"]),
            "is_wide": len(columns) > len("1234567"),
        }
