"""Merkle trees: the vectors of Certificate Transparency, and RFC 9162's own definitions written out beside ours."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mus_workflow.evidence import EMPTY_ROOT, head_leaf, inclusion_path, is_included, leaf_hash, merkle_root

# The leaves and roots that implementations of Certificate Transparency have tested with since RFC 6962.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
HASHES = st.lists(st.binary(min_size=32, max_size=32), max_size=70)


def split(size: int) -> int:
    """The largest power of two smaller than ``size``."""
    power = 1
    while power * 2 < size:
        power *= 2
    return power


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH of 2.1.1, over leaf hashes."""
    if not leaves:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return hashlib.sha256(b"\x01" + by_definition(leaves[:k]) + by_definition(leaves[k:])).digest()


def path_by_definition(m: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if m < k:
        return [*path_by_definition(m, leaves[:k]), by_definition(leaves[k:])]
    return [*path_by_definition(m - k, leaves[k:]), by_definition(leaves[:k])]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_roots_of_certificate_transparency(size: int) -> None:
    hashes = [leaf_hash(bytes.fromhex(leaf)) for leaf in LEAVES[:size]]
    assert merkle_root(hashes).hex() == ROOTS[size - 1]


def test_the_empty_tree_is_the_hash_of_nothing() -> None:
    assert merkle_root([]) == EMPTY_ROOT
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@given(HASHES)
def test_the_root_is_that_of_the_definition(leaves: list[bytes]) -> None:
    assert merkle_root(iter(leaves)) == by_definition(leaves)


@given(HASHES.filter(bool), st.data())
def test_a_path_is_that_of_the_definition_and_proves_its_leaf(leaves: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    path = inclusion_path(index, len(leaves), iter(leaves))
    assert path == path_by_definition(index, leaves)
    assert is_included(leaves[index], index=index, size=len(leaves), path=path, root=by_definition(leaves))


@given(st.integers(2, 40), st.data())
def test_a_path_proves_nothing_else(size: int, data: st.DataObject) -> None:
    leaves = [leaf_hash(bytes([number])) for number in range(size)]
    index = data.draw(st.integers(0, size - 1))
    path, root = inclusion_path(index, size, leaves), merkle_root(leaves)

    def holds(**changed: object) -> bool:
        said = {"index": index, "size": size, "path": path, "root": root, **changed}
        return is_included(said.pop("leaf", leaves[index]), **said)

    assert holds()
    assert not holds(leaf=leaf_hash(b"another"))
    assert not holds(index=data.draw(st.integers(0, size - 1).filter(lambda other: other != index)))
    assert not holds(index=size)
    assert not holds(index=-1)
    assert not holds(path=path[:-1])
    assert not holds(path=[*path, root])
    assert not holds(root=leaf_hash(b"another"))
    place = data.draw(st.integers(0, len(path) - 1))
    assert not holds(path=[*path[:place], leaf_hash(b"another"), *path[place + 1 :]])


@pytest.mark.parametrize(("index", "size"), [(0, 0), (3, 3), (-1, 3), (0, 2), (0, 4), (3, 4)])
def test_no_path_is_made_for_a_leaf_that_is_not_there(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="leaves"):
        inclusion_path(index, size, [leaf_hash(b"1"), leaf_hash(b"2"), leaf_hash(b"3")])


def test_leaves_are_read_once_and_not_kept() -> None:
    """A root over a million leaves needs one hash for each of the tree's 20 levels."""
    alive = most = 0

    class Leaf(bytes):
        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    def leaves() -> object:
        nonlocal alive, most
        for number in range(5000):
            alive += 1
            most = max(most, alive)
            yield Leaf(number.to_bytes(32, "big"))

    merkle_root(leaves())
    assert most <= 4


def test_a_leaf_of_a_head_is_56_bytes() -> None:
    leaf = head_leaf(b"c" * 16, 258, b"h" * 32)
    assert leaf == b"c" * 16 + b"\0\0\0\0\0\0\1\2" + b"h" * 32


@pytest.mark.parametrize(("chain", "link"), [(b"c" * 15, b"h" * 32), (b"c" * 16, b"h" * 33)])
def test_a_leaf_that_could_be_read_in_two_ways_is_refused(chain: bytes, link: bytes) -> None:
    with pytest.raises(ValueError, match="16 and 32"):
        head_leaf(chain, 1, link)
