"""The heads of all chains at one moment, kept in memory while checkpoint follows checkpoint."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable

from mus_workflow.evidence import head_leaf, leaf_hash, merkle_root

CHAIN, LEAF = 16, 32
Head = tuple[bytes, int, bytes]


class Heads:
    """For each chain, in the order of their ids: the number of its last entry and the hash of its leaf.

    Packed, 56 bytes for each chain: a large organisation has half a million.
    """

    def __init__(self) -> None:
        self._chains = bytearray()
        self._leaves = bytearray()
        self._numbers = array("Q")
        self.entries = 0

    def __len__(self) -> int:
        """How many chains there are."""
        return len(self._numbers)

    def root(self) -> bytes:
        """The root of the tree."""
        return merkle_root(bytes(self._leaves[at : at + LEAF]) for at in range(0, len(self._leaves), LEAF))

    def number_of(self, chain: bytes) -> int:
        """The number of the last entry of this chain; 0 where it is not known."""
        place = self._place(chain)
        return self._numbers[place] if self._is_at(place, chain) else 0

    def put(self, heads: Iterable[Head]) -> None:
        """Let these chains end so: (id, number, hash of the entry). Raises ValueError for what is no head."""
        new = []
        for chain, n, link in sorted(heads):
            leaf, place = leaf_hash(head_leaf(chain, n, link)), self._place(chain)
            if self._is_at(place, chain):
                self.entries += n - self._numbers[place]
                self._numbers[place] = n
                self._leaves[place * LEAF : (place + 1) * LEAF] = leaf
            else:
                self.entries += n
                new.append((place, chain, n, leaf))
        if new:
            self._insert(new)

    def _insert(self, new: list[tuple[int, bytes, int, bytes]]) -> None:
        chains, leaves, numbers, last = bytearray(), bytearray(), array("Q"), 0
        for place, chain, n, leaf in [*new, (len(self), b"", 0, b"")]:
            chains += self._chains[last * CHAIN : place * CHAIN] + chain
            leaves += self._leaves[last * LEAF : place * LEAF] + leaf
            numbers += self._numbers[last:place]
            numbers.append(n)
            last = place
        numbers.pop()
        self._chains, self._leaves, self._numbers = chains, leaves, numbers

    def _place(self, chain: bytes) -> int:
        return bisect_left(range(len(self)), chain, key=lambda place: self._chains[place * CHAIN : (place + 1) * CHAIN])

    def _is_at(self, place: int, chain: bytes) -> bool:
        return place < len(self) and self._chains[place * CHAIN : (place + 1) * CHAIN] == chain
