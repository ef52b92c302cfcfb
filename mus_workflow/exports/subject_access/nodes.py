"""What is told of a person, once: as JSON for a program and as a document for a reader, from the same nodes.

So neither can hold what the other lacks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, ClassVar, NamedTuple

from django.db.models import Choices
from django.utils.translation import gettext as _

from mus_workflow.documents.named import with_names
from mus_workflow.history.opening import Gone
from mus_workflow.history.revisions import in_words

SHORT = 8


class Coded(NamedTuple):
    """A stored value, and the words for it."""

    code: str
    words: str


class Digest(str):
    """A check number: long, without spaces."""

    __slots__ = ()
    is_digest = True


Value = str | int | bool | date | datetime | Coded | Digest | Gone | None


@dataclass(frozen=True)
class Facts:
    """Single facts: (key, label, value). Without a title where the heading above says it all."""

    kind: ClassVar[str] = "facts"
    key: str
    title: str
    facts: Sequence[tuple[str, str, Value]]

    def as_json(self) -> Any:
        """{key: value}."""
        return {key: plain(value) for key, _label, value in self.facts}

    @property
    def is_short(self) -> bool:
        """Whether it should stand on one page."""
        return len(self.shown) <= SHORT

    @property
    def shown(self) -> list[tuple[str, Any]]:
        """(label, words) of the facts that say something."""
        return [(label, shown(value)) for _key, label, value in self.facts if value not in (None, "")]


@dataclass(frozen=True)
class Rows:
    """A table. ``columns`` are (key, label); one without a label is for programs only."""

    kind: ClassVar[str] = "rows"
    key: str
    title: str
    columns: Sequence[tuple[str, str]]
    rows: Sequence[Sequence[Value]]

    def as_json(self) -> Any:
        """One object for each row."""
        keys = [key for key, _label in self.columns]
        return [dict(zip(keys, map(plain, row), strict=True)) for row in self.rows]

    @property
    def labels(self) -> list[str]:
        """The heading of each column that says something."""
        return [self.columns[number][1] for number in self._telling]

    @property
    def shown(self) -> list[list[Any]]:
        """The rows in words, without the columns that say nothing."""
        return [[shown(row[number]) for number in self._telling] for row in self.rows]

    @property
    def is_short(self) -> bool:
        """Whether it should stand on one page."""
        return len(self.rows) <= SHORT

    @property
    def _telling(self) -> list[int]:
        labelled = [number for number, (_key, label) in enumerate(self.columns) if label]
        return [number for number in labelled if any(row[number] not in (None, "") for row in self.rows)]


@dataclass(frozen=True)
class Words:
    """A text as it was recorded or stands, in its own language; or that it was erased."""

    kind: ClassVar[str] = "words"
    key: str
    title: str
    document: Mapping[str, Any] | Gone

    def as_json(self) -> Any:
        """The document as it is."""
        return plain(self.document)

    @property
    def erased(self) -> str:
        """That it was erased, in a sentence; empty when it stands."""
        return in_words(self.document) if isinstance(self.document, Gone) else ""

    @property
    def shown(self) -> Mapping[str, Any]:
        """The document, with names where it is an agreement."""
        whole = {"items": [], "settled": [], **self.document}
        return with_names(whole) if "parties" in whole else whole


@dataclass(frozen=True)
class Stored:
    """What another node tells, as it is stored: for programs only, with what was taken out and is still kept."""

    kind: ClassVar[str] = "stored"
    key: str
    value: Any

    def as_json(self) -> Any:
        """The value as it is."""
        return plain(self.value)


@dataclass(frozen=True)
class Group:
    """Several things under one heading."""

    kind: ClassVar[str] = "group"
    key: str
    title: str
    nodes: Sequence[Node]
    intro: str = ""

    def as_json(self) -> Any:
        """{key: node}."""
        return {node.key: node.as_json() for node in self.nodes}

    @property
    def shown(self) -> list[Node]:
        """The nodes that say something."""
        return [node for node in self.nodes if says_something(node)]


@dataclass(frozen=True)
class Many(Group):
    """Things of one kind, one after the other."""

    kind: ClassVar[str] = "group"

    def as_json(self) -> Any:
        """A list of nodes."""
        return [node.as_json() for node in self.nodes]


Node = Facts | Rows | Words | Stored | Group


def coded(choices: type[Choices], value: str) -> Coded | None:
    """A stored choice with its words; None for an empty one. A value that is no choice any more stands for itself."""
    if not value:
        return None
    return Coded(value, str(choices(value).label) if value in choices.values else value)


def says_something(node: Node) -> bool:
    """Whether there is anything to show of it."""
    if isinstance(node, Rows):
        return bool(node.rows)
    if isinstance(node, Facts):
        return bool(node.shown)
    if isinstance(node, Group):
        return any(says_something(one) for one in node.nodes)
    return isinstance(node, Words)


def plain(value: Any) -> Any:
    """A value as JSON: days and times in ISO 8601, times in UTC, a choice with its words."""
    if isinstance(value, Coded):
        return {"code": value.code, "words": value.words}
    if isinstance(value, Gone):
        return {"erased_by_rule": value.rule}
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return value.isoformat() if isinstance(value, date) else value


def shown(value: Value) -> Any:
    """A value in words; days and times as they are, for the template to word."""
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, Coded):
        return value.words
    if isinstance(value, Gone):
        return in_words(value)
    return "" if value is None else value
