"""Files that people add to their answers."""

from __future__ import annotations

import uuid

from django.db import models

from .data_key import DataKey
from .sealed_field import SealedField


def packed(name: str, content: bytes) -> bytes:
    """Name and bytes of a file as they are sealed together."""
    return name.encode() + b"\0" + content


class SealedFile(models.Model):
    """The name and the bytes of a file, sealed. Its size and SHA-256 stand in the answer.

    ``participant`` is whose preparation it belongs to; None where the dialogue's participants write together.
    ``is_recorded``: a shared copy or a recorded document names it, so it stays when it is taken out of the draft.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dialogue = models.ForeignKey("Dialogue", models.PROTECT, related_name="files")
    participant = models.ForeignKey("Participant", models.PROTECT, null=True, related_name="files")
    question_id = models.UUIDField()
    envelope = SealedField()
    added_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    is_recorded = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"file {str(self.pk)[:8]}"

    def opened(self) -> tuple[str, bytes]:
        """(name, bytes) of the file. Raises Erased when its key was destroyed."""
        name, _end, content = DataKey.objects.that_sealed(self.envelope).open(self.envelope).partition(b"\0")
        return name.decode(), content
