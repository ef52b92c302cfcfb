"""The people and their dialogues as they stand in ``people/*.toml``.

Days count from the day of the talk, and ``*_day`` of a talk itself counts from today: the demo is always fresh.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PEOPLE = Path(__file__).parent / "people"

Answers = dict[str, Any]


@dataclass(frozen=True)
class Item:
    """An agreed item, how it went, and how it ended in the next talk. ``again`` names the item it repeats."""

    what: str
    key: str
    who: str = "BOTH"
    due: int | None = None
    about: str = "TASKS"
    support: str = ""
    measure: str = ""
    progress: list[list[Any]] = field(default_factory=list)  # rows of [day, progress, note, by]
    outcome: str = ""
    said: str = ""
    replied: str = ""
    repeat: bool = False
    again: str = ""


@dataclass(frozen=True)
class Round:
    """One state of the agreement on the way to the signatures. ``then`` is "save" or "present"."""

    then: str = "present"
    answers: Answers = field(default_factory=dict)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """A change of the signed agreement. ``until`` is "signed", or "written" for one that is still being written."""

    day: int
    by: str
    note: str
    answers: Answers = field(default_factory=dict)
    items: dict[str, dict[str, Any]] = field(default_factory=dict)
    added: list[Item] = field(default_factory=list)
    until: str = "signed"


@dataclass(frozen=True)
class Talk:
    """One dialogue, from planning to the stage it ``reaches``. Answers are by the names of ``questions.json``."""

    day: int
    reaches: str
    employee: Answers = field(default_factory=dict)
    manager: Answers = field(default_factory=dict)
    agreement: Answers = field(default_factory=dict)
    follow_up: Answers = field(default_factory=dict)
    items: list[Item] = field(default_factory=list)
    rounds: list[Round] = field(default_factory=lambda: [Round()])
    changes: list[Change] = field(default_factory=list)
    share: list[str] | None = None  # None: what the form shares by default
    shares_again: bool = False
    settle: list[str] | None = None  # None: every open item of last time
    signed_by: tuple[str, ...] = ("EMPLOYEE", "MANAGER")
    arranged_by: str = ""
    planned_day: int | None = None
    due_day: int | None = None
    ended_day: int | None = None
    closed_day: int | None = None
    reason: str = ""


@dataclass(frozen=True)
class Person:
    """Somebody who works here, since how many months, and under whom."""

    login: str
    name: str
    title: str
    months: int
    unit: str
    manager: str
    new_manager: str = ""
    talks: list[Talk] = field(default_factory=list)


def everybody() -> list[Person]:
    """All the people, those who manage others before the rest."""
    people = [person for file in sorted(PEOPLE.glob("*.toml")) for person in _people(file)]
    managers = {person.manager for person in people} | {person.new_manager for person in people}
    return sorted(people, key=lambda person: person.login not in managers)


def _people(file: Path) -> Iterator[Person]:
    content = tomllib.loads(file.read_text(encoding="utf-8"))
    shared = {name: content[name] for name in ("unit", "manager", "new_manager") if name in content}
    for row in content["people"]:
        talks = [_talk(talk) for talk in row.pop("talks", [])]
        yield Person(**{**shared, **row}, talks=talks)


def _talk(row: dict[str, Any]) -> Talk:
    made = {
        "items": _items(row.pop("items", [])),
        "changes": [
            Change(**{**change, "added": _items(change.pop("added", []))}) for change in row.pop("changes", [])
        ],
    }
    if "rounds" in row:
        made["rounds"] = [Round(**each) for each in row.pop("rounds")]
    return Talk(**row, **made)


def _items(rows: list[dict[str, Any]]) -> list[Item]:
    return [Item(**{"key": str(number), **row}) for number, row in enumerate(rows, start=1)]
