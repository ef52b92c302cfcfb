"""The agreement as a document: what is shown, hashed and signed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.utils import translation
from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from mus_workflow.evidence import canonical_bytes
from mus_workflow.models import (
    AgreementItem,
    Category,
    Dialogue,
    FormVersion,
    Meaning,
    Outcome,
    Participant,
    Responsible,
    Role,
)

from .answers import worded_sections, writers_of
from .moves import standing_answers

FORMAT = 2  # 1 had no ``labels``
ITEM_TEXTS = ("what", "support", "measure")


def agreement_document(
    *,
    dialogue: Dialogue,
    parties: Sequence[Participant],
    form_version: FormVersion,
    draft: Mapping[str, Any],
    revision: int,
    settled: Sequence[tuple[AgreementItem, Mapping[str, str], Mapping[str, str]]],
) -> dict[str, Any]:
    """The document of a revision, in the dialogue's language.

    ``draft`` is a draft's opened body; ``settled`` are last time's items with their texts and comments.
    """
    with translation.override(dialogue.language):
        answers, writers = standing_answers(draft), writers_of(draft)
        return {
            "format": FORMAT,
            "kind": "agreement",
            "reference": dialogue.reference,
            "revision": revision,
            "language": dialogue.language,
            "form": {
                "title": form_version.schema["title"],
                "number": form_version.number,
                "digest": form_version.digest,
            },
            "parties": [
                {
                    "id": str(party.pk),
                    "name": party.name,
                    "role": party.role,
                    "role_label": str(party.get_role_display()),
                }
                for party in parties
            ],
            "sections": worded_sections(form_version.schema, answers, language=dialogue.language, writers=writers),
            "items": [_item(key, item) for key, item in ordered_items(draft)],
            "settled": [_settled(*row) for row in settled],
            "labels": labels(),
            "statement": statement(),
        }


def document_sha256(document: Mapping[str, Any]) -> str:
    """SHA-256 of the document's canonical bytes, hex: what a signature names."""
    return hashlib.sha256(canonical_bytes(document)).hexdigest()


def ordered_items(draft: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    """The draft's items that say something, in their order."""
    return [(key, item) for key, item in _in_order(draft) if item["fields"].get("what", "").strip()]


class Unfinished(NamedTuple):
    """An item that cannot be signed yet: its id, its number, the names of the fields it lacks, and a sentence."""

    id: str
    number: int
    fields: tuple[str, ...]
    sentence: str


def unfinished_items(draft: Mapping[str, Any]) -> list[Unfinished]:
    """What each item must still say before it can be signed. An empty row is no item."""
    labels = {"what": _("What you have agreed"), "responsible": _("Responsible"), "category": _("About")}
    said = [(key, item["fields"]) for key, item in _in_order(draft) if _says_something(item["fields"])]
    found = []
    for number, (key, fields) in enumerate(said, start=1):
        names = tuple(name for name in labels if not str(fields.get(name) or "").strip())
        if names:
            words = {"number": number, "fields": ", ".join(labels[name] for name in names)}
            found.append(Unfinished(key, number, names, _("Item %(number)s lacks: %(fields)s.") % words))
    return found


def labels_of(document: Mapping[str, Any]) -> Mapping[str, str]:
    """The words around what the parties wrote, from the document itself; an older one says only in which language."""
    if "labels" in document:
        found: Mapping[str, str] = document["labels"]
        return found
    with translation.override(document["language"]):
        return labels()


def labels() -> dict[str, str]:
    """The words around what the parties write, in the active language; part of what is shown and signed."""
    return {
        "revision": _("revision"),
        "written_by": _("Written by"),
        "items": _("Agreed items"),
        "responsible": _("Responsible"),
        "due_date": _("Due date"),
        "category": _("About"),
        "support": _("Support that is needed"),
        "measure": _("How you see that it is reached"),
        "settled": _("What became of last time's items"),
        "comment_EMPLOYEE": str(Role.EMPLOYEE.label),
        "comment_MANAGER": str(Role.MANAGER.label),
    }


def statement() -> str:
    """What each answer means, in the active language; part of what is shown and signed."""
    return _(
        "A party who answers “%(agreed)s” confirms that the talk was held and that this is what was agreed. "
        "“%(received)s” confirms that the talk was held and that this text was received, and nothing more. "
        "“%(declined)s” confirms nothing, and then this revision does not come into force. "
        "It is in force when every party has given one of the first two answers. "
        "No answer can be removed or changed. A change of the agreement makes a new revision, which all parties answer."
    ) % {
        "agreed": Meaning.AGREED.label,
        "received": Meaning.RECEIVED.label,
        "declined": Meaning.DECLINED.label,
    }


def _in_order(draft: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    kept = [(key, item) for key, item in draft.get("items", {}).items() if not item.get("removed")]
    return sorted(kept, key=lambda pair: (pair[1].get("position", 0), pair[0]))


def _says_something(fields: Mapping[str, Any]) -> bool:
    return any(str(fields.get(name) or "").strip() for name in (*ITEM_TEXTS, "responsible", "due_date", "category"))


def _item(key: str, item: Mapping[str, Any]) -> dict[str, Any]:
    fields = item["fields"]
    category = fields.get("category") or Category.TASKS.value
    responsible = fields.get("responsible") or Responsible.BOTH.value
    due = parse_date(fields.get("due_date") or "")
    return {
        "id": key,
        **{name: fields.get(name, "").strip() for name in ITEM_TEXTS},
        "category": category,
        "category_label": str(Category(category).label),
        "responsible": responsible,
        "responsible_label": str(Responsible(responsible).label),
        "due_date": due.isoformat() if due else "",
        "due_date_label": date_format(due, "j. F Y") if due else "",
        "lineage": item.get("lineage") or key,
        "repeats": item.get("repeats", 0),
        "by": item.get("by", ""),
    }


def _settled(item: AgreementItem, texts: Mapping[str, str], comments: Mapping[str, str]) -> dict[str, Any]:
    return {
        "id": str(item.pk),
        "what": texts["what"],
        "outcome": item.outcome,
        "outcome_label": str(Outcome(item.outcome).label),
        "comments": {role: comments.get(role, "") for role in ("EMPLOYEE", "MANAGER")},
    }
