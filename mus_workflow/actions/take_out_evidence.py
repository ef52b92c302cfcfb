"""Take the evidence of a dialogue out of the house: recorded before anything leaves."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from mus_workflow.models import Dialogue, Event, ReadingPurpose
from mus_workflow.policies.evidence import can_take_out, can_take_out_words, opened_events

from .frame import locked, record_event
from .record_reading import record_reading

AUDITOR = "AUDITOR"


@dataclass(frozen=True)
class Taken:
    """A dialogue whose evidence may leave now. ``opened`` are the events whose payloads go with it."""

    dialogue_id: uuid.UUID
    reference: str
    opened: frozenset[str]


def take_out_evidence(*, dialogue_id: uuid.UUID, auth_method: str, by: Any, at: datetime) -> Taken:
    """Record that the chain of a dialogue is taken out, without a word. The employee can see it. Raises Refused."""
    with locked(dialogue_id) as dialogue:
        can_take_out(user=by, dialogue=dialogue).or_refuse()
        return _record(dialogue, frozenset(), auth_method, by=by, at=at)


def take_out_words(*, dialogue_id: uuid.UUID, auth_method: str, by: Any, at: datetime) -> Taken:
    """Record that a dialogue is taken out with the words that the user's grant opens. Raises Refused without one."""
    with locked(dialogue_id) as dialogue:
        can_take_out_words(user=by, dialogue=dialogue, at=at).or_refuse()
        opened = opened_events(user=by, dialogue=dialogue, at=at)
        return _record(dialogue, opened, auth_method, by=by, at=at)


def _record(dialogue: Dialogue, opened: frozenset[str], auth_method: str, *, by: Any, at: datetime) -> Taken:
    record_reading(dialogue=dialogue, reader=by, role=AUDITOR, purpose=ReadingPurpose.EVIDENCE, at=at)
    record_event(
        dialogue=dialogue,
        event=Event.EXPORTED,
        obj=dialogue,
        payload={"opened": sorted(opened)},
        by=by,
        at=at,
        auth_method=auth_method,
    )
    return Taken(dialogue.pk, dialogue.reference, opened)
