"""The old document with only some of a new one's changes: what running dialogues meet when an editor chooses so."""

import copy
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from mus_workflow.formbuilder.conditions import terms_of
from mus_workflow.formbuilder.formats import upgraded
from mus_workflow.formbuilder.impact import (
    MISSING,
    ORDER_ID,
    Atom,
    Change,
    Choice,
    impact,
    orphaning,
    owners_of,
    translated,
)
from mus_workflow.formbuilder.schema import SchemaError, questions, validate
from mus_workflow.formbuilder.shapes import Json, Question, Schema
from mus_workflow.formbuilder.wording import FORM_ID

PLACE = re.compile(r"sections\[(\d+)\](?:\.questions\[(\d+)\])?")

Row = dict[str, Any]


class CannotGoTogether(ValueError):
    """The choices make no form. `changes` are those that stand in each other's way, as far as they are known."""

    def __init__(self, changes: Sequence[Change], reason: str) -> None:
        super().__init__(reason)
        self.changes = list(changes)
        self.reason = reason


def choices_for(changes: Iterable[Change], wanted: Mapping[str, str]) -> dict[str, Choice]:
    """A lawful choice for each change, by its key: the wanted one where it is offered, otherwise to stay.

    A change that nobody was asked about stays as well: it is older than the new version, or matters
    more seen from here.
    """
    return {
        change.key: Choice(wanted[change.key]) if wanted.get(change.key) in change.offered else Choice.STAY
        for change in changes
    }


def bridged(old: Schema, new: Schema, choices: Mapping[str, str]) -> dict[str, Json]:
    """The old document with the changes that are to move or to be confirmed, in the newest format.

    Changes without a lawful choice stay, and so do those that would orphan answers. CannotGoTogether when the rest is
    no form.
    """
    old, new = upgraded(old), upgraded(new)
    orphans = {orphan.id for orphan in orphaning(old, new)}
    changes = [change for change in impact(old, new) if change.id not in orphans]
    lawful = choices_for(changes, choices)
    taken = [change for change in changes if lawful[change.key] is not Choice.STAY]
    document = _Bridge(old, new, [atom for change in taken for atom in change.atoms]).document()
    try:
        validate(document)
    except SchemaError as error:
        raise CannotGoTogether(_in_the_way(error, document, changes), error.reason) from error
    return document


def to_confirm(changes: Iterable[Change], choices: Mapping[str, Choice]) -> list[str]:
    """The ids of the questions whose authors say whether their answer still stands."""
    return list(dict.fromkeys(one.id for one in changes if choices.get(one.key) is Choice.CONFIRM))


def _in_the_way(error: SchemaError, document: Schema, changes: Sequence[Change]) -> list[Change]:
    """The changes of what the error names, and of what that points to."""
    found = PLACE.match(error.path)
    if found is None:
        return list(changes)
    section = document["sections"][int(found[1])]
    part = section["questions"][int(found[2])] if found[2] else section
    rules = [part.get(key) for key in ("visible_if", "required_if")]
    named = {term.get("question") for rule in rules for term in terms_of(rule)} | {part["id"], part.get("parent")}
    near = [change for change in changes if change.id in named or change.id == ORDER_ID]
    return near or list(changes)


