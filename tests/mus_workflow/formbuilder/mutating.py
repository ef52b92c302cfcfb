"""Changes an editor could make to a form, drawn at random: another document that is a form too."""

import copy
from collections.abc import Callable
from typing import Any

from hypothesis import assume
from hypothesis import strategies as st

from mus_workflow.formbuilder.schema import SchemaError, questions, validate
from tests.mus_workflow.formbuilder.strategies import IDS, LABELS, SCHEMAS, TEXTS

Document = dict[str, Any]


@st.composite
def changed(draw: st.DrawFn, document: Document) -> Document:
    """The document after one to six edits."""
    edited = copy.deepcopy(document)
    for edit in draw(st.lists(st.sampled_from(EDITS), min_size=1, max_size=6)):
        edit(draw, edited)
    try:
        validate(edited)
    except SchemaError:
        assume(False)
    return edited


@st.composite
def versions(draw: st.DrawFn) -> tuple[Document, Document]:
    """Two versions of a form: most often the second was edited from the first, sometimes it is written anew."""
    old = draw(SCHEMAS)
    return old, draw(st.one_of(changed(old), changed(old), changed(old), SCHEMAS))


def _one(draw: st.DrawFn, document: Document) -> Document | None:
    every = list(questions(document))
    return draw(st.sampled_from(every)) if every else None


def reword(draw: st.DrawFn, document: Document) -> None:
    if question := _one(draw, document):
        words = draw(st.sampled_from([question["label"] + " nu", "Ikke " + question["label"], draw(LABELS)]))
        question[draw(st.sampled_from(["label", "mirrored", "placeholder", "example"]))] = words


def explain(draw: st.DrawFn, document: Document) -> None:
    if question := _one(draw, document):
        question["help"] = draw(st.sampled_from(["", "<p>Mere</p>", "<p>Mindre</p>"]))


def address(draw: st.DrawFn, document: Document) -> None:
    if question := _one(draw, document):
        key, values = draw(
            st.sampled_from(
                [
                    ("audience", ["EMPLOYEE", "MANAGER", "BOTH", "AGREED"]),
                    ("sharing", ["SHARED", "PRIVATE", "ALWAYS"]),
                    ("sensitive", [True, False]),
                    ("countable", [True, False]),
                ]
            )
        )
        question[key] = draw(st.sampled_from(values))


def demand(draw: st.DrawFn, document: Document) -> None:
    question = _one(draw, document)
    if question and question["type"] != "information":
        question["required"] = not question["required"]


def release(draw: st.DrawFn, document: Document) -> None:
    if question := _one(draw, document):
        question["visible_if"] = None


def resettle(draw: st.DrawFn, document: Document) -> None:
    """Settings by the type: options come, go, move and are reworded; bounds and scales change."""
    question = _one(draw, document)
    if question is None:
        return
    settings = question["settings"]
    if "options" in settings:
        options = settings["options"]
        what = draw(st.sampled_from(["add", "drop", "turn", "reword"]))
        if what == "add":
            place = draw(st.integers(0, len(options)))
            options.insert(place, {"id": draw(IDS), "label": draw(LABELS), "help": ""})
        elif what == "drop" and len(options) > 2:
            options.pop(draw(st.integers(0, len(options) - 1)))
        elif what == "turn":
            options.reverse()
        else:
            draw(st.sampled_from(options))["label"] = draw(LABELS)
    elif question["type"] == "scale":
        settings["best"] = draw(st.sampled_from(["HIGHEST", "LOWEST"]))
        settings["max"] = min(100, settings["min"] + draw(st.integers(1, 20)))
        settings["min_label"] = draw(TEXTS)
    elif "max_length" in settings:
        settings["max_length"] = draw(st.integers(50, 1000))
    elif "unit" in settings:
        settings["unit"] = draw(st.sampled_from(["", "timer", "dage"]))


def retype(draw: st.DrawFn, document: Document) -> None:
    question = _one(draw, document)
    if question and question["type"] == "short_text":
        question["type"] = "long_text"


def drop(draw: st.DrawFn, document: Document) -> None:
    section = draw(st.sampled_from(document["sections"]))
    if section["questions"]:
        section["questions"].pop(draw(st.integers(0, len(section["questions"]) - 1)))


def add(draw: st.DrawFn, document: Document) -> None:
    drawn = draw(st.sampled_from(list(questions(draw(SCHEMAS)))))
    section = draw(st.sampled_from(document["sections"]))
    place = draw(st.integers(0, len(section["questions"])))
    section["questions"].insert(place, {**drawn, "visible_if": None, "parent": None})


def shuffle(draw: st.DrawFn, document: Document) -> None:
    """A question goes somewhere else, perhaps into another section."""
    origin = draw(st.sampled_from(document["sections"]))
    if origin["questions"]:
        question = origin["questions"].pop(draw(st.integers(0, len(origin["questions"]) - 1)))
        goal = draw(st.sampled_from(document["sections"]))["questions"]
        goal.insert(draw(st.integers(0, len(goal))), question)


def nest(draw: st.DrawFn, document: Document) -> None:
    section = draw(st.sampled_from(document["sections"]))
    if len(section["questions"]) > 1 and section["questions"][0]["parent"] is None:
        section["questions"][1]["parent"] = section["questions"][0]["id"]


def resection(draw: st.DrawFn, document: Document) -> None:
    sections = document["sections"]
    what = draw(st.sampled_from(["heading", "new", "turn", "join"]))
    if what == "heading":
        draw(st.sampled_from(sections))["heading"] = draw(TEXTS)
    elif what == "new":
        blank = {"number": "", "heading": draw(TEXTS), "intro": "", "visible_if": None}
        split = draw(st.sampled_from(sections))
        cut = draw(st.integers(0, len(split["questions"])))
        fresh = {"id": draw(IDS), **blank, "questions": split["questions"][cut:]}
        split["questions"] = split["questions"][:cut]
        sections.insert(sections.index(split) + 1, fresh)
    elif what == "turn":
        sections.reverse()
    elif len(sections) > 1:
        gone = sections.pop()
        sections[0]["questions"] += gone["questions"]


def retitle(draw: st.DrawFn, document: Document) -> None:
    document["title"] = draw(LABELS)
    document["layout"] = draw(st.sampled_from(["PAGE", "SECTIONS", "QUESTIONS"]))
    document["retention"] = draw(st.sampled_from(["STANDARD", "UNTIL_SIGNED"]))


def translate(draw: st.DrawFn, document: Document) -> None:
    if question := _one(draw, document):
        by_id = document["translations"].setdefault("sv", {})
        by_id.setdefault(question["id"], {})[draw(st.sampled_from(["label", "example"]))] = draw(LABELS)


Edit = Callable[[st.DrawFn, Document], None]
EDITS: list[Edit] = [
    reword,
    explain,
    address,
    demand,
    release,
    resettle,
    retype,
    drop,
    add,
    shuffle,
    nest,
    resection,
    retitle,
    translate,
]
