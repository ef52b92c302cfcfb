"""What changed between two revisions, question by question and item by item: of one agreement, or of two years'."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from .word_difference import Piece, word_difference

ITEM_FIELDS = ("what", "responsible_label", "due_date_label", "support", "measure", "category_label")
ADDED, REMOVED, CHANGED, REWORDED, MOVED, SAME = "ADDED", "REMOVED", "CHANGED", "REWORDED", "MOVED", "SAME"
KINDS = (ADDED, REMOVED, CHANGED, REWORDED, MOVED, SAME)

Pieces = Callable[[str, str], tuple[Piece, ...]]


@dataclass(frozen=True)
class Change:
    """One question or one field of an item: what it is called, how it changed, by whom, and the words.

    ``kind`` is one of KINDS: what was answered comes first, then how it was asked, then where it stands. A question
    may be several of these: ``reworded`` says that another wording was put, ``old_label``, and ``moved`` that it has
    changed places with others or with its section.
    """

    key: str
    where: str
    label: str
    kind: str
    by: str = ""
    pieces: tuple[Piece, ...] = ()
    moved: bool = False
    reworded: bool = False
    old_label: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """All that it is, the first of them ``kind``."""
        also = ((REWORDED, self.reworded), (MOVED, self.moved))
        return (self.kind, *(kind for kind, holds in also if holds and kind != self.kind))

    def masked(self) -> Change:
        """The same change without a word of the answers. What was asked is the form's words, not a person's."""
        return replace(self, pieces=())


def compare_documents(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[Change]:
    """The changes from one revision's document to another's, in the order of the newer. ``old`` None: all is added.

    A question is the same by its id across versions of its form, and an item by its lineage across years.
    """
    return _changes(old, new, word_difference)


def compare_without_words(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[Change]:
    """The same without a word of the answers, and without work that grows with them."""
    return _changes(old, new, lambda before, after: ())


@dataclass(frozen=True)
class _Row:
    """One line of a document. ``place`` is what it moves with, and ``section`` where that stands."""

    where: str
    label: str
    text: str
    by: str
    place: str = ""
    section: str = ""


def _changes(old: Mapping[str, Any] | None, new: Mapping[str, Any], pieces: Pieces) -> list[Change]:
    names = {party["id"]: party["name"] for document in (old, new) if document for party in document["parties"]}
    # In another language every question is worded otherwise, and no editor has changed one.
    one_language = old is None or old.get("language") == new.get("language")
    found = [
        change
        for rows_of in (_answers, _items, _settled)
        for change in _compare(rows_of(old), rows_of(new), names, pieces)
    ]
    return found if one_language else [_in_another_language(change) for change in found]


def _in_another_language(change: Change) -> Change:
    kind = change.kind if change.kind != REWORDED else (MOVED if change.moved else SAME)
    return replace(change, kind=kind, reworded=False, old_label="")


def _answers(document: Mapping[str, Any] | None) -> dict[str, _Row]:
    return {
        answer["id"]: _Row(
            section["heading"],
            answer["label"],
            answer["text"],
            answer["by"],
            answer["id"],
            section.get("id", section["heading"]),
        )
        for section in (document or {"sections": []})["sections"]
        for answer in section["answers"]
    }


def _items(document: Mapping[str, Any] | None) -> dict[str, _Row]:
    labels = _item_labels()
    items = (document or {"items": []})["items"]
    often = Counter(item.get("lineage") for item in items)
    rows = {}
    for number, item in enumerate(items, start=1):
        lineage = item.get("lineage")
        key = lineage if lineage and often[lineage] == 1 else item["id"]
        where = _("Item %(number)s") % {"number": number}
        for field in ITEM_FIELDS:
            if item[field]:
                # An item moves as one: the line that says what it is tells of it.
                place = key if field == "what" else ""
                rows[f"{key}.{field}"] = _Row(where, labels[field], item[field], item["by"], place)
    return rows


def _settled(document: Mapping[str, Any] | None) -> dict[str, _Row]:
    rows = {}
    for number, item in enumerate((document or {"settled": []})["settled"], start=1):
        where = _("Last time's item %(number)s") % {"number": number}
        rows[f"{item['id']}.outcome"] = _Row(where, _("Outcome"), item["outcome_label"], "")
        for role, comment in item["comments"].items():
            if comment:
                label = _("Comment of the employee") if role == "EMPLOYEE" else _("Comment of the manager")
                rows[f"{item['id']}.{role}"] = _Row(where, label, comment, "")
    return rows


def _item_labels() -> dict[str, str]:
    return {
        "what": _("What"),
        "responsible_label": _("Responsible"),
        "due_date_label": _("Due date"),
        "support": _("Support"),
        "measure": _("How we see that it is reached"),
        "category_label": _("About"),
    }


def _compare(
    old: Mapping[str, _Row], new: Mapping[str, _Row], names: Mapping[str, str], pieces: Pieces
) -> list[Change]:
    moved = _moved(old, new)
    changes = []
    for key in _merged_order(list(old), list(new)):
        before, after = old.get(key), new.get(key)
        row = new[key] if key in new else old[key]
        reworded = before is not None and after is not None and before.label != after.label
        changes.append(
            Change(
                key=key,
                where=row.where,
                label=row.label,
                kind=_kind(before, after, reworded, key in moved),
                by=names.get(row.by, ""),
                pieces=pieces(before.text if before else "", after.text if after else ""),
                moved=key in moved,
                reworded=reworded,
                old_label=before.label if before and reworded else "",
            )
        )
    return changes


def _kind(before: _Row | None, after: _Row | None, reworded: bool, moved: bool) -> str:
    if before is None:
        return ADDED
    if after is None:
        return REMOVED
    if before.text != after.text:
        return CHANGED
    return REWORDED if reworded else MOVED if moved else SAME


def _moved(old: Mapping[str, _Row], new: Mapping[str, _Row]) -> set[str]:
    """The keys of what both have and that stands elsewhere: in another section, or past what stayed where it was."""
    both = [key for key, row in new.items() if row.place and key in old]
    elsewhere = {key for key in both if old[key].section != new[key].section}
    stayed = [key for key in both if key not in elsewhere]
    was = {key: position for position, key in enumerate(old)}
    return elsewhere | (set(stayed) - _longest_in_order(stayed, [was[key] for key in stayed]))


def _longest_in_order(keys: Sequence[str], positions: Sequence[int]) -> set[str]:
    """The most keys whose positions grow: a longest increasing subsequence, so that as few as can be have moved."""
    ends: list[int] = []
    at: list[int] = []
    before: list[int | None] = []
    for number, position in enumerate(positions):
        length = bisect_left(ends, position)
        before.append(at[length - 1] if length else None)
        ends[length : length + 1] = [position]
        at[length : length + 1] = [number]
    kept = set()
    last = at[-1] if at else None
    while last is not None:
        kept.add(keys[last])
        last = before[last]
    return kept


def _merged_order(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """The newer order, with each removed key after the one it used to follow."""
    order = list(new)
    for position, key in enumerate(old):
        if key not in new:
            before = old[position - 1] if position else None
            order.insert(order.index(before) + 1 if before in order else 0, key)
    return order
