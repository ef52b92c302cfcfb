"""A form as HTML, fast: templates run once per form version, role and language; a request only fills the gaps.

A template leaves a gap with `{{ gap.value }}`. It comes out as a mark with a token that no editor can know; the page is
cut at the marks and kept. Filling is then string joining, in the order of the page.
"""

import json
import re
import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.formats import get_format
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from mus_workflow.formbuilder.conditions import in_words, visible_ids
from mus_workflow.formbuilder.fields import field_name
from mus_workflow.formbuilder.memory import Memory
from mus_workflow.formbuilder.questions import QuestionType, registry
from mus_workflow.formbuilder.schema import FormKey, projected, questions
from mus_workflow.formbuilder.shapes import Json, Question, Schema

TOKEN = secrets.token_hex(16)
MARK = re.compile(f"{TOKEN}<([a-z]+):([0-9]+):([^>]*)>")
EMPTY_LINES = re.compile(r"\n[ \t]*(?=\n)")
SECTION_TEMPLATE = "mus_workflow/questions/section.html"


class Place(NamedTuple):
    """What never changes about one question of the page."""

    question: Question
    question_type: QuestionType
    name: str
    described: str
    described_with_error: str


class Filling(NamedTuple):
    """What one request knows about it."""

    place: Place
    value: Json
    chosen: Collection[str]
    errors: Sequence[str]
    hidden: bool
    extra: str


def _value(filling: Filling, argument: str) -> str:
    return escape(filling.place.question_type.input_text(filling.value))


def _checked(filling: Filling, argument: str) -> str:
    return " checked" if argument in filling.chosen else ""


def _hidden(filling: Filling, argument: str) -> str:
    return " hidden" if filling.hidden else ""


def _described(filling: Filling, argument: str) -> str:
    return filling.place.described_with_error if filling.errors else filling.place.described


def _invalid(filling: Filling, argument: str) -> str:
    return ' aria-invalid="true"' if filling.errors else ""


def _error(filling: Filling, argument: str) -> str:
    if not filling.errors:
        return ""
    return format_html(
        '<p class="mus-question__error" id="{}-error"><span><span class="mus-visually-hidden">{}</span> {}</span></p>',
        filling.place.name,
        _("Error:"),
        " ".join(filling.errors),
    )


def _extra(filling: Filling, argument: str) -> str:
    return conditional_escape(filling.extra)


GAPS: dict[str, Callable[[Filling, str], str]] = {
    "value": _value,
    "checked": _checked,
    "hidden": _hidden,
    "described": _described,
    "invalid": _invalid,
    "error": _error,
    "extra": _extra,
}


class Skeleton(NamedTuple):
    """A page with gaps: `fixed` has one text more than there are gaps, which are (filler, place, argument)."""

    schema: Schema
    places: list[Place]
    fixed: list[str]
    gaps: list[tuple[Callable[[Filling, str], str], int, str]]
    has_conditions: bool


_skeletons: Memory[Skeleton] = Memory(256)


def render_form(
    key: FormKey,
    schema: Schema | Callable[[], Schema],
    answers: Mapping[str, Json],
    errors: Mapping[str, Sequence[str]] | None = None,
    extras: Mapping[str, SafeString] | None = None,
) -> SafeString:
    """The sections and questions of a form version, filled in, for the role and language of the key.

    `schema` is the whole document, or a function that returns it and is called only for the first page of a key.
    `errors` are sentences, `extras` HTML that ends the question's box, both by question id.
    """
    skeleton = _skeletons.recall(
        (key, get_language()), lambda: _skeleton(key, schema() if callable(schema) else schema)
    )
    fillings = _fillings(skeleton, answers, errors or {}, extras or {})
    parts = [skeleton.fixed[0]]
    for (fill, place, argument), text in zip(skeleton.gaps, skeleton.fixed[1:], strict=True):
        parts += (fill(fillings[place], argument), text)
    # Templates escaped the fixed text, and every filler escapes what it fills in.
    return SafeString("".join(parts))


