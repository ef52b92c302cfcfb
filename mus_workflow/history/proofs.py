"""Proof that a chain stands in a checkpoint."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Exists, OuterRef, QuerySet

from mus_workflow.evidence import head_leaf, is_included, leaf_hash
from mus_workflow.evidence.tree import Tree
from mus_workflow.models import ChainHead, Checkpoint

KEPT_SECONDS = 7 * 24 * 3600


def heads_at(number: int) -> QuerySet[ChainHead]:
    """What every chain ended with at the checkpoint of this number, in the order of its leaves."""
    known = ChainHead.objects.filter(checkpoint__number__lte=number)
    later = known.filter(chain=OuterRef("chain"), checkpoint__number__gt=OuterRef("checkpoint__number"))
    return known.filter(~Exists(later)).order_by("chain")


@dataclass(frozen=True)
class Place:
    """Where a chain stands in the tree: its leaf from 0, and the entry it ended with."""

    index: int
    n: int
    hash: bytes


class Proofs:
    """The tree of a checkpoint, the newest where none is given, and the places of some chains in it.

    It reads the head of every chain once, and keeps 64 bytes for each.
    """

    def __init__(self, chains: Collection[uuid.UUID], checkpoint: Checkpoint | None = None) -> None:
        self.checkpoint = checkpoint or Checkpoint.objects.newest()
        self._wanted = frozenset(chains)
        self._places: dict[uuid.UUID, Place] = {}
        self._tree = Tree(self._leaves(self.checkpoint.number) if self.checkpoint else [])

    def of(self, chain: uuid.UUID) -> dict[str, Any] | None:
        """{n, hash, index, path} of a chain, in hex; None where the checkpoint does not know it."""
        place = self._places.get(chain)
        if place is None:
            return None
        path = [one.hex() for one in self._tree.path(place.index)]
        return {"n": place.n, "hash": place.hash.hex(), "index": place.index, "path": path}

    def _leaves(self, number: int) -> Iterator[bytes]:
        rows = heads_at(number).values_list("chain", "n", "hash").iterator(chunk_size=2000)
        for index, (chain, n, link) in enumerate(rows):
            if chain in self._wanted:
                self._places[chain] = Place(index, n, bytes(link))
            yield leaf_hash(head_leaf(chain.bytes, n, bytes(link)))


def place_of(head: ChainHead) -> dict[str, Any]:
    """The proof that a head stands in the checkpoint it was made for: {n, hash, index, path}, in hex.

    To find it reads the head of every chain, so what was found is kept in the cache: it holds hashes only, and never
    changes. What the cache gives is believed only where it proves the head.
    """
    checkpoint = head.checkpoint
    key = f"mus-place-{checkpoint.number}-{head.chain}"
    place: dict[str, Any] | None = cache.get(key)
    if place is None or not _proves(place, head, checkpoint):
        place = Proofs([head.chain], checkpoint).of(head.chain) or {}
        if _proves(place, head, checkpoint):
            cache.set(key, place, KEPT_SECONDS)
    return place


def _proves(place: dict[str, Any], head: ChainHead, checkpoint: Checkpoint) -> bool:
    return (place.get("n"), place.get("hash")) == (head.n, bytes(head.hash).hex()) and is_included(
        leaf_hash(head_leaf(head.chain.bytes, head.n, bytes(head.hash))),
        index=place["index"],
        size=checkpoint.chains,
        path=[bytes.fromhex(one) for one in place["path"]],
        root=bytes(checkpoint.root),
    )
