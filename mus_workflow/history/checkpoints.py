"""Checkpoints against the ledger, the readings and each other; and how old the newest one is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby, islice

from django.db.models import Exists, Max, OuterRef, Sum
from django.utils.translation import gettext as _

from mus_workflow.conf import app_settings
from mus_workflow.evidence import Finding, merkle_root
from mus_workflow.models import ChainHead, Checkpoint, Delivery, ErasureRun, LedgerEntry, Reading
from mus_workflow.models.reading import EPOCH
from mus_workflow.sinks import SinkError, configured_sinks

from .chains import DATABASE, Tally
from .heads import Head, Heads
from .notes import Keys, Note, read_note

AT_ONCE = 10_000
# How many leaves are hashed to compute the roots of earlier checkpoints anew; about ten seconds of work.
LEAVES = 10_000_000
LATE = timedelta(hours=26)


@dataclass(frozen=True)
class Undelivered:
    """What one sink has not taken: how many checkpoints, and why the last attempt failed (empty: none was made)."""

    sink: str
    checkpoints: int
    problem: str


@dataclass(frozen=True)
class CheckpointState:
    """How far the evidence is anchored outside. ``problem`` says that the sinks are set up wrongly."""

    newest: Checkpoint | None
    age: timedelta | None
    sinks: tuple[str, ...]
    undelivered: tuple[Undelivered, ...]
    problem: str = ""

    @property
    def is_late(self) -> bool:
        """Whether a day has passed without a new one."""
        return self.age is None or self.age > LATE


def state_of_checkpoints(*, at: datetime) -> CheckpointState:
    """The newest checkpoint, its age, and what has not arrived at the sinks that are configured now."""
    newest = Checkpoint.objects.newest()
    age = at - newest.made_at if newest else None
    try:
        names = tuple(sink.name[:200] for sink in configured_sinks())
    except SinkError as error:
        return CheckpointState(newest, age, (), (), str(error))
    return CheckpointState(newest, age, names, tuple(filter(None, map(_undelivered, names))))


def check_checkpoints(tally: Tally, *, at: datetime, all_roots: bool = False) -> Iterator[Finding]:
    """Everything that is wrong with the checkpoints in this database, or that contradicts what they cover.

    ``at`` is now: readings older than the rule keeps them are counted in ``tally``, not found.
    """
    keys, heads, before = Keys(), Heads(), None
    readings = _Readings(tally, at)
    roots = worth_computing(Checkpoint.objects.order_by("number").values_list("number", "chains"), all_roots)
    last: Checkpoint | None = None
    for checkpoint in Checkpoint.objects.order_by("number").iterator(chunk_size=100):
        number, note = checkpoint.number, read_note(checkpoint.note)
        if number != (last.number + 1 if last else 1):
            yield about(number, _("a checkpoint before it is missing"))
        if isinstance(note, str):
            yield about(number, note)
        else:
            yield from (about(number, problem) for problem in note.signature_problems(keys))
            if not note.follows(before):
                yield about(number, _("it does not follow the checkpoint before it"))
            if not _says_the_same(checkpoint, note):
                yield about(number, _("its row says something else than its note"))
        yield from (about(number, problem) for problem in _tree_problems(checkpoint, heads, number in roots))
        yield from (about(number, problem) for problem in readings.problems(checkpoint, last))
        before, last = None if isinstance(note, str) else note, checkpoint
    if last:
        yield from readings.unexplained()
        yield from _changed_heads()
        if not keys.known:
            tally.unchecked.append(_("The signatures of the checkpoints: MUS['CHECKPOINT_KEY'] is empty."))
        skipped = last.number - len(roots)
        if skipped > 0:
            text = _("The roots of the %(count)s oldest checkpoints: --all-roots computes them anew.")
            tally.unchecked.append(text % {"count": skipped})


def worth_computing(sizes: Iterable[tuple[int, int]], all_roots: bool) -> set[int]:
    """The numbers of the checkpoints whose roots are computed anew: from the newest, as far as the work is bounded."""
    numbers, leaves = set(), 0
    for number, chains in sorted(sizes, reverse=True):
        leaves += chains
        if leaves > LEAVES and numbers and not all_roots:
            break
        numbers.add(number)
    return numbers


def about(number: int, problem: str) -> Finding:
    """Something wrong with a checkpoint."""
    return Finding(_("checkpoint %(number)s") % {"number": number}, None, problem)


def contradiction(chain: str, n: int, good: int, number: int) -> Finding:
    """How the chain differs from what checkpoint ``number`` says: that it ended with an entry ``n`` of another hash.

    ``good`` is the last entry before that is known to be as it was; 0 where none is known.
    """
    entries = LedgerEntry.objects.filter(chain=chain)
    last = entries.aggregate(last=Max("n"))["last"] or 0
    names = {"number": number, "first": max(good, min(last, n)) + 1, "good": good + 1, "n": n}
    if last == 0:
        problem = _("the whole chain is gone: checkpoint %(number)s covers %(n)s entries of it")
        return Finding(chain, None, problem % names)
    if last < n:
        problem = _("entries %(first)s to %(n)s are gone, which checkpoint %(number)s covers")
        return Finding(chain, names["first"], problem % names)
    problem = _("it is not what checkpoint %(number)s covers: the first changed entry is one of %(good)s to %(n)s")
    return Finding(chain, n, problem % names)


def _undelivered(sink: str) -> Undelivered | None:
    missing = Checkpoint.objects.not_arrived_at(sink).count()
    if not missing:
        return None
    last = Delivery.objects.filter(sink=sink).order_by("-tried_at", "-pk").first()
    return Undelivered(sink, missing, last.problem if last else "")


def _says_the_same(row: Checkpoint, note: Note) -> bool:
    said = note.said
    return (said.number, said.chains, said.root, said.entries, said.made_at) == (
        row.number,
        row.chains,
        bytes(row.root),
        row.entries,
        row.made_at,
    ) and (said.readings, said.readings_root, said.readings_until) == (
        row.readings,
        bytes(row.readings_root),
        row.readings_until,
    )


def _tree_problems(checkpoint: Checkpoint, heads: Heads, compute: bool) -> Iterator[str]:
    rows = checkpoint.heads.order_by("chain").values_list("chain", "n", "hash").iterator(chunk_size=2000)
    each: Iterator[Head] = ((chain.bytes, n, bytes(link)) for chain, n, link in rows)
    try:
        while chunk := list(islice(each, AT_ONCE)):
            heads.put(chunk)
    except (ValueError, OverflowError, TypeError, AttributeError):
        yield _("its heads cannot be read")
    if (len(heads), heads.entries) != (checkpoint.chains, checkpoint.entries):
        yield _("heads of chains that it covers are gone, added or changed")
    elif compute and heads.root() != bytes(checkpoint.root):
        yield _("the heads of the chains do not give its root")


def _changed_heads() -> Iterator[Finding]:
    """The first head of each chain whose entry in the ledger is gone, or another one."""
    same = LedgerEntry.objects.filter(chain=OuterRef("chain"), n=OuterRef("n"), hash=OuterRef("hash"))
    bad = ChainHead.objects.filter(~Exists(same)).order_by("chain", "n").values_list("chain", "n", "checkpoint_id")
    for chain, rows in groupby(bad.iterator(chunk_size=2000), key=lambda row: row[0]):
        _chain, n, number = next(rows)
        good = ChainHead.objects.filter(chain=chain, n__lt=n).aggregate(good=Max("n"))["good"]
        yield contradiction(str(chain), n, good or 0, number)


class Rule:
    """The rule that erases readings when they are old enough."""

    def __init__(self, at: datetime) -> None:
        self._kept_from = at - timedelta(days=app_settings.READING_DAYS)
        first = LedgerEntry.objects.order_by("seq").values_list("at_us", flat=True).first()
        self._beginning = None if first is None else EPOCH + timedelta(microseconds=first)

    def may_have_erased(self, start: datetime | None) -> bool:
        """Whether some of the readings from this moment on (None: from the first) may be erased by now."""
        start = start or self._beginning
        return start is not None and start < self._kept_from


class _Readings:
    """Readings against the checkpoints that cover them."""

    def __init__(self, tally: Tally, at: datetime) -> None:
        self._tally, self._rule = tally, Rule(at)

    def problems(self, checkpoint: Checkpoint, before: Checkpoint | None) -> Iterator[str]:
        """What is wrong with those that this checkpoint covers."""
        start = before.readings_until if before else None
        rows = Reading.objects.between(start, checkpoint.readings_until)
        gone = checkpoint.readings - rows.count()
        if gone > 0 and self._rule.may_have_erased(start):
            self._tally.readings_erased += gone
        elif gone > 0:
            yield _("%(count)s readings that it covers are gone") % {"count": gone}
        elif gone < 0:
            yield _("%(count)s readings were added to those that it covers") % {"count": -gone}
        elif merkle_root(rows.leaf_hashes()) != bytes(checkpoint.readings_root):
            yield _("readings that it covers were changed")

    def unexplained(self) -> Iterator[Finding]:
        """More readings gone than the receipts of the erasures tell of."""
        told = ErasureRun.objects.aggregate(told=Sum("readings"))["told"] or 0
        if self._tally.readings_erased > told:
            names = {"count": self._tally.readings_erased, "told": told}
            problem = _("%(count)s readings are gone, and the receipts of erasures tell of %(told)s")
            yield Finding(DATABASE, None, problem % names)
