"""Record that somebody read what another wrote."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import DatabaseError

from mus_workflow.models import (
    LEDGERED,
    ClockWentBack,
    Dialogue,
    Event,
    Reading,
    ReadingPurpose,
    person_name,
    quarter_of,
    user_key,
)

from .frame import locked, record_event


class NotRecorded(Exception):
    """It could not be written down that somebody reads, so it must not be read."""


def record_reading(*, dialogue: Dialogue, reader: Any, role: str, purpose: ReadingPurpose, at: datetime) -> None:
    """Record the opening, once per person, dialogue, purpose and quarter of an hour.

    One by somebody who was not there when it was written is told in the dialogue's ledger too, in one transaction.
    Call it before anything is shown: what cannot be recorded must not be read. Raises NotRecorded.
    """
    reading = Reading(
        dialogue=dialogue,
        reader=reader,
        reader_key=user_key(reader),
        reader_role=role,
        purpose=purpose,
        quarter=quarter_of(at),
        read_at=at,
    )
    try:
        if purpose in LEDGERED:
            _record_in_ledger(reading, by=reader, at=at)
        else:
            Reading.objects.bulk_create([reading], ignore_conflicts=True)
    except (DatabaseError, ClockWentBack) as error:
        raise NotRecorded from error


def _record_in_ledger(reading: Reading, *, by: Any, at: datetime) -> None:
    if _is_recorded(reading):
        return
    with locked(reading.dialogue_id) as dialogue:
        if _is_recorded(reading):
            return
        Reading.objects.bulk_create([reading])
        record_event(
            dialogue=dialogue,
            event=Event.OPENED,
            obj=reading,
            payload={
                "purpose": str(reading.purpose),
                "by_role": str(reading.reader_role),
                "by_name": person_name(by),
            },
            by=by,
            at=at,
        )


def _is_recorded(reading: Reading) -> bool:
    same = Reading.objects.filter(dialogue=reading.dialogue_id, reader_key=reading.reader_key)
    return same.filter(purpose=reading.purpose, quarter=reading.quarter).exists()