class _Bridge:
    """One old document, and the atoms that are applied to it."""

    def __init__(self, old: Schema, new: Schema, atoms: Sequence[Atom]) -> None:
        self.old, self.new = old, new
        self.atoms: dict[str, list[Atom]] = {}
        for atom in atoms:
            self.atoms.setdefault(atom.id, []).append(atom)
        self.moves = any(atom.path[0] in ("place", "parent") for atom in atoms)
        self.before = {one["id"]: one for one in questions(old)}
        self.after = {one["id"]: one for one in questions(new)}

    def document(self) -> dict[str, Json]:
        """The old form with the atoms applied."""
        form = _applied({key: value for key, value in self.old.items() if key != "sections"}, self._of(FORM_ID))
        document = {**form, "sections": self._sections()}
        return {**document, "translations": self._translations(document)}

    def _of(self, part_id: str) -> list[Atom]:
        return [atom for atom in self.atoms.get(part_id, ()) if atom.path[0] not in ("translations", "place", "parent")]

    def _is_there(self, part_id: str, before: Collection[str]) -> bool:
        """Whether a part of either document is in the bridge: one that came or went is there only as chosen."""
        turned = any(atom.path == ("whole",) for atom in self._of(part_id))
        return (part_id in before) is not turned

    def _sections(self) -> list[Row]:
        earlier, later = ({one["id"]: one for one in schema["sections"]} for schema in (self.old, self.new))
        asked = {one for one in {**self.before, **self.after} if self._is_there(one, self.before)}
        home = self._homes(asked)
        # A section stays as long as a question in it does, and comes with the first that moves into it.
        kept = {one for one in {**earlier, **later} if self._is_there(one, earlier)} | set(home.values())
        first, second = (later, earlier) if self.moves else (earlier, later)
        order = _arranged(list(first), list(second), kept)
        mine = {one: [question_id for question_id in asked if home[question_id] == one] for one in order}
        return [self._section(one, earlier, later, mine[one]) for one in order]

    def _homes(self, asked: Collection[str]) -> dict[str, str]:
        """{question id: the section it stands in}."""
        old, new = (
            {question["id"]: section["id"] for section in schema["sections"] for question in section["questions"]}
            for schema in (self.old, self.new)
        )
        first, second = (new, old) if self.moves else (old, new)
        return {one: first.get(one, second.get(one, "")) for one in asked}

    def _section(
        self, section_id: str, earlier: Mapping[str, Row], later: Mapping[str, Row], mine: Collection[str]
    ) -> Row:
        whole = earlier.get(section_id) or later[section_id]
        first, second = (self.after, self.before) if self.moves else (self.before, self.after)
        order = _arranged(list(first), list(second), mine)
        changed = [atom for atom in self._of(section_id) if atom.path != ("whole",)]
        return {**_applied(whole, changed), "questions": [self._question(one) for one in order]}

    def _question(self, question_id: str) -> Question:
        before, after = self.before.get(question_id), self.after.get(question_id)
        question = dict(before or after or {})
        changed = [atom for atom in self._of(question_id) if atom.path != ("whole",)]
        if before and after:
            parent = (after if self.moves else before)["parent"]
            return {**_applied(question, changed, after), "parent": parent}
        return question

    def _translations(self, document: dict[str, Json]) -> dict[str, Json]:
        taken = {atom.path[1:] for atoms in self.atoms.values() for atom in atoms if atom.path[0] == "translations"}
        old, new = owners_of(self.old), owners_of(self.new)
        result: dict[str, Json] = {}
        for language in dict.fromkeys([*self.old["translations"], *self.new["translations"]]):
            for slot in owners_of(document):
                is_new = slot not in old or (slot in new and (language, *slot) in taken)
                words = translated(self.new if is_new else self.old, language, slot)
                if words is not MISSING:
                    result.setdefault(language, {}).setdefault(slot[0], {})[slot[1]] = words
        return result


def _arranged(first: Sequence[str], second: Sequence[str], kept: Collection[str]) -> list[str]:
    """The kept ones in the first order; those that only the second knows each after what it follows there."""
    order = [one for one in first if one in kept]
    known = set(first)
    for place, one in enumerate(second):
        if one in kept and one not in known:
            before = next((other for other in reversed(second[:place]) if other in order), None)
            order.insert(order.index(before) + 1 if before is not None else 0, one)
    return order


def _applied(part: Mapping[str, Json], atoms: Iterable[Atom], newer: Mapping[str, Json] | None = None) -> Row:
    """The part with the atoms applied. `newer` is the same part in the new document, for the order of lists."""
    changed: Row = copy.deepcopy(dict(part))
    lists: dict[str, list[Atom]] = {}
    for atom in atoms:
        if len(atom.path) > 2:
            lists.setdefault(atom.path[1], []).append(atom)
        else:
            _set(changed["settings"] if len(atom.path) == 2 else changed, atom.path[-1], atom.new)
    for name, found in lists.items():
        ids = [one["id"] for one in newer["settings"][name]] if newer else []
        changed["settings"][name] = _with_parts(changed["settings"][name], found, ids)
    return changed


def _with_parts(parts: Sequence[Row], atoms: Iterable[Atom], newer: Sequence[str]) -> list[Row]:
    """A list of options, rows or columns with the atoms applied; `newer` are the ids of the new one, in order."""
    found = {part["id"]: dict(part) for part in parts}
    first, second = list(found), list(newer)
    for atom in atoms:
        part_id = atom.path[2]
        if len(atom.path) == len(("settings", "name", "order")):
            first, second = second, first
        elif atom.path[3] != "whole":
            _set(found[part_id], atom.path[3], atom.new)
        elif atom.new is MISSING:
            del found[part_id]
        else:
            found[part_id] = copy.deepcopy(atom.new)
    return [found[part_id] for part_id in _arranged(first, second, found)]


def _set(holder: Row, key: str, value: Json) -> None:
    if value is MISSING:
        holder.pop(key, None)
    else:
        holder[key] = copy.deepcopy(value)
