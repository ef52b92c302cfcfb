"""The columns of a table: each has a type of its own, and may belong to one side."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup

from mus_workflow.formbuilder.questions.base import TextSlot
from mus_workflow.formbuilder.questions.cells import cell_question
from mus_workflow.formbuilder.questions.points import (
    POINTS_SHAPE,
    point_blocks,
    point_conflicts,
    points_in,
    points_of,
)
from mus_workflow.formbuilder.questions.question_block import AUDIENCES
from mus_workflow.formbuilder.questions.registry import registry
from mus_workflow.formbuilder.questions.rows import (
    ROW_SHAPE,
    has_new_items,
    label_items,
    labelled,
    labels_block,
    repeated,
    wrong_entries,
)
from mus_workflow.formbuilder.shapes import (
    MAX_LABEL,
    Json,
    Question,
    Shape,
    boolean,
    identifier,
    listing,
    one_of,
    text,
    words,
)

Column = Mapping[str, Json]

CELL_TYPES = (
    "short_text",
    "long_text",
    "number",
    "date",
    "single_choice",
    "scale",
    "yes_no",
    "confirmation",
)
MOST_COLUMNS = 12
MOST_OPTIONS = 50
COLUMN_SHAPE: dict[str, Shape] = {
    "id": identifier,
    "label": words(),
    "type": words(40),
    "audience": one_of("BOTH", "AGREED", "EMPLOYEE", "MANAGER"),
    "options": listing,
    **POINTS_SHAPE,
    "unit": text(40),
    "decimals": boolean,
}
NEW_COLUMN: dict[str, Json] = {
    "options": [],
    "min": 1,
    "max": 5,
    "min_label": "",
    "max_label": "",
    "unit": "",
    "decimals": False,
}


def cell_types() -> list[tuple[str, Any]]:
    """(name, label) of the types that a column can have, among those that are registered."""
    return [(name, registry.get(name).label) for name in CELL_TYPES if name in registry]


class ColumnBlock(blocks.StructBlock):
    """A column. What only some types need is folded away."""

    def __init__(self, **kwargs: Any) -> None:
        front = [
            ("label", blocks.CharBlock(max_length=MAX_LABEL, label=gettext_lazy("Heading"))),
            ("type", blocks.ChoiceBlock(choices=cell_types, default="short_text", label=gettext_lazy("Answered with"))),
        ]
        options = labels_block(gettext_lazy("Options, for a choice"), max_num=MOST_OPTIONS)
        folded = [
            ("audience", blocks.ChoiceBlock(choices=AUDIENCES, default="BOTH", label=gettext_lazy("Filled in by"))),
            ("options", options),
            *point_blocks(),
            ("unit", blocks.CharBlock(required=False, max_length=40, label=gettext_lazy("Unit, for a number"))),
            ("decimals", blocks.BooleanBlock(required=False, label=gettext_lazy("The number may have decimals"))),
        ]
        layout = BlockGroup(children=[name for name, _block in front], settings=[name for name, _block in folded])
        super().__init__([*front, *folded], form_layout=layout, **kwargs)

    class Meta:
        icon = "list-ul"
        label_format = "{label}"


def columns_block() -> blocks.ListBlock:
    """The list of a table's columns."""
    return blocks.ListBlock(
        ColumnBlock(), min_num=1, max_num=MOST_COLUMNS, label=gettext_lazy("Columns"), collapsed=True
    )


def columns_in(value: Any) -> list[dict[str, Json]]:
    """The columns that the list's value stands for."""
    return [_column(bound.id, {**bound.block.get_default(), **bound.value}) for bound in value.bound_blocks]


def _column(column_id: Any, value: Mapping[str, Any]) -> dict[str, Json]:
    return {
        "id": column_id,
        "label": (value["label"] or "").strip(),
        "type": value["type"],
        "audience": value["audience"],
        "options": labelled(value["options"]),
        **points_in(value),
        "unit": (value["unit"] or "").strip(),
        "decimals": bool(value["decimals"]),
    }


def column_items(columns: list[dict[str, Json]]) -> list[dict[str, Json]]:
    """The way back: the list's items, as JSON."""
    return [
        {
            "type": "item",
            "id": column["id"],
            "value": {**_without_id(column), "options": label_items(column["options"])},
        }
        for column in columns
    ]


def _without_id(column: Column) -> dict[str, Json]:
    return {key: value for key, value in column.items() if key in COLUMN_SHAPE and key != "id"}


def has_new_columns(value: Any) -> bool:
    """Whether a column, or an option of one, has no id of its own yet."""
    return has_new_items(value) or any(has_new_items(bound.value["options"]) for bound in value.bound_blocks)


def column_conflicts(columns: list[Json]) -> Iterator[tuple[str, str]]:
    """(key, sentence) for columns that cannot be shown."""
    # `locked` stands in the form as one side meets it, never in a frozen one.
    plain = [
        {key: one for key, one in column.items() if key != "locked"} if isinstance(column, dict) else column
        for column in columns
    ]
    wrong = list(wrong_entries("columns", plain, COLUMN_SHAPE))
    yield from wrong
    if not 1 <= len(columns) <= MOST_COLUMNS:
        yield "columns", _("A table needs from 1 to %(most)s columns.") % {"most": MOST_COLUMNS}
    if wrong:
        return
    if label := repeated(columns):
        yield "columns", _("Two columns are called “%(label)s”.") % {"label": label}
    for index, column in enumerate(columns):
        for key, reason in _cell_conflicts(column):
            yield f"columns[{index}].{key}", f"{column['label']}: {reason}"


def _cell_conflicts(column: Column) -> Iterator[tuple[str, str]]:
    if column["type"] not in CELL_TYPES or column["type"] not in registry:
        yield "type", _("A column cannot be answered in this way.")
    yield from point_conflicts(column) if column["type"] == "scale" else ()
    wrong = list(wrong_entries("options", column["options"], ROW_SHAPE))
    yield from wrong
    if column["type"] == "single_choice" and not 2 <= len(column["options"]) <= MOST_OPTIONS:
        yield "options", _("A choice needs from 2 to %(most)s options.") % {"most": MOST_OPTIONS}
    elif not wrong and (label := repeated(column["options"])):
        yield "options", _("Two options are called “%(label)s”.") % {"label": label}


def column_texts(columns: list[dict[str, Json]]) -> Iterator[TextSlot]:
    """The texts of the columns that can be translated."""
    for column in columns:
        for key in ("label", "min_label", "max_label", "unit"):
            yield TextSlot(column["id"], key, column)
        for option in column["options"]:
            yield TextSlot(option["id"], "label", option)


def column_ids(columns: list[dict[str, Json]]) -> Iterator[str]:
    """The ids of the columns and their options."""
    for column in columns:
        yield column["id"]
        yield from (option["id"] for option in column["options"])


def column_question(question: Question, column: Column, label: str) -> dict[str, Json]:
    """The question that each cell of the column puts."""
    own: dict[str, Json] = {}
    if column["type"] == "single_choice":
        own = {"options": [{**option, "help": ""} for option in column["options"]], "display": "LIST"}
    elif column["type"] == "scale":
        own = {**points_of(column), "not_applicable": False}
    elif column["type"] == "number":
        own = {"unit": column["unit"], "decimals": 6 if column["decimals"] else 0}
    return cell_question(question, column["type"], label, **own)


def locked_for(columns: list[dict[str, Json]], role: str) -> list[dict[str, Json]]:
    """The columns as one side meets them: those of the other side are locked."""
    return [{**column, "locked": column["audience"] not in ("BOTH", "AGREED", role)} for column in columns]
