"""A form as HTML, fast: templates run once per form version, role and language; a request only fills the gaps.

A template leaves a gap with `{{ gap.value }}`. It comes out as a mark with a token that no editor can know; the page is
cut at the marks and kept. Filling is then string joining, in the order of the page.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import NamedTuple

from django.utils.html import conditional_escape, escape, format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from mus_workflow.formbuilder.conditions import derived_values, shown_ids
from mus_workflow.formbuilder.drawing import MARK, Drawing, Place
from mus_workflow.formbuilder.linking import chosen_rows, narrowing, with_hidden_rows
from mus_workflow.formbuilder.memory import Memory
from mus_workflow.formbuilder.parts import assembled, key_of, split_key
from mus_workflow.formbuilder.projection import FormKey, beside, projected
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.schema import questions
from mus_workflow.formbuilder.shapes import Json, Question, Schema


class OtherSide(NamedTuple):
    """Who else writes on a sheet, and their answers in words, by question id."""

    name: str
    words: Mapping[str, str]


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
    """What one request knows about the whole form: answers and errors by key, and the form's language.

    `rows` are, by question id, the ids of the rows that an answer to another question leaves in.
    """

    answers: Mapping[str, Json]
    errors: Mapping[str, Sequence[str]]
    language: str
    rows: Mapping[str, set[str] | None]
    part: int = 0
    other: OtherSide | None = None


def _value(filling: Filling, argument: str) -> str:
    return escape(filling.place.question_type.input_text(filling.value))


def _words(filling: Filling, argument: str) -> str:
    return escape(filling.place.question_type.text(filling.place.question, filling.value))


def _checked(filling: Filling, argument: str) -> str:
    return " checked" if argument in filling.chosen else ""


def _selected(filling: Filling, argument: str) -> str:
    return " selected" if argument in filling.chosen else ""


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
    question = with_hidden_rows(place.question, filling.page.rows.get(place.key))
    with override(filling.page.language):
        return conditional_escape(place.question_type.more_parts(question, place.name, parts, errors))


def _off(filling: Filling, argument: str) -> str:
    """Whether this is on another page of the form than the one being shown: its pages are "first-last"."""
    first, _dash, last = argument.partition("-")
    part = filling.page.part
    return "" if not part or int(first) <= part <= int(last) else " data-mus-off"


def _theirs(filling: Filling, argument: str) -> str:
    words = filling.page.other.words if filling.page.other else {}
    return escape(words.get(filling.place.key, ""))


def _other(filling: Filling, argument: str) -> str:
    return escape(filling.page.other.name) if filling.page.other else ""


FILLERS: dict[str, Callable[[Filling, str], str]] = {
    "value": _value,
    "words": _words,
    "checked": _checked,
    "selected": _selected,
    "hidden": _hidden,
    "described": _described,
    "invalid": _invalid,
    "error": _error,
    "extra": _extra,
    "more": _more,
    "off": _off,
    "theirs": _theirs,
    "other": _other,
}


class Skeleton(NamedTuple):
    """A page with gaps: `fixed` has one text more than there are gaps, which are (filler, place, argument)."""

    schema: Schema
    places: list[Place]
    fixed: list[str]
    gaps: list[tuple[Callable[[Filling, str], str], int, str]]
    has_conditions: bool
    narrowing: list[Question]
    derives: bool


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
    page = _page(skeleton, answers, errors or {}, part, other)
    fillings = _fillings(skeleton, page, extras or {})
    parts = [skeleton.fixed[0]]
    for (fill, place, argument), text in zip(skeleton.gaps, skeleton.fixed[1:], strict=True):
        parts += (fill(fillings[place], argument), text)
    # Templates escaped the fixed text, and every filler escapes what it fills in.
    return SafeString("".join(parts))


def _page(
    skeleton: Skeleton,
    answers: Mapping[str, Json],
    errors: Mapping[str, Sequence[str]],
    part: int,
    other: OtherSide | None,
) -> Page:
    if skeleton.derives:
        answers = {**answers, **derived_values(skeleton.schema, assembled(skeleton.schema, answers))}
    return Page(answers, errors, skeleton.schema["language"], _rows_left_in(skeleton, answers), part, other)


def _fillings(skeleton: Skeleton, page: Page, extras: Mapping[str, SafeString]) -> list[Filling]:
    visible = None
    if skeleton.has_conditions:
        visible = shown_ids(skeleton.schema, assembled(skeleton.schema, page.answers))
    hidden_rows = _hidden_rows(skeleton, page)
    fillings = []
    for place in skeleton.places:
        question_id, part = split_key(place.key)
        value = page.answers.get(place.key)
        chosen = () if value is None else place.question_type.chosen(value)
        hidden = visible is not None and question_id not in visible
        if part and hidden_rows:
            hidden = key_of(question_id, part.partition("_")[0]) in hidden_rows
        extra = extras.get(question_id, "")
        fillings.append(Filling(place, value, chosen, page.errors.get(place.key, ()), hidden, extra, page))
    return fillings


def _rows_left_in(skeleton: Skeleton, answers: Mapping[str, Json]) -> dict[str, set[str] | None]:
    if not skeleton.narrowing:
        return {}
    by_id = {question["id"]: question for question in questions(skeleton.schema)}
    return {question["id"]: chosen_rows(question, by_id, answers) for question in skeleton.narrowing}


def _hidden_rows(skeleton: Skeleton, page: Page) -> set[str]:
    """The rows that are not asked about, as keys of a part that is the row's id."""
    return {
        key_of(question["id"], row["id"].replace("-", ""))
        for question in skeleton.narrowing
        if (kept := page.rows[question["id"]]) is not None
        for row in question["settings"]["rows"]
        if row["id"] not in kept
    }


def _skeleton(key: FormKey, whole: Schema, *, is_sheet: bool) -> Skeleton:
    schema = beside(whole, key) if is_sheet else projected(whole, key)
    drawing = Drawing(schema)
    pieces = MARK.split(drawing.page())
    gaps = [
        (FILLERS[name], int(place), argument)
        for name, place, argument in zip(pieces[1::4], pieces[2::4], pieces[3::4], strict=True)
    ]
    has_conditions = any(part["visible_if"] for part in (*schema["sections"], *questions(schema)))
    derives = any(registry.get(question["type"]).derives for question in questions(schema))
    return Skeleton(schema, drawing.places, pieces[0::4], gaps, has_conditions, list(narrowing(schema)), derives)
