"""Append-only hash chains: each link covers its header, the commitment to its payload, and the link before it.

The construction is the one of a Merkle-Damgård style log: ``hash(n) = H(tag, header, commitment, hash(n-1))``. The tags
separate the domains, so that a commitment can never be taken for a link. The commitment is salted, so that an answer of
one word cannot be guessed from it after its key was destroyed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from json.encoder import encode_basestring
from typing import NamedTuple

COMMIT_TAG = b"mus/commit/v1\x00"
LINK_TAG = b"mus/ledger/v1\x00"
GENESIS = bytes(32)
SALT_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class Header:
    """What an entry says in clear. Ids as text, time as microseconds since 1970 in UTC."""

    chain: str
    n: int
    event: str
    object_type: str
    object_id: str
    history_id: str
    actor: str
    real_actor: str
    auth_method: str
    at_us: int
    version: int = 1

    def canonical(self) -> bytes:
        """The bytes of the header that the link's hash covers."""
        return header_bytes(**vars(self))


def header_bytes(
    chain: str,
    n: int,
    event: str,
    object_type: str,
    object_id: str,
    history_id: str,
    actor: str,
    real_actor: str,
    auth_method: str,
    at_us: int,
    version: int,
) -> bytes:
    """The canonical bytes of a header, as ``canonical_bytes`` would make them of an object with these fields.

    Written out, because a million of them are made to verify a large organisation. Raises TypeError or ValueError for
    values of other types.
    """
    text = encode_basestring
    return (
        f'{{"actor":{text(actor)},"at_us":{at_us:d},"auth_method":{text(auth_method)},"chain":{text(chain)},'
        f'"event":{text(event)},"history_id":{text(history_id)},"n":{n:d},"object_id":{text(object_id)},'
        f'"object_type":{text(object_type)},"real_actor":{text(real_actor)},"version":{version:d}}}'
    ).encode()


@dataclass(frozen=True, kw_only=True)
class Link:
    """One entry as stored."""

    header: Header
    commitment: bytes
    previous: bytes
    hash: bytes


class Covered(NamedTuple):
    """The same with the header's bytes made already; empty where they could not be made of what is stored."""

    chain: str
    n: int
    header: bytes
    commitment: bytes
    previous: bytes
    hash: bytes


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was written: which chain and entry, and what is wrong in plain words."""

    chain: str
    n: int | None
    problem: str

    def __str__(self) -> str:
        return f"{self.chain} entry {self.n}: {self.problem}" if self.n else f"{self.chain}: {self.problem}"


def commit(salt: bytes, payload: bytes) -> bytes:
    """The 32-byte commitment to a payload. ``salt`` has 32 random bytes and is kept as secret as the payload."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"the salt has {len(salt)} bytes, not {SALT_BYTES}")
    return hashlib.sha256(COMMIT_TAG + salt + payload).digest()


def link_hash(header: Header, commitment: bytes, previous: bytes) -> bytes:
    """The 32-byte hash of an entry, which the next one names as its previous."""
    return covered_hash(header.canonical(), commitment, previous)


def covered_hash(header: bytes, commitment: bytes, previous: bytes) -> bytes:
    """The same of the header's bytes."""
    return hashlib.sha256(LINK_TAG + len(header).to_bytes(4) + header + commitment + previous).digest()


def verify_chain(links: Iterable[Link]) -> Iterator[Finding]:
    """Each thing that is wrong in one chain, given its links in order of ``n``. An empty chain has nothing wrong."""
    return verify_covered(
        Covered(link.header.chain, link.header.n, link.header.canonical(), link.commitment, link.previous, link.hash)
        for link in links
    )


def verify_covered(entries: Iterable[Covered]) -> Iterator[Finding]:
    """The same, of entries whose headers are bytes."""
    expected, last = 1, GENESIS
    for chain, n, header, commitment, previous, link in entries:
        if n != expected:
            yield Finding(chain, n, f"entry {expected} is missing")
        elif previous != last:
            yield Finding(chain, n, "it does not follow the entry before it")
        if covered_hash(header, commitment, previous) != link:
            yield Finding(chain, n, "it was changed after it was written")
        expected, last = n + 1, link
