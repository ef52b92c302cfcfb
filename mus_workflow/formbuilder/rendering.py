"""A form as HTML, fast: templates run once per form version, role and language; a request only fills the gaps.

A template leaves a gap with `{{ gap.value }}`. It comes out as a mark with a token that no editor can know; the page is
cut at the marks and kept. Filling is then string joining, in the order of the page.
"""

import json
import re
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.formats import get_format
from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from mus_workflow.formbuilder.conditions import in_words, shown_ids
from mus_workflow.formbuilder.memory import Memory
from mus_workflow.formbuilder.paging import Part, parts_of
from mus_workflow.formbuilder.parts import assembled, field_name, key_of, split_key
from mus_workflow.formbuilder.projection import FormKey, beside, projected
from mus_workflow.formbuilder.questions import QuestionType, registry
from mus_workflow.formbuilder.schema import questions
from mus_workflow.formbuilder.shapes import Json, Question, Schema

TOKEN = secrets.token_hex(16)
MARK = re.compile(f"{TOKEN}<([a-z]+):([0-9]+):([^>]*)>")
EMPTY_LINES = re.compile(r"\n[ \t]*(?=\n)")
SECTION_TEMPLATE = "mus_workflow/questions/section.html"
THEIR_TEMPLATE = "mus_workflow/questions/theirs.html"


class OtherSide(NamedTuple):
    """Who else writes on a sheet, and their answers in words, by question id."""

    name: str
    words: Mapping[str, str]


class Place(NamedTuple):
    """What never changes about one control of the page: the question's own, or one of its parts'."""

    key: str
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
    page: "Page"


class Page(NamedTuple):
    """What one request knows about the whole form, by key."""

    answers: Mapping[str, Json]
    errors: Mapping[str, Sequence[str]]
    part: int = 0
    other: OtherSide | None = None


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


def _more(filling: Filling, argument: str) -> str:
    """Parts that only this person's answer has, such as the rows they have added; the type draws them."""
    place = filling.place
    start = f"{place.key}/"
    parts, errors = (
        {key.removeprefix(start): one for key, one in found.items() if key.startswith(start)}
        for found in (filling.page.answers, filling.page.errors)
    )
    return conditional_escape(place.question_type.more_parts(place.question, place.name, parts, errors))


def _off(filling: Filling, argument: str) -> str:
    """Whether this is on another page of the form than the one being shown: its pages are "first-last"."""
    first, _dash, last = argument.partition("-")
    part = filling.page.part
    return "" if not part or int(first) <= part <= int(last) else " data-mus-off"


def _words(filling: Filling, argument: str) -> str:
    words = filling.page.other.words if filling.page.other else {}
    return escape(words.get(filling.place.key, ""))


def _other(filling: Filling, argument: str) -> str:
    return escape(filling.page.other.name) if filling.page.other else ""


GAPS: dict[str, Callable[[Filling, str], str]] = {
    "value": _value,
    "checked": _checked,
    "hidden": _hidden,
    "described": _described,
    "invalid": _invalid,
    "error": _error,
    "extra": _extra,
    "more": _more,
    "off": _off,
    "words": _words,
    "other": _other,
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
    *,
    part: int = 0,
    other: OtherSide | None = None,
) -> SafeString:
    """The sections and questions of a form version, filled in, for the role and language of the key.

    `schema` is the whole document, or a function that returns it and is called only for the first page of a key.
    `answers` and `errors` (sentences) are by key of the control, `extras`, HTML that ends the question's box, by
    question id. `part` is the page that is shown of a form with several; the others are there and out of sight. With
    `other`, for a sheet that two sides write, the other side's questions stand in their place as text.
    """
    skeleton = _skeletons.recall(
        (key, get_language(), other is not None),
        lambda: _skeleton(key, schema() if callable(schema) else schema, is_sheet=other is not None),
    )
    fillings = _fillings(skeleton, Page(answers, errors or {}, part, other), extras or {})
    parts = [skeleton.fixed[0]]
    for (fill, place, argument), text in zip(skeleton.gaps, skeleton.fixed[1:], strict=True):
        parts += (fill(fillings[place], argument), text)
    # Templates escaped the fixed text, and every filler escapes what it fills in.
    return SafeString("".join(parts))


