"""A random sample of agreements that anybody can draw again from its seed.

What is drawn from are the agreements that a checkpoint knows: those whose first revision lies before its head of their
chain. Each gets a number, SHA-256 of the seed and its chain's id written one after the other, and the smallest numbers
are drawn. So the same seed and the same checkpoint give the same sample, on any machine and for any size: a larger one
contains the smaller.
"""

from __future__ import annotations

import hashlib
import heapq
import secrets
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from mus_workflow.models import Agreement, ChainHead, Checkpoint, Event, LedgerEntry, Unit
from mus_workflow.policies.verdict import Refused

from .chains import Entry, Tally, open_entries
from .listing import agreements_for_audit

MAX_SEED = 64
BATCH = 500


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What a sample is drawn from. ``unit``: with all below it. ``year``: that of the first revision.

    ``stages``: where they stood at the checkpoint. ``checkpoint``: its number; None before the first one.
    """

    unit: Unit | None = None
    year: int | None = None
    stages: tuple[str, ...] = ()
    checkpoint: int | None = None


@dataclass(frozen=True)
class Sample:
    """Some chains of a population, smallest number first, and how they were drawn."""

    seed: str
    size: int
    frame: Frame
    population: tuple[uuid.UUID, ...]
    drawn: tuple[uuid.UUID, ...]


def new_seed() -> str:
    """A seed that nobody could have chosen or guessed: 128 bits, as 32 letters and digits."""
    return secrets.token_hex(16)


def draw_sample(*, user: Any, frame: Frame, seed: str, size: int, most_moves: int | None = None) -> Sample:
    """Draw ``size`` agreements, or all where there are not as many.

    Raises Refused where more than ``most_moves`` entries would have to be opened to tell where agreements stood.
    """
    population = tuple(sorted(population_of(user, frame, most_moves)))
    return Sample(seed, size, frame, population, tuple(drawn(population, seed, size)))


def drawn(population: Iterable[uuid.UUID], seed: str, size: int) -> list[uuid.UUID]:
    """Those with the smallest SHA-256 of seed and id."""
    return heapq.nsmallest(size, population, key=lambda chain: hashlib.sha256(f"{seed}{chain}".encode()).digest())


def newest_checkpoint() -> int | None:
    """The number of the newest checkpoint; None before the first."""
    newest = Checkpoint.objects.newest()
    return newest.number if newest else None


def population_of(user: Any, frame: Frame, most_moves: int | None = None) -> Iterator[uuid.UUID]:
    """The chains of the agreements in the frame; none for anybody but an auditor. Raises Refused."""
    found = _agreements(user, frame).order_by()
    if not frame.stages:
        return found.values_list("dialogue", flat=True).iterator()
    return _at_stages(found, frame, most_moves)


def _agreements(user: Any, frame: Frame) -> QuerySet[Agreement]:
    first = LedgerEntry.objects.filter(chain=OuterRef("dialogue"), object_type="Agreement").exclude(history_id="")
    found = agreements_for_audit(user).annotate(
        first_n=Subquery(first.order_by("n").values("n")[:1]),
        first_us=Subquery(first.order_by("n").values("at_us")[:1]),
    )
    if frame.checkpoint is not None:
        known = ChainHead.objects.filter(chain=OuterRef("dialogue"), checkpoint__number__lte=frame.checkpoint)
        found = found.filter(Exists(known.filter(n__gte=OuterRef("first_n"))))
    if frame.unit is not None:
        found = found.filter(dialogue__unit__path__startswith=frame.unit.path)
    if frame.year is not None:
        found = found.filter(first_us__gte=_new_year(frame.year), first_us__lt=_new_year(frame.year + 1))
    return found


def _new_year(year: int) -> int:
    midnight = timezone.make_aware(datetime.combine(date(year, 1, 1), time.min))
    return int(midnight.timestamp() * 1_000_000)


def _at_stages(found: QuerySet[Agreement], frame: Frame, most_moves: int | None) -> Iterator[uuid.UUID]:
    """Those that stood at one of the stages at the checkpoint; where one has moved since, the ledger tells whence."""
    if frame.checkpoint is None:
        return found.filter(dialogue__stage__in=frame.stages).values_list("dialogue", flat=True).iterator()
    heads = ChainHead.objects.filter(chain=OuterRef("dialogue"), checkpoint__number__lte=frame.checkpoint)
    later = LedgerEntry.objects.filter(chain=OuterRef("dialogue"), event=Event.STAGE_CHANGED, n__gt=OuterRef("head"))
    rows = list(
        found.annotate(head=Subquery(heads.order_by("-checkpoint__number").values("n")[:1]))
        .annotate(move=Subquery(later.order_by("n").values("seq")[:1]))
        .values_list("dialogue", "dialogue__stage", "move")
    )
    moves = [move for _chain, _stage, move in rows if move]
    if most_moves is not None and len(moves) > most_moves:
        names = {"count": len(moves), "number": frame.checkpoint, "most": most_moves}
        raise Refused(
            _(
                "%(count)s agreements have come to another step since checkpoint %(number)s, and at most %(most)s can "
                "be opened at once to tell where they stood. Draw without a step, from one unit or from one year; or "
                "have the sample drawn with mus_bundle on the server."
            )
            % names
        )
    whence = _whence(moves)
    return (chain for chain, stage, move in rows if whence.get(move, stage) in frame.stages)


def _whence(moves: list[int]) -> dict[int, str]:
    """The stage that each of these moves began at, by the number of its entry."""
    found: dict[int, str] = {}
    for start in range(0, len(moves), BATCH):
        batch = LedgerEntry.objects.filter(seq__in=moves[start : start + BATCH])
        for entry in open_entries(list(batch.select_related("payload")), Tally()):
            if isinstance(entry, Entry) and entry.value:
                found[entry.row.seq] = entry.value["from"]
    return found
