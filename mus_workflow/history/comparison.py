"""Two revisions side by side, question by question; with the words only for those who may read them.

They are of one agreement, or of two in the row of one employee's dialogues.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mus_workflow.documents.compare import ITEM_FIELDS, KINDS, Change, compare_documents, compare_without_words
from mus_workflow.models import Agreement

from .opening import Gone, open_or_gone
from .revisions import Revision, revisions_of

History = Agreement.history.model


class NoSuchRevision(LookupError):
    """The agreement has no revision of this number."""


@dataclass(frozen=True)
class Which:
    """One revision of one agreement."""

    agreement: Agreement
    number: int


@dataclass(frozen=True)
class Comparison:
    """The two revisions and what differs. ``erased`` names the rule where a document's key is gone."""

    old: Revision
    new: Revision
    changes: tuple[Change, ...]
    language: str = ""
    erased: str = ""

    @property
    def counts(self) -> list[tuple[str, int]]:
        """How many changes there are of each kind that occurs. A question that is several is counted as each."""
        found = Counter(kind for change in self.changes for kind in change.kinds)
        return [(kind, found[kind]) for kind in KINDS if found[kind]]


def compare_masked(old: Which, new: Which) -> Comparison:
    """Which questions changed between two revisions, by whom, when and why, without a word. Raises NoSuchRevision.

    The words are replaced before they are compared, so neither their number nor the time it takes can tell anything.
    """
    return _compare(old, new, lambda before, after: compare_without_words(_veiled(before), _veiled(after)))


def compare_words(old: Which, new: Which) -> Comparison:
    """The same, with each difference word by word. The caller has asked the policy. Raises NoSuchRevision."""
    return _compare(old, new, compare_documents)


def _compare(old: Which, new: Which, compare: Callable[[Any, Any], list[Change]]) -> Comparison:
    rows = [_row(which) for which in (old, new)]
    revisions = _revisions((old, new), rows)
    before, after = open_or_gone([row.document for row in rows])
    for document in (before, after):
        if isinstance(document, Gone):
            return Comparison(*revisions, changes=(), erased=document.rule)
    return Comparison(*revisions, changes=tuple(compare(before, after)), language=after["language"])


def _revisions(whichs: Sequence[Which], rows: Sequence[Any]) -> list[Revision]:
    if len({which.agreement.pk for which in whichs}) == 1:
        return revisions_of(whichs[0].agreement, rows)
    return [revisions_of(which.agreement, [row])[0] for which, row in zip(whichs, rows, strict=True)]


def _row(which: Which) -> Any:
    row = History.objects.filter(id=which.agreement.pk, revision=which.number).first()
    if row is None:
        raise NoSuchRevision(f"{which.agreement} has no revision {which.number}")
    return row


def _veiled(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with a digest in place of each text that a person wrote or chose."""
    return {
        **document,
        "sections": [
            {**section, "answers": [{**answer, "text": _veil(answer["text"])} for answer in section["answers"]]}
            for section in document["sections"]
        ],
        "items": [{**item, **{name: _veil(item[name]) for name in ITEM_FIELDS}} for item in document["items"]],
        "settled": [
            {
                **item,
                "outcome_label": _veil(item["outcome_label"]),
                "comments": {role: _veil(comment) for role, comment in item["comments"].items()},
            }
            for item in document["settled"]
        ],
    }


def _veil(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest() if text else ""
