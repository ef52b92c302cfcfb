"""What was kept outside, against what this database says now.

The files of checkpoints (docs/evidence-format.md) know the ends of all chains at many moments. Whoever owns the
database and this program can write a whole history anew; not so that it ends as these files say.
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.db.models import Max
from django.utils.translation import gettext as _

from mus_workflow.evidence import Finding, merkle_root
from mus_workflow.models import Checkpoint, LedgerEntry, Reading

from .backdating import claims_to_be_older, limit_of
from .chains import Tally
from .checkpoints import Rule, contradiction, worth_computing
from .heads import Head, Heads
from .notes import Keys, Note, read_note
from .unreadable import readable

AT_ONCE = 500


class AnchorError(Exception):
    """There is nothing to compare with. Says why."""


@dataclass(frozen=True)
class Anchor:
    """One file, read."""

    name: str
    text: str
    note: Note
    heads: list[Head]
    readings: list[bytes]

    @property
    def number(self) -> int:
        """The number of the checkpoint."""
        return self.note.said.number


def check_anchors(folder: Path, tally: Tally, *, at: datetime) -> Iterator[Finding]:
    """Everything in which the database contradicts the files in the folder. Raises AnchorError.

    ``at`` is now: readings older than the rule keeps them are not missed. What the files do not allow to check is told
    in ``tally.unchecked``.
    """
    files = sorted(folder.glob("checkpoint-*.json"))
    if not files:
        raise AnchorError(_("There is no file checkpoint-….json in “%(folder)s”.") % {"folder": folder})
    return _Comparison(files, tally, at).findings()


class _Comparison:
    """Goes through the files from the first to the last."""

    def __init__(self, files: list[Path], tally: Tally, at: datetime) -> None:
        self._files, self._tally, self._rule = files, tally, Rule(at)
        self._keys, self._heads, self._contradicted = Keys(), Heads(), set[bytes]()
        self._before: Anchor | None = None
        self._last_whole: Anchor | None = None
        self._is_whole = True

    def findings(self) -> Iterator[Finding]:
        """What is wrong with the files, or by what they say with the database."""
        sizes = []
        for file in self._files:
            anchor = _read(file)
            if isinstance(anchor, str):
                yield Finding(file.name, None, anchor)
            else:
                sizes.append((anchor.number, anchor.note.said.chains))
        roots = worth_computing(sizes, False)
        for file in self._files:
            anchor = _read(file)
            if isinstance(anchor, Anchor):
                yield from self._note_findings(anchor)
                yield from self._changed_chains(anchor)
                yield from self._covered_late(anchor)
                yield from self._tree_findings(anchor, anchor.number in roots)
                yield from self._reading_findings(anchor)
                self._before = anchor
                if self._is_whole:
                    self._last_whole = anchor
        yield from readable(self._not_covered())

    def _follows(self, anchor: Anchor) -> bool:
        """Whether the file before is that of the checkpoint before."""
        return anchor.number == (self._before.number + 1 if self._before else 1)

    def _note_findings(self, anchor: Anchor) -> Iterator[Finding]:
        for problem in anchor.note.signature_problems(self._keys):
            yield Finding(anchor.name, None, problem)
        if not self._follows(anchor):
            self._is_whole = False
            names = {"file": anchor.name}
            text = _("The roots from %(file)s on: the file of the checkpoint before it is missing.")
            self._tally.unchecked.append(text % names)
        elif not anchor.note.follows(self._before.note if self._before else None):
            yield Finding(anchor.name, None, _("it does not follow the checkpoint before it"))
        here = Checkpoint.objects.filter(number=anchor.number).values_list("note", flat=True).first()
        if here is None:
            yield Finding(anchor.name, None, _("its checkpoint is not in this database"))
        elif here != anchor.text:
            yield Finding(anchor.name, None, _("its checkpoint says something else in this database"))

    def _changed_chains(self, anchor: Anchor) -> Iterator[Finding]:
        """The chains that did not go on from where the file says they were; each named once, by the first file."""
        by_number: dict[int, dict[bytes, bytes]] = defaultdict(dict)
        for chain, n, link in anchor.heads:
            if chain not in self._contradicted:
                by_number[n][chain] = link
        for n, links in sorted(by_number.items()):
            for chain in _not_so(n, links):
                self._contradicted.add(chain)
                yield contradiction(str(uuid.UUID(bytes=chain)), n, self._heads.number_of(chain), anchor.number)

    def _covered_late(self, anchor: Anchor) -> Iterator[Finding]:
        """What this file is the first to cover, though it claims to be older than the file before."""
        if self._is_whole and self._before:
            after = ((chain, self._heads.number_of(chain) + 1) for chain, _n, _link in anchor.heads)
            yield from self._dated_back(after, self._before)

    def _not_covered(self) -> Iterator[Finding]:
        """What no file covers, though it claims to be older than the last one."""
        if self._last_whole:
            lasts = LedgerEntry.objects.order_by().values_list("chain").annotate(last=Max("n"))
            each = ((chain.bytes, last) for chain, last in lasts.iterator(chunk_size=2000))
            known = ((chain, last, self._heads.number_of(chain)) for chain, last in each)
            after = ((chain, n + 1) for chain, last, n in known if last > n)
            yield from self._dated_back(after, self._last_whole)

    def _dated_back(self, entries: Iterator[tuple[bytes, int]], before: Anchor) -> Iterator[Finding]:
        """Those of these entries that claim to be older than a file which does not cover them."""
        limit = limit_of(before.note.said.made_at)
        while some := list(islice(entries, AT_ONCE)):
            chains: dict[int, list[uuid.UUID]] = defaultdict(list)
            for chain, n in some:
                if chain not in self._contradicted:
                    chains[n].append(uuid.UUID(bytes=chain))
            for n, keys in sorted(chains.items()):
                older = LedgerEntry.objects.filter(n=n, chain__in=keys, at_us__lt=limit).order_by("chain")
                for key in older.values_list("chain", flat=True):
                    yield claims_to_be_older(key, n, before.number)

    def _tree_findings(self, anchor: Anchor, compute: bool) -> Iterator[Finding]:
        self._heads.put(anchor.heads)
        if self._is_whole and compute and self._heads.root() != anchor.note.said.root:
            yield Finding(anchor.name, None, _("the heads of the chains do not give its root"))

    def _reading_findings(self, anchor: Anchor) -> Iterator[Finding]:
        said = anchor.note.said
        if len(anchor.readings) != said.readings or merkle_root(anchor.readings) != said.readings_root:
            if anchor.readings:
                yield Finding(anchor.name, None, _("its readings do not give their root"))
            return
        if not self._follows(anchor):
            return
        start = self._before.note.said.readings_until if self._before else None
        here = set(Reading.objects.between(start, said.readings_until).leaf_hashes())
        kept = set(anchor.readings)
        added, gone = len(here - kept), len(kept - here)
        if added:
            problem = _("%(count)s readings that it covers were changed or added")
            yield Finding(anchor.name, None, problem % {"count": added})
        elif gone and not self._rule.may_have_erased(start):
            problem = _("%(count)s readings that it covers are gone")
            yield Finding(anchor.name, None, problem % {"count": gone})


def _not_so(n: int, links: dict[bytes, bytes]) -> Iterator[bytes]:
    """The chains of which entry ``n`` is gone, or has another hash than this."""
    chains = sorted(links)
    for start in range(0, len(chains), AT_ONCE):
        some = chains[start : start + AT_ONCE]
        keys = [uuid.UUID(bytes=chain) for chain in some]
        rows = LedgerEntry.objects.filter(n=n, chain__in=keys).values_list("chain", "hash")
        here = {chain.bytes: bytes(link) for chain, link in rows}
        yield from (chain for chain in some if here.get(chain) != links[chain])


def _read(file: Path) -> Anchor | str:
    """The file, or in a sentence why it is none."""
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        if told["format"] != 1:
            return _("it has a format that this program does not know")
        note = read_note(told["note"])
        heads = [(uuid.UUID(chain).bytes, int(n), bytes.fromhex(link)) for chain, n, link in told["heads"]]
        readings = [bytes.fromhex(leaf) for leaf in told["readings"]]
    except OSError as error:
        return f"{type(error).__name__}"
    except (ValueError, LookupError, TypeError, AttributeError):
        return _("it is not the file of a checkpoint")
    if any(len(link) != 32 or n < 1 for _chain, n, link in heads):
        return _("it is not the file of a checkpoint")
    return note if isinstance(note, str) else Anchor(file.name, told["note"], note, heads, readings)
