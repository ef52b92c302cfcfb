"""What a new version of a form changes, question by question, and how much each change matters.

Two documents differ in *atoms*: one key of a question, one option that came or went, one translated text. Atoms of one
question that matter equally much make one `Change`, which an editor decides on as a whole. `bridging.bridged` applies
the atoms of the changes that were chosen to the old document; with all of them chosen it is the new one.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from django.utils.translation import gettext as _

from mus_workflow.formbuilder.formats import upgraded
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.base import short_label
from mus_workflow.formbuilder.rewriting import is_rewritten
from mus_workflow.formbuilder.schema import questions
from mus_workflow.formbuilder.shapes import Json, Question, Schema
from mus_workflow.formbuilder.wording import FORM_ID, HTML_KEYS, texts

ORDER_ID = "order"
MISSING: Any = type("Missing", (), {"__repr__": lambda self: "MISSING"})()


class Kind(StrEnum):
    """How much a change matters."""

    WORDING = "WORDING"
    HELP = "HELP"
    ORDER = "ORDER"
    REQUIRED = "REQUIRED"
    OPTIONS = "OPTIONS"
    MEANING = "MEANING"
    PRIVACY = "PRIVACY"  # an answer would be shared, or counted, that its author wrote for nobody else
    ADDED = "ADDED"
    REMOVED = "REMOVED"
    SECTION = "SECTION"
    TYPE = "TYPE"
    FORM = "FORM"


class Choice(StrEnum):
    """What running dialogues do about a change."""

    STAY = "STAY"
    MOVE = "MOVE"
    CONFIRM = "CONFIRM"  # move, and the author says whether the answer still stands


class Atom(NamedTuple):
    """One difference. `id` is a question's, a section's, or FORM_ID; `path` is where in it."""

    id: str
    path: tuple[str, ...]
    old: Json = MISSING
    new: Json = MISSING


@dataclass(frozen=True)
class Change:
    """Differences of one question, section or form that are decided on together.

    `id` is the question's or section's, FORM_ID, or ORDER_ID; `label` what the editor calls it.
    """

    kind: Kind
    id: str
    label: str
    atoms: tuple[Atom, ...]

    @property
    def key(self) -> str:
        """The change's name in the choices, `KIND:id`."""
        return f"{self.kind}:{self.id}"

    @property
    def offered(self) -> tuple[Choice, ...]:
        """What the editor may choose."""
        if self.kind is Kind.PRIVACY:
            return (Choice.STAY,)
        if self.kind is Kind.MEANING and self.id != FORM_ID:
            return (Choice.STAY, Choice.CONFIRM)
        if self.kind in (Kind.ADDED, Kind.REMOVED, Kind.ORDER, Kind.SECTION, Kind.FORM) or self.id == FORM_ID:
            return (Choice.STAY, Choice.MOVE)
        return (Choice.STAY, Choice.MOVE, Choice.CONFIRM)

    @property
    def suggested(self) -> Choice:
        """What is chosen unless the editor says otherwise."""
        if self.kind is Kind.MEANING and Choice.CONFIRM in self.offered:
            return Choice.CONFIRM
        careful = (Kind.MEANING, Kind.PRIVACY, Kind.REMOVED, Kind.OPTIONS, Kind.TYPE)
        return Choice.STAY if self.kind in careful else Choice.MOVE


class Orphan(NamedTuple):
    """A question whose stored answers could not be read any more."""

    id: str
    label: str
    old_type: str
    new_type: str

    def __str__(self) -> str:
        names = (str(registry.get(kind).label) for kind in (self.old_type, self.new_type))
        return _(
            "“%(label)s” was a question of the type “%(old)s”, and what was answered cannot be read as “%(new)s”. "
            "Add a new question instead."
        ) % dict(zip(("label", "old", "new"), (self.label, *names), strict=True))


def orphaning(old: Schema, new: Schema) -> list[Orphan]:
    """The questions of the new document whose type no longer reads the answers that the old one asked for."""
    before = {question["id"]: question for question in questions(upgraded(old))}
    pairs = ((before[question["id"]], question) for question in questions(upgraded(new)) if question["id"] in before)
    return [
        Orphan(one["id"], short_label(other), one["type"], other["type"])
        for one, other in pairs
        if registry.get(one["type"]).asks and not registry.get(other["type"]).keeps_answers(one, other)
    ]


def impact(old: Schema, new: Schema) -> list[Change]:
    """What the new document changes: form, order, then section by section as it stands, removed ones last.

    Empty for documents that are alike. No two changes have the same key, and no atom is in two of them.
    """
    old, new = upgraded(old), upgraded(new)
    found: dict[tuple[str, Kind], list[Atom]] = defaultdict(list)
    for atom in _atoms(old, new):
        found[_owner(atom), _kind(atom, old, new)].append(atom)
    order = {part_id: place for place, part_id in enumerate([FORM_ID, ORDER_ID, *_ids(new), *_ids(old)][::-1])}
    labels = {**_labels(old), **_labels(new), FORM_ID: new["title"], ORDER_ID: ""}
    ranked = sorted(found, key=lambda pair: (-order[pair[0]], list(Kind).index(pair[1])))
    return [Change(kind, part_id, labels[part_id], tuple(found[part_id, kind])) for part_id, kind in ranked]


