"""Two scales for every row, shown as a wheel: how much something matters, and how much of it there is."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from mus_workflow.formbuilder.questions.base import short_label
from mus_workflow.formbuilder.questions.cells import cell_label, cell_question, hex_of
from mus_workflow.formbuilder.questions.points import (
    POINTS_SHAPE,
    ends_in_words,
    point_blocks,
    point_conflicts,
    points_in,
    points_of,
)
from mus_workflow.formbuilder.questions.rows import RowsType
from mus_workflow.formbuilder.shapes import MAX_LABEL, Json, Question, Shape, boolean, words
from mus_workflow.formbuilder.wheel import NO_POINT, Series, legend, wheel_svg

SIDES = ("a", "b")


class DoubleScale(RowsType):
    """Answers are {row id: {"a": point, "b": point}}; a row may have one of the two."""

    type = "double_scale"
    label = gettext_lazy("Double scale")
    icon = "dots-horizontal"
    settings_shape: ClassVar[Mapping[str, Shape]] = {
        **RowsType.settings_shape,
        "a_label": words(),
        "b_label": words(),
        **POINTS_SHAPE,
        "every_row": boolean,
    }
    text_settings: ClassVar[tuple[str, ...]] = ("a_label", "b_label", "min_label", "max_label")

    def own_blocks(self) -> list[tuple[str, blocks.Block]]:
        return [*super().own_blocks(), *self.heading_blocks(), *point_blocks()]

    def heading_blocks(self) -> list[tuple[str, blocks.Block]]:
        """The blocks for the names of the two scales."""
        first, second = gettext_lazy("Importance"), gettext_lazy("Possession")
        return [
            (key, blocks.CharBlock(max_length=MAX_LABEL, default=default, label=label))
            for key, label, default in (
                ("a_label", gettext_lazy("The first scale is called"), first),
                ("b_label", gettext_lazy("The second scale is called"), second),
            )
        ]

    def folded_blocks(self) -> list[tuple[str, blocks.Block]]:
        every = blocks.BooleanBlock(
            required=False,
            label=gettext_lazy("Every row must be answered"),
            help_text=gettext_lazy("Also when the question may be left out: whoever begins it answers it all."),
        )
        return [("every_row", every)]

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        headings = {key: str(value[key] or "").strip() for key, _block in self.heading_blocks()}
        return {**super().settings(value), **headings, **points_in(value), "every_row": bool(value["every_row"])}

    def conflicts(self, settings: dict[str, Json]) -> Iterator[tuple[str, str]]:
        yield from super().conflicts(settings)
        yield from point_conflicts(settings)

    def headings(self, question: Question) -> tuple[str, str]:
        """What the two scales are called, in the active language where they are not the editor's words."""
        settings = question["settings"]
        return settings["a_label"], settings["b_label"]

    def fixed_parts(self, question: Question) -> list[str]:
        return [f"{hex_of(row['id'])}_{side}" for row in question["settings"]["rows"] for side in SIDES]

    def part_question(self, question: Question, part: str) -> Question:
        hexadecimal, _mark, side = part.partition("_")
        row = self.row_at(question, hexadecimal)
        label = cell_label(row["label"], dict(zip(SIDES, self.headings(question), strict=True))[side])
        points = points_of(question["settings"])
        cell = cell_question(question, "scale", label, **points, not_applicable=False)
        return {**cell, "required": question["required"] and question["settings"]["every_row"]}

    def parts(self, question: Question, value: Json) -> dict[str, Json]:
        return {
            f"{hex_of(row_id)}_{side}": point
            for row_id, points in (value or {}).items()
            for side, point in points.items()
        }

    def assemble(self, question: Question, parts: Mapping[str, Json]) -> Json:
        rows = {
            row["id"]: {
                side: point for side in SIDES if (point := parts.get(f"{hex_of(row['id'])}_{side}")) is not None
            }
            for row in question["settings"]["rows"]
        }
        return {row_id: points for row_id, points in rows.items() if points} or None

    def lacking(self, question: Question, value: Json) -> list[tuple[str, str]]:
        rows, answer = question["settings"]["rows"], value or {}
        if not rows or not question["settings"]["every_row"]:
            return super().lacking(question, value) if rows else []
        sentence = _("“%(cell)s” must be answered in “%(label)s”.")
        missing = [
            f"{hex_of(row['id'])}_{side}" for row in rows for side in SIDES if side not in answer.get(row["id"], {})
        ]
        return [
            (part, sentence % {"cell": self.part_question(question, part)["label"], "label": short_label(question)})
            for part in missing
        ]

    def text(self, question: Question, value: Json) -> str:
        if self.is_blank(value):
            return ""
        first, second = self.headings(question)
        lines = [
            "{}: {}".format(
                row["label"],
                ", ".join(
                    f"{heading} {points[side]}"
                    for side, heading in zip(SIDES, (first, second), strict=True)
                    if side in points
                ),
            )
            for row in question["settings"]["rows"]
            if (points := value.get(row["id"]))
        ]
        return "\n".join([*lines, f"({ends_in_words(question['settings'])})"])

    def table(self, question: Question, value: Json) -> dict[str, Any] | None:
        if self.is_blank(value):
            return None
        rows = [
            [row["label"], *(str(points.get(side, NO_POINT)) for side in SIDES)]
            for row in question["settings"]["rows"]
            if (points := value.get(row["id"]))
        ]
        wheel = {"lowest": question["settings"]["min"], "highest": question["settings"]["max"]}
        return {"columns": ["", *self.headings(question)], "rows": rows, "wheel": wheel}

    def cells(self, question: Question, cells: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        rows: dict[str, dict[str, Any]] = {}
        for part, cell in cells.items():
            hexadecimal = part.partition("_")[0]
            rows.setdefault(hexadecimal, {"hex": hexadecimal, "cells": []})["cells"].append(cell)
        labels = {hex_of(row["id"]): row["label"] for row in question["settings"]["rows"]}
        headings = self.headings(question)
        return {
            "headings": headings,
            "ends": ends_in_words(question["settings"]),
            "rows": [
                {
                    **row,
                    "label": labels[row["hex"]],
                    "hidden": row["cells"][0]["gap"]["hidden"],
                    "cells": list(zip(headings, row["cells"], strict=True)),
                }
                for row in rows.values()
            ],
        }

    def more_parts(
        self, question: Question, name: str, parts: Mapping[str, Json], errors: Mapping[str, Sequence[str]]
    ) -> SafeString | str:
        """The wheel, with what has been answered so far."""
        rows = question["settings"]["rows"]
        series = [
            Series(heading, [_point(parts.get(f"{hex_of(row['id'])}_{side}"), row) for row in rows])
            for side, heading in zip(SIDES, self.headings(question), strict=True)
        ]
        svg = wheel_svg([row["label"] for row in rows], series, **_frame(question, f"{name}-wheel"))
        context = {"svg": svg, "legend": legend(series)}
        return render_to_string("mus_workflow/questions/wheel.html", context)


def _point(value: Json, row: Mapping[str, Json]) -> int | None:
    # What was typed wrongly, and what is not asked about, is not drawn.
    return value if type(value) is int and not row.get("hidden") else None


def _frame(question: Question, name: str) -> dict[str, Any]:
    settings = question["settings"]
    title = _("Wheel: %(label)s") % {"label": short_label(question)}
    return {"lowest": settings["min"], "highest": settings["max"], "name": name, "title": title}
