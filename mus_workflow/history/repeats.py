"""Entries whose sealed words are those of another: each has a salt of its own, so one of the two is a copy."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count
from django.utils.translation import gettext as _

from mus_workflow.evidence import Finding
from mus_workflow.models import LedgerEntry


def check_repeats() -> Iterator[Finding]:
    """Each entry that commits to the same sealed words as an earlier one, in its own chain or in another."""
    counted = LedgerEntry.objects.order_by().values("commitment").annotate(times=Count("pk"))
    copies = LedgerEntry.objects.filter(commitment__in=counted.filter(times__gt=1).values("commitment"))
    rows = copies.order_by("commitment", "seq").values_list("commitment", "chain", "n")
    problem = _("it repeats the sealed words of entry %(number)s of %(chain)s: one of the two is a copy")
    before, names = None, {}
    for commitment, chain, n in rows.iterator(chunk_size=2000):
        if commitment == before:
            yield Finding(str(chain), n, problem % names)
        else:
            before, names = commitment, {"chain": chain, "number": n}
