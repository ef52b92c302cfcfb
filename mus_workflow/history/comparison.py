"""Two revisions of an agreement, question by question; with the words only for those who may read them."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from mus_workflow.documents.compare import ITEM_FIELDS, Change, compare_documents
from mus_workflow.models import Agreement

from .opening import Gone, open_or_gone
from .revisions import Revision, revisions_of

History = Agreement.history.model


class NoSuchRevision(LookupError):
    """The agreement has no revision of this number."""


@dataclass(frozen=True)
class Comparison:
    """The two revisions and what differs. ``erased`` names the rule where a document's key is gone."""

    old: Revision
    new: Revision
    changes: tuple[Change, ...]
    language: str
    erased: str = ""


def compare_masked(agreement: Agreement, old: int, new: int) -> Comparison:
    """Which questions changed between two revisions, by whom, when and why, without a word. Raises NoSuchRevision.

    The words are replaced before they are compared, so neither their number nor the time it takes can tell anything.
    """
    comparison = _compare(agreement, old, new, _veiled)
    masked = tuple(change.masked() for change in comparison.changes)
    return Comparison(comparison.old, comparison.new, masked, comparison.language, comparison.erased)


def compare_words(agreement: Agreement, old: int, new: int) -> Comparison:
    """The same, with each difference word by word. The caller has asked the policy. Raises NoSuchRevision."""
    return _compare(agreement, old, new, lambda document: document)


def _compare(agreement: Agreement, old: int, new: int, prepare: Any) -> Comparison:
    rows = {row.revision: row for row in History.objects.filter(id=agreement.pk, revision__in={old, new})}
    if old not in rows or new not in rows:
        raise NoSuchRevision(f"{agreement} has no revisions {old} and {new}")
    revisions = {revision.number: revision for revision in revisions_of(agreement, rows.values())}
    before, after = open_or_gone([rows[old].document, rows[new].document])
    for document in (before, after):
        if isinstance(document, Gone):
            return Comparison(revisions[old], revisions[new], (), "", document.rule)
    changes = compare_documents(prepare(before), prepare(after))
    return Comparison(revisions[old], revisions[new], tuple(changes), after["language"])


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
