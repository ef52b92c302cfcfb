"""Entries that claim to be older than a checkpoint which was made without them."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db import connections, router
from django.db.models import F, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from mus_workflow.evidence import Finding
from mus_workflow.models import ChainHead, Checkpoint, LedgerEntry
from mus_workflow.models.reading import EPOCH

# Clocks of two servers differ, and an action may commit a little after the time it names.
SLACK = timedelta(minutes=10)

# The first entry of every chain that no checkpoint covers yet, where it claims to be older than this.
_UNCOVERED = """
SELECT entry.chain, entry.n
FROM (SELECT chain, MAX(n) AS n FROM mus_workflow_ledgerentry GROUP BY chain) AS last
LEFT JOIN (SELECT chain, MAX(n) AS n FROM mus_workflow_chainhead GROUP BY chain) AS head ON head.chain = last.chain
JOIN mus_workflow_ledgerentry AS entry ON entry.chain = last.chain AND entry.n = COALESCE(head.n, 0) + 1
WHERE last.n > COALESCE(head.n, 0) AND entry.at_us < %s
ORDER BY entry.chain
"""


def check_backdating() -> Iterator[Finding]:
    """The first of the entries of each chain that an earlier checkpoint should have covered and did not.

    The times of a chain only go forward, so it is enough to look at the first entry after what was covered.
    """
    before: tuple[int, datetime] | None = None
    for number, made_at in Checkpoint.objects.order_by("number").values_list("number", "made_at"):
        if before:
            yield from _covered_late(number, *before)
        before = number, made_at
    if before:
        yield from _not_covered(*before)


def _covered_late(number: int, last: int, made_at: datetime) -> Iterator[Finding]:
    earlier = ChainHead.objects.filter(chain=OuterRef("chain"), checkpoint__lt=OuterRef("checkpoint"))
    begun = Coalesce(Subquery(earlier.order_by("-checkpoint_id").values("n")[:1]), 0) + 1
    entry = LedgerEntry.objects.filter(chain=OuterRef("chain"), n=OuterRef("begun")).values("at_us")[:1]
    heads = ChainHead.objects.filter(checkpoint=number).annotate(begun=begun).annotate(entry_at=Subquery(entry))
    for chain, n in heads.filter(entry_at__lt=limit_of(made_at)).order_by("chain").values_list("chain", F("begun")):
        yield claims_to_be_older(chain, n, last)


def _not_covered(last: int, made_at: datetime) -> Iterator[Finding]:
    with connections[router.db_for_read(LedgerEntry)].cursor() as cursor:
        cursor.execute(_UNCOVERED, [limit_of(made_at)])
        for chain, n in cursor.fetchall():
            yield claims_to_be_older(uuid.UUID(str(chain)), n, last)


def limit_of(made_at: datetime) -> int:
    """The time from which on an entry may be missing in a checkpoint that was made then; as entries write it."""
    return (made_at - SLACK - EPOCH) // timedelta(microseconds=1)


def claims_to_be_older(chain: uuid.UUID, n: int, last: int) -> Finding:
    """An entry dated back to before checkpoint ``last``."""
    problem = _("it claims to be older than checkpoint %(number)s, which was made without it")
    return Finding(str(chain), n, problem % {"number": last})
