"""A whole Merkle tree in memory, for many proofs: 64 bytes for each leaf."""

from __future__ import annotations

from collections.abc import Iterable

from .merkle import EMPTY_ROOT, node_hash

HASH = 32


class Tree:
    """The tree over some leaf hashes (RFC 9162, section 2.1).

    Each level is made of the one below it by pairing from the left; a last hash without a partner goes up as it is.
    That is the tree of the RFC, whose left halves are powers of two.
    """

    def __init__(self, leaf_hashes: Iterable[bytes]) -> None:
        level = bytearray().join(leaf_hashes)
        self._levels = [level]
        while len(level) > HASH:
            level = _above(level)
            self._levels.append(level)

    @property
    def size(self) -> int:
        """How many leaves there are."""
        return len(self._levels[0]) // HASH

    @property
    def root(self) -> bytes:
        """The 32 bytes over all leaves."""
        return bytes(self._levels[-1]) or EMPTY_ROOT

    def path(self, index: int) -> list[bytes]:
        """The hashes that prove the leaf at ``index`` (from 0), from the bottom up. Raises IndexError."""
        if not 0 <= index < self.size:
            raise IndexError(f"a tree of {self.size} leaves has none at {index}")
        path = []
        for level in self._levels[:-1]:
            beside = (index ^ 1) * HASH
            if beside < len(level):
                path.append(bytes(level[beside : beside + HASH]))
            index //= 2
        return path


def _above(level: bytearray) -> bytearray:
    above, paired = bytearray(), len(level) // (2 * HASH) * 2 * HASH
    for start in range(0, paired, 2 * HASH):
        middle = start + HASH
        above += node_hash(bytes(level[start:middle]), bytes(level[middle : middle + HASH]))
    return above + level[paired:]
