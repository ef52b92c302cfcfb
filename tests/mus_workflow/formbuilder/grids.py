"""Generated questions with several controls, and answers to them."""

from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from mus_workflow.formbuilder.questions.columns import column_question
from mus_workflow.formbuilder.shapes import Json, Question

KINDS = ("ranking", "matrix", "double_scale", "competence_wheel", "table")
FROM_ROWS = ("matrix", "double_scale", "competence_wheel", "table")
SOURCES = ("multiple_choice", "matrix", "double_scale", "competence_wheel")
CELLS = ["short_text", "long_text", "number", "date", "single_choice", "scale", "yes_no"]

IDS = st.uuids(version=4).map(str)
LABELS = st.text(st.sampled_from("<>&\"'{}% æøå🙂ab1"), min_size=1, max_size=20).filter(lambda text: bool(text.strip()))


@st.composite
def items(draw: st.DrawFn, fewest: int = 1) -> list[dict[str, Any]]:
    """The items of a list of rows, columns or options."""
    labels = draw(st.lists(LABELS, min_size=fewest, max_size=4, unique_by=lambda label: label.strip().casefold()))
    return [{"type": "item", "id": draw(IDS), "value": {"label": label}} for label in labels]


@st.composite
def points(draw: st.DrawFn) -> dict[str, Any]:
    """A scale that fits into a row."""
    lowest = draw(st.integers(0, 90))
    words = {"min_label": draw(LABELS | st.just("")), "max_label": draw(LABELS | st.just(""))}
    return {"min": lowest, "max": draw(st.integers(lowest + 1, min(lowest + 20, 100))), **words}


@st.composite
def columns(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Columns of a table, of every type."""
    found = draw(items())
    for item in found:
        kind = draw(st.sampled_from(CELLS))
        own = {"options": draw(items(2))} if kind == "single_choice" else {}
        item["value"] |= {
            "type": kind,
            **draw(points()),
            **own,
            "decimals": True,
            "unit": draw(st.sampled_from(["", "h"])),
        }
    return found


@st.composite
def settings(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    """What an editor fills in for a question of the kind."""
    every = {"every_row": draw(st.booleans())}
    if kind == "ranking":
        return {"options": draw(items(2)), "places": draw(st.none() | st.integers(1, 2))}
    if kind == "table":
        grows = draw(st.booleans())
        return {"columns": draw(columns()), "grows": grows, "rows": [] if grows else draw(items())}
    if kind == "matrix":
        outside = {"not_applicable": draw(st.booleans()), "answer": draw(st.sampled_from(["SCALE", "CHOICE"]))}
        return {"rows": draw(items()), "columns": draw(items(2)), **draw(points()), **outside, **every}
    headings = {"a_label": draw(LABELS), "b_label": draw(LABELS)} if kind == "double_scale" else {}
    return {"rows": draw(items()), **draw(points()), **headings, **every}


@st.composite
def linked(draw: st.DrawFn, block: dict[str, Any], earlier: list[dict[str, Any]]) -> dict[str, Any]:
    """The block, perhaps with its rows taken from an earlier one."""
    sources = [
        one
        for one in earlier
        if one["type"] in SOURCES
        and not one["value"].get("rows_from")
        and one["value"]["audience"] in ("BOTH", block["value"]["audience"])
    ]
    if not sources or block["type"] not in FROM_ROWS or not draw(st.booleans()):
        return block
    block["value"] |= {"rows": [], "rows_from": draw(st.sampled_from(sources))["id"]}
    if block["type"] == "table":
        block["value"]["grows"] = False
    return block


Cell = Callable[[Any], st.SearchStrategy[Any]]


@st.composite
def answers(draw: st.DrawFn, question: Question, cell: Cell) -> Json:
    """An answer to a question with several controls; None where it asks about nothing. `cell` answers a simple one."""
    settings_, rows = question["settings"], [row["id"] for row in question["settings"].get("rows", ())]
    if question["type"] == "ranking":
        return draw(rankings(settings_))
    if question["type"] == "table" and settings_["grows"]:
        rows = draw(st.lists(IDS, min_size=1, max_size=3, unique=True))
    if not rows:
        return None
    chosen = draw(st.sets(st.sampled_from(rows), min_size=1))
    return {row: draw(_row(question, cell)) for row in rows if row in chosen}


@st.composite
def rankings(draw: st.DrawFn, settings_: dict[str, Any]) -> Json:
    """A finished ranking, or one that cannot be one: the same place twice."""
    options = [option["id"] for option in settings_["options"]]
    places = settings_["places"] or len(options)
    finished = draw(st.permutations(options))[:places]
    return finished if draw(st.booleans()) else dict.fromkeys(options[:2], 1)


@st.composite
def _row(draw: st.DrawFn, question: Question, cell: Cell) -> Json:
    settings_ = question["settings"]
    if question["type"] == "table":
        mine = draw(st.lists(st.sampled_from(settings_["columns"]), min_size=1, unique_by=lambda column: column["id"]))
        return {column["id"]: draw(cell(column_question(question, column, "cell"))) for column in mine}
    scale = st.integers(settings_["min"], settings_["max"])
    if question["type"] == "matrix":
        if settings_["answer"] == "CHOICE":
            return draw(st.sampled_from([column["id"] for column in settings_["columns"]]))
        return draw(scale | st.just("not_applicable") if settings_["not_applicable"] else scale)
    sides = draw(st.sets(st.sampled_from("ab"), min_size=1))
    return {side: draw(scale) for side in sides}
