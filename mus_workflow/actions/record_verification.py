"""Keep what a check of everything found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from mus_workflow.models import Checkpoint, Verification

KEPT = 100


def record_verification(
    *,
    started_at: datetime,
    ended_at: datetime,
    since: datetime | None,
    dialogues: int,
    entries: int,
    found: int,
    findings: Sequence[Mapping[str, Any]],
    erased: Mapping[str, int],
) -> Verification:
    """Record the result of one run, with the first hundred findings as {chain, reference, entry, problem}."""
    return Verification.objects.create(
        started_at=started_at,
        ended_at=ended_at,
        since=since,
        dialogues=dialogues,
        entries=entries,
        found=found,
        findings=[dict(finding) for finding in findings[:KEPT]],
        erased=dict(erased),
        checkpoint=Checkpoint.objects.newest(),
    )
