"""A column that holds envelopes only."""

from __future__ import annotations

from typing import Any

from django.db import models

from mus_workflow.sealing import key_id_of


class SealedField(models.BinaryField):
    """Bytes of an envelope; refuses anything that is not one, so clear text cannot reach the disk by mistake."""

    def get_prep_value(self, value: Any) -> Any:
        """Check that the bytes are an envelope. Raises EnvelopeError."""
        if value is not None:
            value = bytes(value)
            key_id_of(value)
        return super().get_prep_value(value)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> bytes | None:
        """Bytes on every database."""
        return None if value is None else bytes(value)
