"""Generated forms, as editors could have written them, and answers that people could give."""

import datetime
from typing import Any

from hypothesis import strategies as st

from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.number import normalised
from mus_workflow.formbuilder.questions.texts import plain_text
from tests.mus_workflow.formbuilder.writing import form

# Markup, quotes and templates' own signs are what breaks pages; Danish letters and pictures are what people write.
CHARACTERS = st.one_of(
    st.sampled_from("<>&\"'{}%[]#=:;/\\ \u00a0æøåÆØÅ€🙂0"), st.characters(exclude_categories=["Cs", "Cc", "Cn"])
)
TEXTS = st.text(CHARACTERS, max_size=40)
LABELS = st.text(CHARACTERS, min_size=1, max_size=30).filter(lambda text: bool(text.strip()))
IDS = st.uuids(version=4).map(str)
KINDS = [question_type.type for question_type in registry]
AUDIENCES = st.sampled_from(["BOTH", "EMPLOYEE", "MANAGER"])


@st.composite
def option_lists(draw: st.DrawFn) -> list[dict[str, Any]]:
    labels = draw(st.lists(LABELS, min_size=2, max_size=5, unique_by=lambda label: label.strip().casefold()))
    return [{"type": "item", "id": draw(IDS), "value": {"label": label, "help": draw(TEXTS)}} for label in labels]


@st.composite
def scales(draw: st.DrawFn) -> dict[str, Any]:
    lowest = draw(st.integers(0, 90))
    highest = draw(st.integers(lowest + 1, min(lowest + 20, 100)) | st.integers(lowest + 1, 100))
    words = {"min_label": draw(TEXTS), "max_label": draw(TEXTS), "best": draw(st.sampled_from(["HIGHEST", "LOWEST"]))}
    inner = st.integers(lowest, highest).filter(lambda point: lowest < point < highest)
    points = draw(st.lists(inner, max_size=3, unique=True)) if highest - lowest > 1 else []
    labels = [{"type": "item", "id": draw(IDS), "value": {"point": point, "label": draw(LABELS)}} for point in points]
    return {"min": lowest, "max": highest, "not_applicable": draw(st.booleans()), "labels": labels, **words}


SETTINGS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "short_text": st.fixed_dictionaries({"max_length": st.integers(50, 1000)}),
    "long_text": st.fixed_dictionaries({"max_length": st.integers(50, 20_000)}),
    "email": st.just({}),
    "phone": st.just({}),
    "url": st.just({}),
    "single_choice": st.fixed_dictionaries(
        {"options": option_lists(), "other": st.booleans(), "display": st.sampled_from(["RADIO", "LIST"])}
    ),
    "multiple_choice": st.fixed_dictionaries({"options": option_lists(), "other": st.booleans()}),
    "consent": st.just({}),
    "confirmation": st.fixed_dictionaries({"words": TEXTS}),
    "yes_no": st.fixed_dictionaries({"yes_label": TEXTS, "no_label": TEXTS}),
    "scale": scales(),
    "file": st.fixed_dictionaries({"max_files": st.integers(1, 10), "max_megabytes": st.integers(1, 20)}),
    "number": st.fixed_dictionaries({"decimals": st.just(6), "unit": st.text(CHARACTERS, max_size=10)}),
    "date": st.just({}),
    "date_range": st.just({}),
    "time": st.just({}),
    "information": st.just({}),
    "signature": st.fixed_dictionaries({"signers": st.sampled_from(["BOTH", "EMPLOYEE", "MANAGER"])}),
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
    if "options" in value:
        return st.sampled_from([*(option["id"] for option in value["options"]), *["other"] * value["other"]])
    if target["type"] == "yes_no":
        return st.sampled_from(["yes", "no"])
    if target["type"] == "scale":
        points = st.integers(value["min"], value["max"]).map(str)
        return points | st.just("not_applicable") if value["not_applicable"] and op != "at_least" else points
    return {"number": NUMBERS, "date": DATES, "time": TIMES}[target["type"]]


SCHEMAS = bodies().map(lambda sections: form(*sections))

NUMBERS = st.decimals(-10_000, 10_000, places=6, allow_nan=False).map(normalised)
DATES = st.dates(datetime.date(1900, 1, 1), datetime.date(2100, 1, 1)).map(datetime.date.isoformat)
TIMES = st.times().map(lambda time: time.strftime("%H:%M"))
# What is stored has been cleaned; that cleaning keeps what people type is shown in its own tests.
LINES = (
    st.text(CHARACTERS, min_size=1, max_size=40)
    .map(lambda text: plain_text(text).replace("\n", " "))
    .filter(lambda text: bool(text.strip()))
)
PARAGRAPHS = (
    st.text(CHARACTERS | st.just("\n"), min_size=1, max_size=50).map(plain_text).filter(lambda text: bool(text.strip()))
)
NAMES = st.from_regex(r"[a-z][a-z0-9]{0,9}", fullmatch=True)
EMAILS = st.builds("{}.{}@{}.dk".format, NAMES, NAMES, NAMES)
PHONES = st.from_regex(r"\+?[1-9][0-9]{2,5}( ?[0-9]{2}){0,4}", fullmatch=True)
URLS = st.builds("{}://{}.dk/{}?q={}".format, st.sampled_from(["http", "https"]), NAMES, NAMES, NAMES)


def periods() -> st.SearchStrategy[dict[str, Any]]:
    """One day or two, in any order: what is backwards is saved, and held against the person when they are done."""
    return st.fixed_dictionaries({"from": st.none() | DATES, "to": st.none() | DATES}).filter(
        lambda days: any(days.values())
    )


def one_choice(keys: list[str]) -> st.SearchStrategy[Any]:
    chosen = st.sampled_from(keys)
    return chosen | LINES.map(lambda text: {"chosen": "other", "other": text}) if "other" in keys else chosen


@st.composite
def several_choices(draw: st.DrawFn, keys: list[str]) -> Any:
    ticked = draw(st.sets(st.sampled_from(keys), min_size=1))
    chosen = [key for key in keys if key in ticked]
    return {"chosen": chosen, "other": draw(LINES)} if "other" in chosen and draw(st.booleans()) else chosen


def answers_to(question: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Answers as they are stored."""
    settings = question["settings"]
    keys = [key for key, _label in registry.get(question["type"]).choices(question)]
    return {
        "short_text": lambda: LINES,
        "long_text": lambda: PARAGRAPHS,
        "email": lambda: EMAILS,
        "phone": lambda: PHONES,
        "url": lambda: URLS,
        "single_choice": lambda: one_choice(keys),
        "multiple_choice": lambda: several_choices(keys),
        "consent": lambda: st.just(True),
        "confirmation": lambda: st.just(True),
        "yes_no": st.booleans,
        "scale": lambda: st.sampled_from(
            [*range(settings["min"], settings["max"] + 1), *(["not_applicable"] if settings["not_applicable"] else [])]
        ),
        "number": lambda: NUMBERS,
        "date": lambda: DATES,
        "date_range": periods,
        "time": lambda: TIMES,
    }[question["type"]]()


@st.composite
def answered(draw: st.DrawFn, schema: dict[str, Any]) -> dict[str, Any]:
    """Stored answers to some of the form's questions."""
    return {
        question["id"]: draw(answers_to(question))
        for section in schema["sections"]
        for question in section["questions"]
        # What a file is, no browser can say.
        if registry.get(question["type"]).asks and question["type"] != "file" and draw(st.booleans())
    }