def _owner(atom: Atom) -> str:
    return ORDER_ID if atom.path[0] in ("place", "parent") else atom.id


def _ids(schema: Schema) -> Iterator[str]:
    for section in schema["sections"]:
        yield section["id"]
        yield from (question["id"] for question in section["questions"])


def _labels(schema: Schema) -> dict[str, str]:
    labels = {section["id"]: section["heading"] for section in schema["sections"]}
    return {**labels, **{question["id"]: short_label(question) for question in questions(schema)}}


# The differences


def _atoms(old: Schema, new: Schema) -> Iterator[Atom]:
    own = ("sections", "translations", "format")
    yield from _keys(FORM_ID, old, new, but=own)
    before, after = _sections(old), _sections(new)
    yield from _came_and_went(before, after)
    for section_id in after:
        if section_id in before:
            yield from _keys(section_id, before[section_id], after[section_id], but=("id", "questions"))
    earlier, later = ({one["id"]: one for one in questions(schema)} for schema in (old, new))
    yield from _came_and_went(earlier, later)
    for question_id in later:
        if question_id in earlier:
            yield from _question_atoms(earlier[question_id], later[question_id])
    yield from _order_atoms(old, new)
    yield from _translation_atoms(old, new)


def _sections(schema: Schema) -> dict[str, Mapping[str, Any]]:
    return {section["id"]: section for section in schema["sections"]}


def _came_and_went(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Atom]:
    yield from (Atom(one, ("whole",), MISSING, after[one]) for one in after if one not in before)
    yield from (Atom(one, ("whole",), before[one], MISSING) for one in before if one not in after)


def _keys(part_id: str, old: Mapping[str, Any], new: Mapping[str, Any], *, but: Sequence[str]) -> Iterator[Atom]:
    for key in dict.fromkeys([*new, *old]):
        before, after = old.get(key, MISSING), new.get(key, MISSING)
        if key not in but and differ(before, after):
            yield Atom(part_id, (key,), before, after)


