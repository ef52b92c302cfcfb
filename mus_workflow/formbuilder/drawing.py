"""The templates of a form, run once: a page in which marks stand for what each request fills in."""

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from django.template.loader import render_to_string
from django.utils.formats import get_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override

from mus_workflow.formbuilder.conditions import in_words
from mus_workflow.formbuilder.paging import Part, parts_of
from mus_workflow.formbuilder.parts import field_name, key_of, split_key
from mus_workflow.formbuilder.questions import QuestionType, registry
from mus_workflow.formbuilder.schema import questions
from mus_workflow.formbuilder.shapes import Question, Schema

TOKEN = secrets.token_hex(16)
MARK = re.compile(f"{TOKEN}<([a-z]+):([0-9]+):([^>]*)>")
EMPTY_LINES = re.compile(r"\n[ \t]*(?=\n)")
SECTION_TEMPLATE = "mus_workflow/questions/section.html"
THEIR_TEMPLATE = "mus_workflow/questions/theirs.html"
# What a template can leave a gap for; `rendering` has a filler for each.
GAPS = (
    "value",
    "words",
    "checked",
    "selected",
    "hidden",
    "described",
    "invalid",
    "error",
    "extra",
    "more",
    "off",
    "theirs",
    "other",
)


class Place(NamedTuple):
    """What never changes about one control of the page: the question's own, or one of its parts'."""

    key: str
    question: Question
    question_type: QuestionType
    name: str
    described: str
    described_with_error: str


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


class Drawing:
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
            parts = [part for part in question_type.drawn_parts(question) if part]
            cells = [self._cell(question, part) for part in parts]
        rule = question["visible_if"]
        context = {
            **own,
            **question_type.context_among(question, self._by_id),
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
            {
                "key": choice,
                "label": label,
                "help": place.question_type.explanation(question, choice),
                "checked": _mark("checked", index, choice),
                "selected": _mark("selected", index, choice),
            }
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
