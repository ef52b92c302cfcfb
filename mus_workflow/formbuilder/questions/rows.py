"""Rows of a question: written by the editor, or taken from an earlier question."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any, ClassVar

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from mus_workflow.formbuilder.questions.added_rows import row_id_of
from mus_workflow.formbuilder.questions.base import QuestionType, TextSlot, short_label
from mus_workflow.formbuilder.questions.condition_block import PickerBlock
from mus_workflow.formbuilder.questions.registry import registry
from mus_workflow.formbuilder.shapes import (
    MAX_LABEL,
    MAX_ROWS,
    Json,
    Question,
    Shape,
    identifier,
    listing,
    mismatches,
    optional,
    words,
)
from mus_workflow.formbuilder.sides import is_asked_with, side_id

ROW_SHAPE: dict[str, Shape] = {"id": identifier, "label": words()}


class LabelBlock(blocks.StructBlock):
    """One row, or one column, known by the id of its place in the list."""

    label = blocks.CharBlock(max_length=MAX_LABEL, label=gettext_lazy("Words"))

    class Meta:
        icon = "list-ul"
        label_format = "{label}"


def labels_block(label: Any, **kwargs: Any) -> blocks.ListBlock:
    """A list of labels, none at first."""
    return blocks.ListBlock(LabelBlock(), default=[], required=False, label=label, collapsed=True, **kwargs)


def labelled(value: Any) -> list[dict[str, Json]]:
    """The rows or columns that a list of labels stands for."""
    return [{"id": bound.id, "label": (bound.value.get("label") or "").strip()} for bound in value.bound_blocks]


def label_items(labels: list[dict[str, Json]]) -> list[dict[str, Json]]:
    """The way back: the list's items, as JSON."""
    return [{"type": "item", "id": one["id"], "value": {"label": one["label"]}} for one in labels]


def has_new_items(value: Any) -> bool:
    """Whether a list has an item that has no id of its own yet."""
    return any(not bound.original_id for bound in value.bound_blocks)


def wrong_entries(key: str, entries: list[Json], shape: Mapping[str, Shape]) -> Iterator[tuple[str, str]]:
    """(key, reason) for every entry of a list that has another shape."""
    for index, entry in enumerate(entries):
        for name, reason in mismatches(entry, shape):
            yield f"{key}[{index}].{name}".rstrip("."), reason


def repeated(labels: list[dict[str, Json]]) -> str:
    """The first label that is there twice, in the same letters or others; empty if none is."""
    found = Counter(one["label"].casefold() for one in labels)
    return next((str(one["label"]) for one in labels if found[one["label"].casefold()] > 1), "")


class RowsType(QuestionType):
    """A question that asks the same of several rows."""

    group = gettext_lazy("Tables and wheels")
    links = ("rows_from",)
    settings_shape: ClassVar[Mapping[str, Shape]] = {"rows": listing, "rows_from": optional(identifier)}

    def own_blocks(self) -> list[tuple[str, blocks.Block]]:
        return [
            ("rows", labels_block(gettext_lazy("Rows"), max_num=MAX_ROWS)),
            (
                "rows_from",
                PickerBlock(
                    "rows",
                    label=gettext_lazy("Or take the rows from this earlier question"),
                    help_text=gettext_lazy(
                        "One that has rows, or a multiple choice: then only what is chosen there is asked about here."
                    ),
                ),
            ),
        ]

    def settings(self, value: Mapping[str, Any]) -> dict[str, Json]:
        # Which question is meant, only the whole form can say: the compiler fills it in.
        return {"rows": labelled(value["rows"]), "rows_from": None}

    def block_value(self, settings: dict[str, Json]) -> dict[str, Any]:
        rows = [] if settings["rows_from"] else label_items(settings["rows"])
        return {**settings, "rows": rows, "rows_from": settings["rows_from"] or ""}

    def missing_ids(self, value: Mapping[str, Any]) -> Iterator[str]:
        if has_new_items(value["rows"]):
            yield "rows"

    def conflicts(self, settings: dict[str, Json]) -> Iterator[tuple[str, str]]:
        wrong = list(wrong_entries("rows", settings["rows"], ROW_SHAPE))
        yield from wrong
        if len(settings["rows"]) > MAX_ROWS:
            yield "rows", _("At most %(most)s rows fit.") % {"most": MAX_ROWS}
        elif not wrong and (label := repeated(settings["rows"])):
            yield "rows", _("Two rows are called “%(label)s”.") % {"label": label}

    def link_problems(self, question: Question, earlier: Mapping[str, Question]) -> Iterator[tuple[str, str]]:
        settings = question["settings"]
        if not settings["rows_from"]:
            if self.needs_rows(settings) and not settings["rows"]:
                yield "rows", _("Write the rows, or pick the question they are taken from.")
            return
        source = earlier.get(settings["rows_from"])
        rows = registry.get(source["type"]).rows_of(source) if source else None
        if source is None or rows is None:
            yield "rows_from", _("The rows are taken from a question that is not there, or has no rows.")
        elif source["settings"].get("rows_from"):
            yield (
                "rows_from",
                _("“%(label)s” takes its own rows from another question: pick that one.")
                % {"label": short_label(source)},
            )
        elif not is_asked_with(source, question):
            names = {"source": short_label(source), "question": short_label(question)}
            yield "rows_from", _("“%(source)s” is not asked of everyone who is asked “%(question)s”.") % names
        elif settings["rows"] not in ([], rows):
            yield "rows", _("Rows are either written here or taken from another question, not both.")

    def needs_rows(self, settings: Mapping[str, Json]) -> bool:
        """Whether somebody must have said which rows there are before the form is filled in."""
        return True

    def linked(self, settings: dict[str, Json], twice: Collection[str], role: str) -> dict[str, Json]:
        source = settings["rows_from"]
        return {**settings, "rows_from": side_id(source, role)} if source in twice else settings

    def translatable(self, settings: dict[str, Json]) -> Iterator[TextSlot]:
        yield from super().translatable(settings)
        for row in settings["rows"]:
            yield TextSlot(row["id"], "label", row)

    def part_ids(self, settings: dict[str, Json]) -> Iterator[str]:
        # Rows that are taken from another question are that question's.
        for row in settings["rows"] if not settings["rows_from"] else ():
            yield row["id"]

    def rows_of(self, question: Question) -> list[dict[str, Json]] | None:
        return [{"id": row["id"], "label": row["label"]} for row in question["settings"]["rows"]]

    def has_parts(self, question: Question) -> bool:
        return True

    def is_blank(self, value: Any) -> bool:
        return super().is_blank(value) or value == {}

    def row_at(self, question: Question, hexadecimal: str) -> dict[str, Json]:
        """The row with this id, in hexadecimal; KeyError if there is none."""
        row_id = row_id_of(hexadecimal)
        found: dict[str, Json] | None = next((row for row in question["settings"]["rows"] if row["id"] == row_id), None)
        if found is None:
            raise KeyError(hexadecimal)
        return found

    def lacking_row(self, question: Question, row: Mapping[str, Json]) -> str:
        """The sentence for a row that wants an answer."""
        names = {"row": row["label"], "label": short_label(question)}
        return _("“%(row)s” must be answered in “%(label)s”.") % names
