"""What changed between two revisions, question by question and item by item."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from django.utils.translation import gettext as _

# A word or a sign, with the white space after it: white space by itself would be alike everywhere.
WORDS = re.compile(r"^\s+|(?:\w+|[^\w\s])\s*")
# Pairs of like words beyond which the middle of two texts counts as written anew: time grows with them, and a text of
# one word over and over would hold up whoever compares it.
ALIKE_LIMIT = 1_000_000
ITEM_FIELDS = ("what", "responsible_label", "due_date_label", "support", "measure", "category_label")


@dataclass(frozen=True)
class Piece:
    """A run of words that was kept, added ("ins") or removed ("del")."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """One question or one field of an item: what it is called, how it changed, by whom, and the words.

    ``kind`` is ADDED, REMOVED, CHANGED or SAME. ``masked`` leaves label, kind and writer and drops the words.
    """

    key: str
    where: str
    label: str
    kind: str
    by: str = ""
    pieces: tuple[Piece, ...] = ()

    def masked(self) -> Change:
        """The same change without a word of the answers."""
        return Change(self.key, self.where, self.label, self.kind, self.by)


def compare_documents(old: Mapping[str, Any] | None, new: Mapping[str, Any]) -> list[Change]:
    """The changes from one revision's document to another's, in the order of the newer. ``old`` None: all is added."""
    names = {party["id"]: party["name"] for document in (old, new) if document for party in document["parties"]}
    changes = _compare(_answers(old), _answers(new), names) + _compare(_items(old), _items(new), names)
    return changes + _compare(_settled(old), _settled(new), names)


def word_difference(old: str, new: str) -> tuple[Piece, ...]:
    """Two texts as runs of kept, removed and added words. No word is junk: short Danish words matter."""
    a, b = WORDS.findall(old), WORDS.findall(new)
    pieces: list[Piece] = []
    for equal, a0, a1, b0, b1 in _runs([word.rstrip() for word in a], [word.rstrip() for word in b]):
        if equal:
            for before, after in zip(a[a0:a1], b[b0:b1], strict=True):
                _add_kept(pieces, before, after)
        else:
            _add(pieces, "del", "".join(a[a0:a1]))
            _add(pieces, "ins", "".join(b[b0:b1]))
    return tuple(pieces)


def _runs(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[bool, int, int, int, int]]:
    start = _common(a, b)
    end = _common(a[start:][::-1], b[start:][::-1])
    a_end, b_end = len(a) - end, len(b) - end
    yield True, 0, start, 0, start
    middle_a, middle_b = a[start:a_end], b[start:b_end]
    if _alike(middle_a, middle_b) > ALIKE_LIMIT:
        yield False, start, a_end, start, b_end
    else:
        for tag, a0, a1, b0, b1 in SequenceMatcher(None, middle_a, middle_b, autojunk=False).get_opcodes():
            yield tag == "equal", start + a0, start + a1, start + b0, start + b1
    yield True, a_end, len(a), b_end, len(b)


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    return next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _alike(a: Sequence[str], b: Sequence[str]) -> int:
    there = Counter(b)
    return sum(count * there[word] for word, count in Counter(a).items())


def _add_kept(pieces: list[Piece], before: str, after: str) -> None:
    # The same word; the white space after it may differ.
    word = before.rstrip()
    if before == after:
        _add(pieces, "same", before)
        return
    _add(pieces, "same", word)
    _add(pieces, "del", before[len(word) :])
    _add(pieces, "ins", after[len(word) :])


def _add(pieces: list[Piece], kind: str, text: str) -> None:
    if not text:
        return
    if pieces and pieces[-1].kind == kind:
        text = pieces.pop().text + text
    pieces.append(Piece(kind, text))


@dataclass(frozen=True)
class _Row:
    where: str
    label: str
    text: str
    by: str


def _answers(document: Mapping[str, Any] | None) -> dict[str, _Row]:
    return {
        answer["id"]: _Row(section["heading"], answer["label"], answer["text"], answer["by"])
        for section in (document or {"sections": []})["sections"]
        for answer in section["answers"]
    }


def _items(document: Mapping[str, Any] | None) -> dict[str, _Row]:
    labels = _item_labels()
    return {
        f"{item['id']}.{field}": _Row(_("Item %(number)s") % {"number": number}, labels[field], item[field], item["by"])
        for number, item in enumerate((document or {"items": []})["items"], start=1)
        for field in ITEM_FIELDS
        if item[field]
    }


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


def _compare(old: Mapping[str, _Row], new: Mapping[str, _Row], names: Mapping[str, str]) -> list[Change]:
    changes = []
    for key in _merged_order(list(old), list(new)):
        before, after = old.get(key), new.get(key)
        row = new[key] if key in new else old[key]
        changes.append(
            Change(
                key=key,
                where=row.where,
                label=row.label,
                kind=_kind(before, after),
                by=names.get(row.by, ""),
                pieces=word_difference(before.text if before else "", after.text if after else ""),
            )
        )
    return changes


def _kind(before: _Row | None, after: _Row | None) -> str:
    if before is None:
        return "ADDED"
    if after is None:
        return "REMOVED"
    return "SAME" if before.text == after.text else "CHANGED"


def _merged_order(old: Sequence[str], new: Sequence[str]) -> list[str]:
    """The newer order, with each removed key after the one it used to follow."""
    order = list(new)
    for position, key in enumerate(old):
        if key not in new:
            before = old[position - 1] if position else None
            order.insert(order.index(before) + 1 if before in order else 0, key)
    return order
