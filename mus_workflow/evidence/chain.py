"""Append-only hash chains: each link covers its header, the commitment to its payload, and the link before it.

The construction is the one of a Merkle-Damgård style log: ``hash(n) = H(tag, header, commitment, hash(n-1))``. The tags
separate the domains, so that a commitment can never be taken for a link. The commitment is salted, so that an answer of
one word cannot be guessed from it after its key was destroyed.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass

from .canonical import canonical_bytes

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
        return canonical_bytes(asdict(self))


@dataclass(frozen=True, kw_only=True)
class Link:
    """One entry as stored."""

    header: Header
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
    covered = header.canonical()
    return hashlib.sha256(LINK_TAG + len(covered).to_bytes(4) + covered + commitment + previous).digest()


def verify_chain(links: Iterable[Link]) -> Iterator[Finding]:
    """Each thing that is wrong in one chain, given its links in order of ``n``. An empty chain has nothing wrong."""
    expected, previous = 1, GENESIS
    for link in links:
        header = link.header
        if header.n != expected:
            yield Finding(header.chain, header.n, f"entry {expected} is missing")
        elif not hmac.compare_digest(link.previous, previous):
            yield Finding(header.chain, header.n, "it does not follow the entry before it")
        if not hmac.compare_digest(link_hash(header, link.commitment, link.previous), link.hash):
            yield Finding(header.chain, header.n, "it was changed after it was written")
        expected, previous = header.n + 1, link.hash
