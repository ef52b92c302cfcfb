"""A table: rows that the editor writes or the person adds, columns of different types."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from wagtail import blocks

from mus_workflow.formbuilder.questions.added_rows import (
    PART,
    REMOVED,
    kept_rows,
    removed_question,
    row_id_of,
    split_part,
)
from mus_workflow.formbuilder.questions.base import TextSlot, short_label
from mus_workflow.formbuilder.questions.cells import cell_label, hex_of
from mus_workflow.formbuilder.questions.columns import (
    Column,
    column_conflicts,
    column_ids,
    column_items,
    column_question,
    column_texts,
    columns_block,
    columns_in,
    has_new_columns,
    locked_for,
)
from mus_workflow.formbuilder.questions.registry import registry
from mus_workflow.formbuilder.questions.rows import RowsType
from mus_workflow.formbuilder.questions.table_drawing import drawn_rows
from mus_workflow.formbuilder.shapes import MAX_ROWS, Json, Question, Shape, boolean, integer, listing


class Table(RowsType):
    """Answers are {row id: {column id: answer}}. A row without an answer, or one that was removed, is not there."""

    type = "table"
    label = gettext_lazy("Table")
    icon = "table"
    settings_shape: ClassVar[Mapping[str, Shape]] = {
        **RowsType.settings_shape,
        "grows": boolean,
        "min_rows": integer(0, MAX_ROWS),
        "max_rows": integer(1, MAX_ROWS),
        "columns": listing,
    }

    def own_blocks(self) -> list[tuple[str, blocks.Block]]:
        grows = blocks.BooleanBlock(
            required=False,
            label=gettext_lazy("People add the rows themselves"),
            help_text=gettext_lazy("Then leave the list of rows empty."),
        )
        return [("columns", columns_block()), ("grows", grows), *super().own_blocks()]

    def folded_blocks(self) -> list[tuple[str, blocks.Block]]:
        bounds = {"max_value": MAX_ROWS}
        return [
            ("min_rows", blocks.IntegerBlock(default=0, min_value=0, label=gettext_lazy("Fewest rows"), **bounds)),
            ("max_rows", blocks.IntegerBlock(default=50, min_value=1, label=gettext_lazy("Most rows"), **bounds)),
        ]

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        return {
            **super().settings(value),
            "grows": bool(value["grows"]),
            "min_rows": value["min_rows"],
            "max_rows": value["max_rows"],
            "columns": columns_in(value["columns"]),
        }

    def block_value(self, settings: dict[str, Json]) -> dict[str, Any]:
        return {**super().block_value(settings), "columns": column_items(settings["columns"])}

    def missing_ids(self, value: Mapping[str, Any]) -> Iterator[str]:
        yield from super().missing_ids(value)
        if has_new_columns(value["columns"]):
            yield "columns"

    def conflicts(self, settings: dict[str, Json]) -> Iterator[tuple[str, str]]:
        yield from super().conflicts(settings)
        yield from column_conflicts(settings["columns"])
        if settings["grows"] and (settings["rows"] or settings["rows_from"]):
            yield "grows", _("Either the rows are written here, or people add them: not both.")
        if settings["min_rows"] > settings["max_rows"]:
            yield "max_rows", _("The most rows cannot be fewer than the fewest.")

    def needs_rows(self, settings: Mapping[str, Json]) -> bool:
        return not settings["grows"]

    def link_problems(self, question: Question, earlier: Mapping[str, Question]) -> Iterator[tuple[str, str]]:
        yield from super().link_problems(question, earlier)
        if question["settings"]["grows"] and question["settings"]["rows_from"]:
            yield "grows", _("Either the rows are written here, or people add them: not both.")
        for column in question["settings"]["columns"]:
            if {column["audience"], question["audience"]} == {"EMPLOYEE", "MANAGER"}:
                sentence = _("“%(column)s” is filled in by somebody who is not asked the question.")
                yield "columns", sentence % {"column": column["label"]}

    def rows_of(self, question: Question) -> list[dict[str, Json]] | None:
        return None if question["settings"]["grows"] else super().rows_of(question)

    def settings_for(self, settings: dict[str, Json], role: str) -> dict[str, Json]:
        return {**settings, "columns": locked_for(settings["columns"], role)}

    def translatable(self, settings: dict[str, Json]) -> Iterator[TextSlot]:
        yield from super().translatable(settings)
        yield from column_texts(settings["columns"])

    def part_ids(self, settings: dict[str, Json]) -> Iterator[str]:
        yield from super().part_ids(settings)
        yield from column_ids(settings["columns"])

    # Its controls

    def fixed_parts(self, question: Question) -> list[str]:
        settings = question["settings"]
        mine = [column for column in settings["columns"] if not column.get("locked")]
        return [_part(hex_of(row["id"]), column) for row in settings["rows"] for column in mine]

    def drawn_parts(self, question: Question) -> list[str]:
        # Every row, also one the editor wrote, is drawn for the reader: a locked cell shows what the other side says.
        return []

    def part_question(self, question: Question, part: str) -> Question:
        row, column_hex = split_part(part)
        grows = question["settings"]["grows"]
        label = "" if grows else self.row_at(question, row)["label"]
        if grows and column_hex == REMOVED:
            return removed_question(question)
        for column in question["settings"]["columns"]:
            if hex_of(column["id"]) == column_hex and not column.get("locked"):
                return column_question(
                    question, column, cell_label(label, column["label"]) if label else column["label"]
                )
        raise KeyError(part)

    def parts(self, question: Question, value: Json) -> dict[str, Json]:
        return {
            f"{hex_of(row_id)}_{hex_of(column_id)}": answer
            for row_id, cells in (value or {}).items()
            for column_id, answer in cells.items()
        }

    def assemble(self, question: Question, parts: Mapping[str, Json]) -> Json:
        settings = question["settings"]
        rows = {row["id"]: hex_of(row["id"]) for row in settings["rows"]}
        if settings["grows"]:
            rows = {row_id_of(row): row for row in kept_rows(parts)}
        answer = {
            row_id: {
                column["id"]: cell
                for column in settings["columns"]
                if not _says_nothing(column, cell := parts.get(_part(row, column)))
            }
            for row_id, row in rows.items()
        }
        return {row_id: cells for row_id, cells in answer.items() if cells} or None

    def lacking(self, question: Question, value: Json) -> list[tuple[str, str]]:
        settings, count = question["settings"], len(value or {})
        names = {"label": short_label(question), "count": count, "fewest": settings["min_rows"]}
        if not settings["grows"]:
            return super().lacking(question, value) if settings["rows"] else []
        if count < settings["min_rows"]:
            few = ngettext(
                "“%(label)s” needs at least %(fewest)s row, and has %(count)s.",
                "“%(label)s” needs at least %(fewest)s rows, and has %(count)s.",
                settings["min_rows"],
            )
            return [("", few % names)]
        if count > settings["max_rows"]:
            many = _("“%(label)s” has %(count)s rows, and at most %(most)s fit. Remove some of them.")
            return [("", many % {**names, "most": settings["max_rows"]})]
        return super().lacking(question, value)

    def more_parts(
        self, question: Question, name: str, parts: Mapping[str, Json], errors: Mapping[str, Sequence[str]]
    ) -> SafeString | str:
        """All the rows, a blank one to write in where people add them, and the row a script copies."""
        return drawn_rows(question, name, parts, errors)

    def read_only(self, question: Question, parts: Mapping[str, Json]) -> dict[str, str]:
        locked = {hex_of(column["id"]): column for column in question["settings"]["columns"] if column.get("locked")}
        return {
            part: self._in_words(question, locked[column], value)
            for part, value in parts.items()
            if PART.fullmatch(part) and (column := split_part(part)[1]) in locked
        }

    def cells(self, question: Question, cells: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        columns = question["settings"]["columns"]
        return {"columns": columns, "size": "s" if len(columns) <= 2 else "m" if len(columns) <= 4 else "l"}

    # In words

    def text(self, question: Question, value: Json) -> str:
        table = self.table(question, value)
        if table is None:
            return ""
        _first, *headings = table["columns"]
        lines = []
        mark = "." if question["settings"]["grows"] else ":"
        for row, *cells in table["rows"]:
            said = [f"{heading}: {cell}" for heading, cell in zip(headings, cells, strict=True) if cell]
            lines.append(f"{row}{mark} {'; '.join(said)}")
        return "\n".join(lines)

    def table(self, question: Question, value: Json) -> dict[str, Any] | None:
        if self.is_blank(value):
            return None
        settings = question["settings"]
        labels = {row["id"]: row["label"] for row in settings["rows"]}
        if settings["grows"]:
            labels = {row_id: str(number) for number, row_id in enumerate(sorted(value), 1)}
        rows = [
            [
                label,
                *(self._in_words(question, column, value[row_id].get(column["id"])) for column in settings["columns"]),
            ]
            for row_id, label in labels.items()
            if row_id in value
        ]
        return {"columns": ["", *(column["label"] for column in settings["columns"])], "rows": rows}

    def _in_words(self, question: Question, column: Column, answer: Json) -> str:
        part = column_question(question, column, column["label"])
        return "" if answer is None else registry.get(part["type"]).text(part, answer)


def _part(row: str, column: Column) -> str:
    return f"{row}_{hex_of(column['id'])}"


def _says_nothing(column: Column, cell: Json) -> bool:
    return cell is None or registry.get(column["type"]).is_blank(cell)
