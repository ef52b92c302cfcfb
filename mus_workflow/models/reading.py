"""Who has read what another wrote."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from mus_workflow.evidence import canonical_bytes, leaf_hash

from .checkpoint import Checkpoint
from .participant import Participant
from .people import user_key

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class ReadingPurpose(models.TextChoices):
    """Why it was opened."""

    TALK = "TALK", _("Preparation for the talk")
    SUCCESSION = "SUCCESSION", _("New manager")
    HISTORY = "HISTORY", _("Audit of the history, without the words")
    AUDIT = "AUDIT", _("Audit with a grant")
    EVIDENCE = "EVIDENCE", _("Taken out as evidence")


# An opening that the dialogue's ledger tells of too: by somebody who was not there when it was written.
LEDGERED = frozenset({ReadingPurpose.SUCCESSION, ReadingPurpose.AUDIT})


def quarter_of(at: datetime) -> datetime:
    """The quarter of an hour that a moment lies in."""
    return at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)


class ReadingQuerySet(models.QuerySet["Reading"]):
    """Readings by time, and by who may know of them."""

    def between(self, start: datetime | None, until: datetime) -> ReadingQuerySet:
        """Those that a checkpoint covers: from ``start`` (None: from the first) and before ``until``, in its order."""
        since = self if start is None else self.filter(read_at__gte=start)
        return since.filter(read_at__lt=until).order_by("read_at", "id")

    def covered_by(self, checkpoint: Checkpoint) -> ReadingQuerySet:
        """Those that this checkpoint covers, as far as they are still kept."""
        before = Checkpoint.objects.before(checkpoint.number)
        return self.between(before.readings_until if before else None, checkpoint.readings_until)

    def leaf_hashes(self) -> Iterator[bytes]:
        """The leaf of each, hashed, in the order of this query (docs/evidence-format.md)."""
        rows = self.values_list("dialogue_id", "id", "purpose", "read_at", "reader_key", "reader_role")
        for dialogue, key, purpose, read_at, reader, role in rows.iterator(chunk_size=2000):
            said = {
                "dialogue": str(dialogue),
                "id": str(key),
                "purpose": purpose,
                "read_at_us": (read_at - EPOCH) // timedelta(microseconds=1),
                "reader": reader,
                "role": role,
            }
            yield leaf_hash(canonical_bytes(said))

    def visible_to(self, user: Any) -> ReadingQuerySet:
        """What others have opened in the dialogues that the person took part in then."""
        mine = Participant.objects.who_took_part(user, at=OuterRef("read_at")).filter(dialogue=OuterRef("dialogue"))
        return self.filter(Exists(mine)).exclude(reader_key=user_key(user))


class Reading(models.Model):
    """One opening of another's content: one row per person, dialogue, purpose and quarter of an hour."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dialogue = models.ForeignKey("Dialogue", models.PROTECT, related_name="readings")
    reader = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    reader_key = models.CharField(max_length=64)
    reader_role = models.CharField(max_length=20)
    purpose = models.CharField(max_length=12, choices=ReadingPurpose.choices)
    quarter = models.DateTimeField()
    read_at = models.DateTimeField(db_index=True)

    objects = ReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        ordering = ["-read_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["dialogue", "reader_key", "purpose", "quarter"], name="mus_reading_once_a_quarter"
            )
        ]

    def __str__(self) -> str:
        return f"{_('reading')} {str(self.pk)[:8]}"
