"""Merkle trees by RFC 9162, section 2.1: one hash over many leaves, and a short proof that a leaf is among them.

Everything reads its leaves once, in order, and keeps no more than one hash for each level of the tree.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator, Sequence
from itertools import count, islice

EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """The 32-byte hash of a leaf."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The 32-byte hash of the node above two others."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def head_leaf(chain: bytes, n: int, link: bytes) -> bytes:
    """The leaf for a chain (16 bytes of its id) that ends with entry ``n``, whose hash is ``link`` (32 bytes)."""
    if len(chain) != 16 or len(link) != 32:
        raise ValueError(f"a head has 16 and 32 bytes, not {len(chain)} and {len(link)}")
    return chain + n.to_bytes(8) + link


def merkle_root(leaf_hashes: Iterable[bytes]) -> bytes:
    """The root over leaf hashes in this order."""
    peaks: list[bytes] = []
    for number, leaf in enumerate(leaf_hashes, 1):
        peaks.append(leaf)
        # As many whole subtrees join as the number of leaves so far has zero bits at its end.
        joins = (number & -number).bit_length() - 1
        for _join in range(joins):
            right = peaks.pop()
            peaks[-1] = node_hash(peaks[-1], right)
    if not peaks:
        return EMPTY_ROOT
    root = peaks.pop()
    while peaks:
        root = node_hash(peaks.pop(), root)
    return root


def inclusion_path(index: int, size: int, leaf_hashes: Iterable[bytes]) -> list[bytes]:
    """The hashes that prove the leaf at ``index`` (from 0) among ``size`` leaves, from the bottom up (2.1.3.1).

    Raises ValueError when there is no such leaf, or there are not as many leaves as that.
    """
    siblings = list(_siblings(index, size))
    counter, path = count(), {}
    leaves = (leaf for leaf, _number in zip(leaf_hashes, counter, strict=False))
    for start, stop in sorted([*siblings, (index, index + 1)]):
        path[start] = merkle_root(islice(leaves, stop - start))
    if next(leaves, None) is not None or next(counter) != size:
        raise ValueError(f"there are not {size} leaves")
    return [path[start] for start, _stop in reversed(siblings)]


def is_included(leaf: bytes, *, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Whether the path proves that this leaf hash stands at ``index`` in the tree with this root (2.1.3.2)."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and hmac.compare_digest(found, root)


def _siblings(index: int, size: int) -> Iterator[tuple[int, int]]:
    """The ranges of leaves under the siblings of a leaf's nodes, from the top down."""
    if not 0 <= index < size:
        raise ValueError(f"a tree of {size} leaves has none at {index}")
    start, stop = 0, size
    while stop - start > 1:
        middle = start + (1 << (stop - start - 1).bit_length() - 1)
        if index < middle:
            yield middle, stop
            stop = middle
        else:
            yield start, middle
            start = middle