def differ(one: Json, other: Json) -> bool:
    """Whether two JSON values differ; 1 and true do."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() != other.keys() or any(differ(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) != len(other) or any(differ(*pair) for pair in zip(one, other, strict=True))
    return type(one) is not type(other) or bool(one != other)


def _question_atoms(old: Question, new: Question) -> Iterator[Atom]:
    yield from _keys(old["id"], old, new, but=("id", "settings", "parent"))
    if old["type"] != new["type"]:
        if differ(old["settings"], new["settings"]):
            yield Atom(old["id"], ("settings",), old["settings"], new["settings"])
        return
    for atom in _keys(old["id"], old["settings"], new["settings"], but=()):
        if _has_ids(atom.old) and _has_ids(atom.new):
            yield from _part_atoms(atom)
        else:
            yield atom._replace(path=("settings", *atom.path))


def _has_ids(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(one, Mapping) and isinstance(one.get("id"), str) for one in value)


def _part_atoms(atom: Atom) -> Iterator[Atom]:
    """Differences of a list of options, rows or columns, each known by its id."""
    before, after = ({one["id"]: one for one in value} for value in (atom.old, atom.new))
    here = ("settings", *atom.path)
    yield from (Atom(atom.id, (*here, one, "whole"), MISSING, after[one]) for one in after if one not in before)
    yield from (Atom(atom.id, (*here, one, "whole"), before[one], MISSING) for one in before if one not in after)
    for one in after:
        if one in before:
            for found in _keys(atom.id, before[one], after[one], but=("id",)):
                yield found._replace(path=(*here, one, *found.path))
    kept = [[one for one in value if one in before and one in after] for value in (before, after)]
    if kept[0] != kept[1]:
        yield Atom(atom.id, (*here, "order"), kept[0], kept[1])


def _order_atoms(old: Schema, new: Schema) -> Iterator[Atom]:
    """Sections and questions that stand elsewhere, seen from those that both documents have."""
    both = set(_ids(old)) & set(_ids(new))
    where = [_places(schema, both) for schema in (old, new)]
    for part_id in where[1]:
        if where[0][part_id] != where[1][part_id]:
            yield Atom(part_id, ("place",), where[0][part_id], where[1][part_id])
    earlier = {one["id"]: one for one in questions(old)}
    for question in questions(new):
        before = earlier.get(question["id"], question)
        if before["parent"] != question["parent"]:
            yield Atom(question["id"], ("parent",), before["parent"], question["parent"])


def _places(schema: Schema, both: set[str]) -> dict[str, list[str]]:
    """{id: [its section, what stands before it]} of the parts that both documents have."""
    places: dict[str, list[str]] = {}
    above = ""
    for section in schema["sections"]:
        if section["id"] in both:
            places[section["id"]] = ["", above]
            above = section["id"]
        before = ""
        for question in section["questions"]:
            if question["id"] in both:
                places[question["id"]] = [section["id"], before]
                before = question["id"]
    return places


def _translation_atoms(old: Schema, new: Schema) -> Iterator[Atom]:
    """Translations that differ, of texts that both documents have: others come and go with their text."""
    owners = owners_of(old), owners_of(new)
    for language in dict.fromkeys([*new["translations"], *old["translations"]]):
        for slot in owners[1]:
            if slot in owners[0]:
                before, after = (translated(schema, language, slot) for schema in (old, new))
                if differ(before, after):
                    yield Atom(owners[1][slot], ("translations", language, *slot), before, after)


def owners_of(schema: Schema) -> dict[tuple[str, str], str]:
    """{(id, key): whose it is} of every text: an option's text is its question's."""
    owners: dict[tuple[str, str], str] = {}
    parts = {question["id"] for question in questions(schema)} | set(_sections(schema)) | {FORM_ID}
    owner = FORM_ID
    for slot in texts(dict(schema)):
        owner = slot.id if slot.id in parts else owner
        owners[slot.id, slot.key] = owner
    return owners


def translated(schema: Schema, language: str, slot: tuple[str, str]) -> Json:
    """The text of a slot in a language; MISSING where there is none."""
    return schema["translations"].get(language, {}).get(slot[0], {}).get(slot[1], MISSING)


# How much they matter

_OF_A_QUESTION = {
    "number": Kind.WORDING,
    "placeholder": Kind.WORDING,
    "example": Kind.WORDING,
    "help": Kind.HELP,
    "required": Kind.REQUIRED,
    "required_if": Kind.REQUIRED,
    "parent": Kind.ORDER,
    "place": Kind.ORDER,
    "type": Kind.TYPE,
}
_OF_THE_FORM = {"title": Kind.FORM, "intro": Kind.FORM, "layout": Kind.FORM, "translations": Kind.FORM}
_WIDER = {"sharing": ("PRIVATE", "SHARED", "ALWAYS"), "sensitive": (True, False), "countable": (False, True)}


def _kind(atom: Atom, old: Schema, new: Schema) -> Kind:
    name = atom.path[0]
    if name in ("place", "parent"):
        return Kind.ORDER
    if atom.id == FORM_ID:
        return _OF_THE_FORM.get(name, Kind.MEANING)
    if atom.id in _sections(new) or atom.id in _sections(old):
        return Kind.SECTION
    if name == "whole":
        return Kind.ADDED if atom.old is MISSING else Kind.REMOVED
    before, after = (_question(schema, atom.id) for schema in (old, new))
    if name == "translations":
        return _of_translation(atom, before, after)
    if name in ("label", "mirrored"):
        return _of_words(atom.old, atom.new)
    if name in _WIDER:
        return _of_privacy(atom)
    return _of_setting(atom, before, after) if name == "settings" else _OF_A_QUESTION.get(name, Kind.MEANING)


def _question(schema: Schema, question_id: str) -> Question:
    return next(question for question in questions(schema) if question["id"] == question_id)


def _of_words(old: Json, new: Json) -> Kind:
    both = isinstance(old, str) and isinstance(new, str)
    return Kind.MEANING if not both or is_rewritten(old, new) else Kind.WORDING


def _of_privacy(atom: Atom) -> Kind:
    scale = _WIDER[atom.path[0]]
    is_known = atom.old in scale and atom.new in scale
    return Kind.PRIVACY if is_known and scale.index(atom.new) > scale.index(atom.old) else Kind.MEANING


def _of_translation(atom: Atom, old: Question, new: Question) -> Kind:
    """A translation is decided on with the text it translates; by itself it is wording, or help."""
    _name, _language, part_id, key = atom.path
    words = [_text_of(question, part_id, key) for question in (old, new)]
    if words[0] != words[1] and key not in (*HTML_KEYS, "placeholder", "example"):
        return Kind.TYPE if old["type"] != new["type"] and key != "label" else _of_words(*words)
    return Kind.HELP if part_id == new["id"] and key == "help" else Kind.WORDING


def _text_of(question: Question, part_id: str, key: str) -> Json:
    if part_id == question["id"] and key in question:
        return question[key]
    slots = registry.get(question["type"]).translatable(dict(question["settings"]))
    return next((slot.holder[key] for slot in slots if (slot.id or question["id"], slot.key) == (part_id, key)), None)


def _of_setting(atom: Atom, old: Question, new: Question) -> Kind:
    if old["type"] != new["type"]:
        return Kind.TYPE
    question_type = registry.get(new["type"])
    last = atom.path[-1]
    if len(atom.path) > 2 and last in ("whole", "order"):
        return Kind.MEANING if atom.new is MISSING else Kind.OPTIONS
    part_id = atom.path[2] if len(atom.path) > 2 else ""
    slots = {(slot.id, slot.key) for slot in question_type.translatable(dict(new["settings"]))}
    if (part_id, last) in slots:
        return Kind.WORDING if last in HTML_KEYS else _of_words(atom.old, atom.new)
    return Kind.OPTIONS if last in question_type.limits else Kind.MEANING
