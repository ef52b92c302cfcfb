"""The state of an agreed item, as evidence and as the next talk needs it."""

from __future__ import annotations

from typing import Any

from mus_workflow.models import AgreementItem, open_each


def item_state(item: AgreementItem) -> dict[str, Any]:
    """Everything an item says now, opened: the payload of its ledger entry and the measure of drift."""
    text, progress_note, outcome_note = open_each([item.text, item.progress_note, item.outcome_note])
    return {
        "id": str(item.pk),
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
