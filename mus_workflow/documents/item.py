"""The state of an agreed item, as evidence and as the next talk needs it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.utils.dateparse import parse_date

from mus_workflow.models import AgreementItem, Category, Responsible, open_each

TEXT_LIMIT = 20_000


def item_state(item: AgreementItem) -> dict[str, Any]:
    """Everything an item says now, opened: the payload of its ledger entry and the measure of drift."""
    return item_state_opened(item, *open_each([item.text, item.progress_note, item.outcome_note]))


def item_state_opened(item: Any, text: Any, progress_note: Any, outcome_note: Any) -> dict[str, Any]:
    """The same of an item, or of one of its history rows, whose envelopes the caller has opened."""
    return {
        "id": str(item.id),
        "revision": item.revision,
        "position": item.position,
        "category": item.category,
        "responsible": item.responsible,
        "due_date": item.due_date.isoformat() if item.due_date else "",
        "lineage": str(item.lineage),
        "repeats": item.repeats,
        "text": text,
        "progress": item.progress,
        "progress_note": progress_note or "",
        "outcome": item.outcome,
        "outcome_note": outcome_note or {},
        "outcome_in": str(item.outcome_in_id or ""),
    }


def is_readable(item_id: str, fields: Mapping[str, Any]) -> bool:
    """Whether a typed item can become part of a document: its id is a plain UUID, and each value one of its kind."""
    choices = {"category": Category.values, "responsible": Responsible.values}
    return (
        _is_plain_uuid(item_id)
        and all(_is_text(fields.get(name, "")) for name in ("what", "support", "measure"))
        and all(fields.get(name, "") in ("", *allowed) for name, allowed in choices.items())
        and _is_date(fields.get("due_date", ""))
        and type(fields.get("position", 0)) is int
    )


def _is_plain_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _is_text(value: Any) -> bool:
    # Half a character, which a script can send, has no bytes to seal.
    return isinstance(value, str) and len(value) <= TEXT_LIMIT and value == value.encode(errors="ignore").decode()


def _is_date(value: Any) -> bool:
    try:
        return value == "" or (isinstance(value, str) and parse_date(value) is not None)
    except ValueError:
        return False
