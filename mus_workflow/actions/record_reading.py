"""Record that somebody read what another wrote."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import DatabaseError

from mus_workflow.models import Dialogue, Reading, ReadingPurpose, quarter_of, user_key


class NotRecorded(Exception):
    """It could not be written down that somebody reads, so it must not be read."""


def record_reading(*, dialogue: Dialogue, reader: Any, role: str, purpose: ReadingPurpose, at: datetime) -> None:
    """Record the opening, once per person, dialogue, purpose and quarter of an hour.

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
        Reading.objects.bulk_create([reading], ignore_conflicts=True)
    except DatabaseError as error:
        raise NotRecorded from error
