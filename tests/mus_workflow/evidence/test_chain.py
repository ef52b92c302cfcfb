"""The chain, computed a second time here; and every single field, row and order tampered with."""

import hashlib
import json
import uuid
from dataclasses import asdict, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mus_workflow.evidence import GENESIS, Finding, Header, Link, commit, link_hash, verify_chain

CHAIN = "6d6b1f0e-8a7c-4d55-9a55-0d9f5a0f0001"
HEADER = Header(
    chain=CHAIN,
    n=1,
    event="SIGNED",
    object_type="Signature",
    object_id="42",
    history_id="7",
    actor="3",
    real_actor="",
    auth_method="password",
    at_us=1_773_129_600_000_000,
)


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def hash_by_hand(header: Header, commitment: bytes, previous: bytes) -> bytes:
    spelt = json.dumps(asdict(header), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    return sha(b"mus/ledger/v1\0", len(spelt).to_bytes(4, "big"), spelt, commitment, previous)


def chain(length: int) -> list[Link]:
    links: list[Link] = []
    for n in range(1, length + 1):
        header = replace(HEADER, n=n, object_id=str(n))
        commitment = commit(bytes([n]) * 32, b'{"n":%d}' % n)
        previous = links[-1].hash if links else GENESIS
        digest = link_hash(header, commitment, previous)
        links.append(Link(header=header, commitment=commitment, previous=previous, hash=digest))
    return links


def findings(links: list[Link]) -> list[tuple[int | None, str]]:
    return [(finding.n, finding.problem) for finding in verify_chain(links)]


def test_the_hash_of_an_entry_by_hand() -> None:
    assert link_hash(HEADER, b"c" * 32, b"p" * 32) == hash_by_hand(HEADER, b"c" * 32, b"p" * 32)


def test_a_published_vector() -> None:
    """Anybody may check these with any SHA-256."""
    assert commit(bytes(32), b"{}").hex() == sha(b"mus/commit/v1\0", bytes(32), b"{}").hex()
    assert commit(bytes(32), b"{}").hex() == "f477fe05dd1f70af4707232fef91cfc5e2996c0c9d449172d5301c7d3e30573f"
    assert (
        link_hash(HEADER, commit(bytes(32), b"{}"), GENESIS).hex()
        == "0c5ebd887b30d1eb6a1b093d08d3cfae23de1ad0718c1a873d742fb6ea74bc10"
    )


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=8, max_size=8),
    st.lists(st.integers(0, 2**63), min_size=3, max_size=3),
)
def test_whatever_a_header_says_its_bytes_are_canonical(texts: list[str], numbers: list[int]) -> None:
    names = ["chain", "event", "object_type", "object_id", "history_id", "actor", "real_actor", "auth_method"]
    header = Header(**dict(zip(names, texts, strict=True)), n=numbers[0], at_us=numbers[1], version=numbers[2])
    assert (
        header.canonical()
        == json.dumps(asdict(header), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    )


@pytest.mark.parametrize(
    ("name", "value"), [("event", None), ("actor", b"3"), ("at_us", "1"), ("at_us", 1.5), ("n", None)]
)
def test_a_header_of_other_types_has_no_bytes(name: str, value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        replace(HEADER, **{name: value}).canonical()


@pytest.mark.parametrize("salt", [b"", b"x" * 31, b"x" * 33])
def test_a_salt_has_32_bytes(salt: bytes) -> None:
    with pytest.raises(ValueError, match="32"):
        commit(salt, b"")


@given(st.binary(max_size=80), st.binary(max_size=80))
def test_two_payloads_have_two_commitments(one: bytes, other: bytes) -> None:
    assert (commit(bytes(32), one) == commit(bytes(32), other)) == (one == other)


@pytest.mark.parametrize("length", [0, 1, 2, 9])
def test_an_honest_chain_has_nothing_wrong(length: int) -> None:
    assert findings(chain(length)) == []


FIELDS = {
    "event": "OPENED",
    "object_type": "Agreement",
    "object_id": "43",
    "history_id": "",
    "actor": "4",
    "real_actor": "3",
    "auth_method": "",
    "at_us": HEADER.at_us + 1,
    "version": 2,
    "chain": str(uuid.UUID(int=1)),
}


def test_the_fields_tampered_with_are_all_there_are() -> None:
    assert set(FIELDS) | {"n"} == set(asdict(HEADER))


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("place", [0, 1, 3])
def test_a_changed_field_is_found_where_it_is(name: str, place: int) -> None:
    links = chain(4)
    links[place] = replace(links[place], header=replace(links[place].header, **{name: FIELDS[name]}))
    assert findings(links) == [(place + 1, "it was changed after it was written")]


@pytest.mark.parametrize("name", ["commitment", "previous", "hash"])
@pytest.mark.parametrize("place", [0, 2, 3])
def test_a_changed_hash_is_found(name: str, place: int) -> None:
    links = chain(4)
    links[place] = replace(links[place], **{name: b"\x00" * 31 + b"\x01"})
    assert place + 1 in {n for n, _problem in findings(links)}


def test_a_rewritten_entry_is_given_away_by_the_one_after_it() -> None:
    links = chain(4)
    header = replace(links[1].header, actor="9")
    digest = link_hash(header, links[1].commitment, links[1].previous)
    links[1] = replace(links[1], header=header, hash=digest)
    assert findings(links) == [(3, "it does not follow the entry before it")]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_a_missing_entry_is_named(place: int) -> None:
    links = chain(4)
    del links[place]
    assert findings(links)[0] == (place + 2, f"entry {place + 1} is missing")


def test_the_end_cut_off_is_what_a_chain_alone_cannot_see() -> None:
    """The checkpoint outside can: this is here so that nobody claims more."""
    assert findings(chain(4)[:3]) == []


@given(st.permutations(range(5)))
def test_every_other_order_is_found(order: list[int]) -> None:
    links = chain(5)
    assert (findings([links[place] for place in order]) == []) == (order == sorted(order))


def test_an_entry_of_another_chain_is_found() -> None:
    links, foreign = chain(3), replace(HEADER, chain=str(uuid.UUID(int=7)), n=2)
    digest = link_hash(foreign, links[1].commitment, links[1].previous)
    links[1] = replace(links[1], header=foreign, hash=digest)
    assert findings(links) == [(3, "it does not follow the entry before it")]


def test_a_finding_names_the_chain_and_the_entry() -> None:
    assert str(Finding(CHAIN, 3, "it is gone")) == f"{CHAIN} entry 3: it is gone"
    assert str(Finding(CHAIN, None, "it is gone")) == f"{CHAIN}: it is gone"
