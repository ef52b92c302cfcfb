"""Generated forms, as editors could have written them, and answers that people could give."""

import datetime
from typing import Any

from hypothesis import strategies as st

from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.number import normalised
from tests.mus_workflow.formbuilder.writing import form

# Markup, quotes and templates' own signs are what breaks pages; Danish letters and pictures are what people write.
CHARACTERS = st.one_of(
    st.sampled_from("<>&\"'{}%[]#=:;/\\ \u00a0æøåÆØÅ€🙂0"), st.characters(exclude_categories=["Cs", "Cc", "Cn"])
)
TEXTS = st.text(CHARACTERS, max_size=40)
LABELS = st.text(CHARACTERS, min_size=1, max_size=30).filter(lambda text: bool(text.strip()))
IDS = st.uuids(version=4).map(str)
# What is only shown has its own tests: nobody answers it.
KINDS = [one.type for one in registry if one.asks or one.type == "information"]
AUDIENCES = st.sampled_from(["BOTH", "EMPLOYEE", "MANAGER"])


@st.composite
def option_lists(draw: st.DrawFn) -> list[dict[str, Any]]:
    labels = draw(st.lists(LABELS, min_size=2, max_size=5, unique_by=lambda label: label.strip().casefold()))
    return [{"type": "item", "id": draw(IDS), "value": {"label": label}} for label in labels]


@st.composite
def scales(draw: st.DrawFn) -> dict[str, Any]:
    lowest = draw(st.integers(0, 90))
    highest = draw(st.integers(lowest + 1, min(lowest + 20, 100)))
    words = {"min_label": draw(TEXTS), "max_label": draw(TEXTS), "best": draw(st.sampled_from(["HIGHEST", "LOWEST"]))}
    return {"min": lowest, "max": highest, "not_applicable": draw(st.booleans()), **words}


SETTINGS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "short_text": st.fixed_dictionaries({"max_length": st.integers(50, 1000)}),
    "long_text": st.fixed_dictionaries({"max_length": st.integers(50, 20_000)}),
    "single_choice": st.fixed_dictionaries({"options": option_lists()}),
    "multiple_choice": st.fixed_dictionaries({"options": option_lists()}),
    "yes_no": st.fixed_dictionaries({"yes_label": TEXTS, "no_label": TEXTS}),
    "scale": scales(),
    "number": st.fixed_dictionaries({"decimals": st.just(6), "unit": st.text(CHARACTERS, max_size=10)}),
    "date": st.just({}),
    "information": st.just({}),
}


@st.composite
def question_blocks(draw: st.DrawFn, kinds: list[str]) -> dict[str, Any]:
    kind = draw(st.sampled_from(kinds))
    value = {
        "label": draw(LABELS),
        "help": draw(st.sampled_from(["", "<p>Help &amp; <b>more</b></p>", "<ul><li>a</li></ul>"])),
        "audience": draw(AUDIENCES),
        **draw(SETTINGS[kind]),
    }
    if registry.get(kind).asks:
        value["required"] = draw(st.booleans())
        value["sensitive"] = draw(st.booleans())
        value["sharing"] = draw(st.sampled_from(["SHARED", "PRIVATE"]))
    return {"type": kind, "id": draw(IDS), "value": value}


@st.composite
def bodies(draw: st.DrawFn) -> list[dict[str, Any]]:
    """The blocks of a form of one to three sections, with conditions that can work."""
    blocks = [draw(question_blocks(["yes_no"])), *draw(st.lists(question_blocks(KINDS), max_size=7))]
    for place, block in enumerate(blocks):
        targets = [
            earlier
            for earlier in blocks[:place]
            if registry.get(earlier["type"]).asks
            and earlier["value"]["audience"] in ("BOTH", block["value"]["audience"])
        ]
        if targets and draw(st.booleans()):
            block["value"]["condition"] = draw(conditions(st.sampled_from(targets)))
    cuts = sorted(draw(st.lists(st.integers(0, len(blocks)), max_size=2)))
    parts = [blocks[start:end] for start, end in zip([0, *cuts], [*cuts, len(blocks)], strict=True)]
    return [
        {"type": "section", "id": draw(IDS), "value": {"heading": draw(TEXTS), "intro": "", "questions": part}}
        for part in parts
    ]


@st.composite
def conditions(draw: st.DrawFn, targets: st.SearchStrategy[dict[str, Any]]) -> dict[str, str]:
    target = draw(targets)
    op = draw(st.sampled_from(registry.get(target["type"]).operators))
    value = "" if op in ("answered", "not_answered") else draw(_condition_values(target, op))
    return {"question": target["id"], "op": op, "value": value}


def _condition_values(target: dict[str, Any], op: str) -> st.SearchStrategy[str]:
    value = target["value"]
    if op == "contains" and "options" not in value:
        return LABELS
    if "options" in value:
        return st.sampled_from([option["id"] for option in value["options"]])
    if target["type"] == "yes_no":
        return st.sampled_from(["yes", "no"])
    if target["type"] == "scale":
        points = st.integers(value["min"], value["max"]).map(str)
        return points | st.just("not_applicable") if value["not_applicable"] and op != "at_least" else points
    return NUMBERS if target["type"] == "number" else DATES


SCHEMAS = bodies().map(lambda sections: form(*sections))

NUMBERS = st.decimals(-10_000, 10_000, places=6, allow_nan=False).map(normalised)
DATES = st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 1, 1)).map(datetime.date.isoformat)
LINES = st.text(CHARACTERS, min_size=1, max_size=40).filter(lambda text: bool(text.strip()))
PARAGRAPHS = st.text(CHARACTERS | st.just("\n"), min_size=1, max_size=50).filter(lambda text: bool(text.strip()))


def answers_to(question: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Answers as they are stored."""
    settings = question["settings"]
    keys = [key for key, _label in registry.get(question["type"]).choices(question)]
    return {
        "short_text": lambda: LINES,
        "long_text": lambda: PARAGRAPHS,
        "single_choice": lambda: st.sampled_from(keys),
        "multiple_choice": lambda: st.sets(st.sampled_from(keys), min_size=1).map(
            lambda chosen: [key for key in keys if key in chosen]
        ),
        "yes_no": st.booleans,
        "scale": lambda: st.sampled_from(
            [*range(settings["min"], settings["max"] + 1), *(["not_applicable"] if settings["not_applicable"] else [])]
        ),
        "number": lambda: NUMBERS,
        "date": lambda: DATES,
    }[question["type"]]()


@st.composite
def answered(draw: st.DrawFn, schema: dict[str, Any]) -> dict[str, Any]:
    """Stored answers to some of the form's questions."""
    return {
        question["id"]: draw(answers_to(question))
        for section in schema["sections"]
        for question in section["questions"]
        if registry.get(question["type"]).asks and draw(st.booleans())
    }
