"""How well the evidence is looked after: when everything was last checked, and what has been brought outside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from mus_workflow.models import Checkpoint, Verification
from mus_workflow.sinks import SinkError, configured_sinks

from .verification import latest_verification

# Both are made every day; the second day in a row without one is no accident.
TOO_OLD = timedelta(days=2)


@dataclass(frozen=True)
class Health:
    """What an auditor should know before looking at anything else. None for what was never made.

    ``undelivered`` is [(sink, checkpoints that have not arrived there)]; ``is_kept_outside`` says whether there is any
    place outside the database at all.
    """

    at: datetime
    verification: Verification | None
    checkpoint: Checkpoint | None
    undelivered: list[tuple[str, int]]
    is_kept_outside: bool

    @property
    def has_findings(self) -> bool:
        """Whether the last check of everything found something."""
        return self.verification is not None and self.verification.found > 0

    @property
    def is_check_old(self) -> bool:
        """Whether everything was not checked within two days."""
        return self.verification is None or self.at - self.verification.ended_at > TOO_OLD

    @property
    def is_checkpoint_old(self) -> bool:
        """Whether no checkpoint was made within two days."""
        return self.checkpoint is None or self.at - self.checkpoint.made_at > TOO_OLD

    @property
    def needs_looking_after(self) -> bool:
        """Whether anything of it should be told to whoever operates the site."""
        lacks = self.undelivered or not self.is_kept_outside
        return bool(self.has_findings or self.is_check_old or self.is_checkpoint_old or lacks)


def health(at: datetime) -> Health:
    """How it stands now; two queries, and one more for each place outside."""
    try:
        sinks = [sink.name[:200] for sink in configured_sinks()]
    except SinkError:
        sinks = []  # `check` tells what is wrong with the setting
    waiting = [(name, Checkpoint.objects.not_arrived_at(name).count()) for name in sinks]
    return Health(
        at=at,
        verification=latest_verification(),
        checkpoint=Checkpoint.objects.newest(),
        undelivered=[(name, count) for name, count in waiting if count],
        is_kept_outside=bool(sinks),
    )