def _fillings(skeleton: Skeleton, page: Page, extras: Mapping[str, SafeString]) -> list[Filling]:
    visible = None
    if skeleton.has_conditions:
        visible = shown_ids(skeleton.schema, assembled(skeleton.schema, page.answers))
    fillings = []
    for place in skeleton.places:
        question_id = place.key.partition("/")[0]
        value = page.answers.get(place.key)
        chosen = () if value is None else place.question_type.chosen(value)
        hidden = visible is not None and question_id not in visible
        extra = extras.get(question_id, "")
        fillings.append(Filling(place, value, chosen, page.errors.get(place.key, ()), hidden, extra, page))
    return fillings


def _skeleton(key: FormKey, whole: Schema, *, is_sheet: bool) -> Skeleton:
    schema = beside(whole, key) if is_sheet else projected(whole, key)
    drawing = _Drawing(schema)
    pieces = MARK.split(drawing.page())
    gaps = [
        (GAPS[name], int(place), argument)
        for name, place, argument in zip(pieces[1::4], pieces[2::4], pieces[3::4], strict=True)
    ]
    has_conditions = any(part["visible_if"] for part in (*schema["sections"], *questions(schema)))
    return Skeleton(schema, drawing.places, pieces[0::4], gaps, has_conditions)


def _place(key: str, question: Question) -> Place:
    question_type = registry.get(question["type"])
    name = field_name(key)
    _question_id, part = split_key(key)
    own = ["help"] * bool(question["help"]) + ["example"] * bool(question["example"])
    own += ["notice"] * question["sensitive"] + ["counted"] * question["countable"]
    # A cell is described by its headings; what is said of the whole question is said once.
    notes = question_type.notes(question) if part else own + question_type.notes(question)
    ids = [f"{name}-{note}" for note in notes]
    return Place(key, question, question_type, name, _described_by(ids), _described_by([*ids, f"{name}-error"]))


def _described_by(ids: list[str]) -> str:
    return f' aria-describedby="{" ".join(ids)}"' if ids else ""


