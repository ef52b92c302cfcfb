"""How far a form has been translated: what is missing, what has changed since, what is left over."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import NamedTuple

from mus_workflow.formbuilder.html import frozen_html
from mus_workflow.formbuilder.shapes import Schema
from mus_workflow.formbuilder.wording import FORM_ID, HTML_KEYS, held_key, texts

Texts = Mapping[str, Mapping[str, str]]


class State(StrEnum):
    """How one text stands in another language."""

    MISSING = "MISSING"
    STALE = "STALE"
    DONE = "DONE"


class Line(NamedTuple):
    """One text of a form and what it is called in another language.

    `made_from` is the text that was translated; None where that was never recorded, and then it counts as unchanged.
    `heads` is whose texts begin here: FORM, SECTION or QUESTION; empty for a further text of the same.
    """

    id: str
    key: str
    heads: str
    source: str
    written: str
    made_from: str | None

    @property
    def is_html(self) -> bool:
        return self.key in HTML_KEYS

    @property
    def state(self) -> State:
        """Missing, made from other words than stand there now, or done."""
        if not self.written:
            return State.MISSING
        return State.DONE if self.made_from is None or self.made_from == self.source else State.STALE


class Progress(NamedTuple):
    """How many of a form's texts there are in another language."""

    total: int
    missing: int
    stale: int
    left_over: int

    @property
    def written(self) -> int:
        return self.total - self.missing


def comparable(key: str, text: str) -> str:
    """A text as it will be frozen: what cannot be told apart there is no change."""
    return frozen_html(text) if key in HTML_KEYS else text.strip()


def lines(document: Schema, written: Texts, sources: Texts) -> list[Line]:
    """Every text of the document that says something, in reading order, with its translation."""
    found = []
    for slot_id, key, heads, source in _said(document):
        translated = comparable(key, written.get(slot_id, {}).get(key, ""))
        found.append(Line(slot_id, key, heads, source, translated, sources.get(slot_id, {}).get(key)))
    return found


def _said(document: Schema) -> Iterator[tuple[str, str, str, str]]:
    heads = {section["id"]: "SECTION" for section in document["sections"]}
    heads |= {question["id"]: "QUESTION" for section in document["sections"] for question in section["questions"]}
    heads[FORM_ID] = "FORM"
    for slot in texts(dict(document)):
        source = comparable(slot.key, str(slot.holder.get(held_key(slot)) or ""))
        if source:
            yield slot.id, slot.key, heads.pop(slot.id, ""), source


def left_over(document: Schema, written: Texts) -> dict[tuple[str, str], str]:
    """Translations of texts that the document no longer has, by id and name."""
    wanted = {(slot_id, key) for slot_id, key, _heads, _source in _said(document)}
    return {
        (slot_id, key): text
        for slot_id, by_key in written.items()
        for key, text in by_key.items()
        if (slot_id, key) not in wanted and text.strip()
    }


def progress(document: Schema, written: Texts, sources: Texts) -> Progress:
    """How many texts there are, are missing, are made from other words, and are left over."""
    states = [line.state for line in lines(document, written, sources)]
    unused = len(left_over(document, written))
    return Progress(len(states), states.count(State.MISSING), states.count(State.STALE), unused)


def sources_of(document: Schema, written: Texts) -> dict[str, dict[str, str]]:
    """The texts that these translations stand for now, to be kept beside them."""
    found: dict[str, dict[str, str]] = {}
    for line in lines(document, written, {}):
        if line.written:
            found.setdefault(line.id, {})[line.key] = line.source
    return found
