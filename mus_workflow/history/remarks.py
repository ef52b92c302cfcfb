"""What the parties wrote beside their signatures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from mus_workflow.models import Agreement, open_each


@dataclass(frozen=True)
class Remark:
    """A party's remark under one revision."""

    revision: int
    name: str
    text: str


def remarks_of(agreement: Agreement, revisions: Collection[int]) -> list[Remark]:
    """The remarks under these revisions, opened, in the order of signing. Raises Erased."""
    signed = agreement.signatures.filter(revision__in=revisions, remark__isnull=False).select_related("participant")
    rows = list(signed.order_by("signed_at"))
    texts = open_each([row.remark for row in rows])
    return [Remark(row.revision, row.participant.name, text) for row, text in zip(rows, texts, strict=True)]