class _Drawing:
    """One run of the templates, which gathers the places it leaves gaps for."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.places: list[Place] = []
        self._parts = parts_of(schema)
        self._by_id = {question["id"]: question for question in questions(schema)}
        # The answers' language decides how numbers are written, also where the form has not been translated to it.
        self._decimal_mark = get_format("DECIMAL_SEPARATOR")

    def page(self) -> str:
        """All sections, with marks for the gaps."""
        foreign = "" if self.schema["language"] == get_language() else self.schema["language"]
        # The form's own small words are in the language of its texts, so that a page never mixes two in a sentence.
        with override(self.schema["language"]):
            page = "\n".join(self._section(section, foreign) for section in self.schema["sections"])
        return EMPTY_LINES.sub("", page)

    def _section(self, section: Mapping[str, Any], foreign: str) -> str:
        index = len(self.places)
        # A section can be hidden too; it asks nothing itself.
        self.places.append(Place(section["id"], {}, registry.get("information"), "", "", ""))
        # What only the other side answers cannot be followed in this reader's browser.
        mine = [one for one in section["questions"] if not one.get("theirs")] or not section["questions"]
        rule = section["visible_if"] if mine else None
        parts = [part for part in self._parts if part.section == section["id"]]
        context = {
            "section": section,
            "hidden": _mark("hidden", index),
            "rule": json.dumps(rule, ensure_ascii=False) if rule else "",
            "rule_in_words": in_words(rule, self._by_id) if rule else "",
            "intro": SafeString(section["intro"]),  # cleaned when the form was frozen
            "name": f"s_{section['id'].replace('-', '')}",
            "language": foreign,
            "pages": _pages_mark(parts, index),
            "first_page": _pages_mark(parts[:1], index) if len(parts) > 1 else "",
            "boxes": self._boxes(section, parts, index),
        }
        return render_to_string(SECTION_TEMPLATE, context)

    def _boxes(self, section: Mapping[str, Any], parts: Sequence[Part], index: int) -> list[SafeString]:
        by_id = {question["id"]: question for question in section["questions"]}
        if len(parts) < 2:
            return self._rows(list(by_id.values()))
        return [
            format_html(
                '<div class="mus-part"{}>{}</div>',
                _pages_mark([part], index),
                SafeString("".join(self._rows([by_id[one] for one in part.questions]))),
            )
            for part in parts
        ]

    def _rows(self, questions: Sequence[Question]) -> list[SafeString]:
        """The boxes; where each side answers the same question, the reader's own and the other's side by side."""
        rows = [list(group) for _pair, group in groupby(questions, key=lambda one: one.get("pair") or one["id"])]
        return [self._row(row) for row in rows]

    def _row(self, row: Sequence[Question]) -> SafeString:
        boxes = [self._box(question) for question in sorted(row, key=lambda one: bool(one.get("theirs")))]
        return boxes[0] if len(boxes) == 1 else SafeString(f'<div class="mus-pair">{"".join(boxes)}</div>')

    def _theirs(self, question: Question) -> SafeString:
        context = self._control(question["id"], question)
        return render_to_string(THEIR_TEMPLATE, context)

    def _box(self, question: Question) -> SafeString:
        if question.get("theirs"):
            return self._theirs(question)
        question_type = registry.get(question["type"])
        own = self._control(question["id"], question)
        cells = []
        if question_type.has_parts(question):
            parts = [part for part in question_type.fixed_parts(question) if part]
            cells = [self._cell(question, part) for part in parts]
        rule = question["visible_if"]
        context = {
            **own,
            **question_type.cells(question, {cell["part"]: cell for cell in cells}),
            "help": SafeString(question["help"]),  # cleaned when the form was frozen
            "rule": json.dumps(question["visible_if"], ensure_ascii=False) if question["visible_if"] else "",
            "needed": json.dumps(question["required_if"], ensure_ascii=False) if question["required_if"] else "",
            "rule_in_words": in_words(rule, self._by_id) if rule else "",
        }
        return render_to_string(question_type.template, context)

    def _cell(self, question: Question, part: str) -> dict[str, Any]:
        part_question = registry.get(question["type"]).part_question(question, part)
        context = {**self._control(key_of(question["id"], part), part_question), "part": part}
        control = render_to_string(registry.get(part_question["type"]).control_template, context)
        return {**context, "control": control, "error": context["gap"]["error"]}

    def _control(self, key: str, question: Question) -> dict[str, Any]:
        """What a control's template is given."""
        place = _place(key, question)
        index = len(self.places)
        self.places.append(place)
        choices = [
            {"key": choice, "label": label, "checked": _mark("checked", index, choice)}
            for choice, label in place.question_type.choices(question)
        ]
        return {
            **place.question_type.context(question),
            "question": question,
            "settings": question["settings"],
            "name": place.name,
            "choices": choices,
            "decimal_mark": self._decimal_mark,
            "gap": {name: _mark(name, index) for name in GAPS},
        }


def _pages_mark(parts: Sequence[Part], index: int) -> SafeString | str:
    """Says on which pages of the form an element stands; nothing where all of the form is one page."""
    if not parts:
        return ""
    pages = f"{parts[0].number}-{parts[-1].number}"
    return format_html(' data-mus-part="{}"{}', pages, _mark("off", index, pages))


def _mark(name: str, place: int, argument: str = "") -> SafeString:
    return SafeString(f"{TOKEN}<{name}:{place}:{argument}>")