def _fillings(
    skeleton: Skeleton,
    answers: Mapping[str, Json],
    errors: Mapping[str, Sequence[str]],
    extras: Mapping[str, SafeString],
) -> list[Filling]:
    visible = visible_ids(skeleton.schema, answers) if skeleton.has_conditions else None
    fillings = []
    for place in skeleton.places:
        question_id = place.question["id"]
        value = answers.get(question_id)
        chosen = () if value is None else place.question_type.chosen(value)
        hidden = visible is not None and question_id not in visible
        extra = extras.get(question_id, "")
        fillings.append(Filling(place, value, chosen, errors.get(question_id, ()), hidden, extra))
    return fillings


def _skeleton(key: FormKey, whole: Schema) -> Skeleton:
    schema = projected(whole, key)
    places = [_place(question) for question in questions(schema)]
    page = _page(schema, places)
    pieces = MARK.split(page)
    gaps = [
        (GAPS[name], int(place), argument)
        for name, place, argument in zip(pieces[1::4], pieces[2::4], pieces[3::4], strict=True)
    ]
    has_conditions = any(place.question["visible_if"] for place in places)
    return Skeleton(schema, places, pieces[0::4], gaps, has_conditions)


def _place(question: Question) -> Place:
    question_type = registry.get(question["type"])
    name = field_name(question["id"])
    notes = ["help"] * bool(question["help"]) + ["notice"] * question["sensitive"] + question_type.notes(question)
    ids = [f"{name}-{note}" for note in notes]
    return Place(question, question_type, name, _described_by(ids), _described_by([*ids, f"{name}-error"]))


def _described_by(ids: list[str]) -> str:
    return f' aria-describedby="{" ".join(ids)}"' if ids else ""


def _page(schema: Schema, places: list[Place]) -> str:
    # The answers' language decides how numbers are written, also where the form has not been translated to it.
    decimal_mark = get_format("DECIMAL_SEPARATOR")
    foreign = "" if schema["language"] == get_language() else schema["language"]
    by_id = {place.question["id"]: place.question for place in places}
    # The form's own small words are in the language of its texts, so that a page never mixes two in a sentence.
    with override(schema["language"]):
        boxes = iter([_box(index, place, by_id, decimal_mark) for index, place in enumerate(places)])
        page = "\n".join(_section(section, boxes, foreign) for section in schema["sections"])
    return EMPTY_LINES.sub("", page)


def _section(section: dict[str, Json], boxes: Iterator[str], foreign: str) -> str:
    context = {
        "section": section,
        "intro": SafeString(section["intro"]),  # cleaned when the form was frozen
        "name": f"s_{section['id'].replace('-', '')}",
        "language": foreign,
        "boxes": [next(boxes) for _question in section["questions"]],
    }
    return render_to_string(SECTION_TEMPLATE, context)


def _box(index: int, place: Place, by_id: Mapping[str, Question], decimal_mark: str) -> SafeString:
    question = place.question
    rule = question["visible_if"]
    choices = [
        {"key": key, "label": label, "checked": _mark("checked", index, key)}
        for key, label in place.question_type.choices(question)
    ]
    context = {
        **place.question_type.context(question),
        "question": question,
        "help": SafeString(question["help"]),  # cleaned when the form was frozen
        "settings": question["settings"],
        "name": place.name,
        "choices": choices,
        "decimal_mark": decimal_mark,
        "rule": json.dumps(rule, ensure_ascii=False) if rule else "",
        "rule_in_words": in_words(rule, by_id[rule["question"]]) if rule else "",
        "gap": {name: _mark(name, index) for name in GAPS},
    }
    return render_to_string(place.question_type.template, context)


def _mark(name: str, place: int, argument: str = "") -> SafeString:
    return SafeString(f"{TOKEN}<{name}:{place}:{argument}>")
