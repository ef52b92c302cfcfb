"""The tree in memory is the tree of RFC 9162: the same root and the same proofs, for every size."""

import hashlib

import pytest

from mus_workflow.evidence import inclusion_path, is_included, merkle_root
from mus_workflow.evidence.tree import Tree


def leaves(size: int) -> list[bytes]:
    return [hashlib.sha256(str(number).encode()).digest() for number in range(size)]


@pytest.mark.parametrize("size", range(70))
def test_root_and_every_path_are_those_of_the_rfc(size: int) -> None:
    hashes = leaves(size)
    tree = Tree(hashes)
    assert (tree.size, tree.root) == (size, merkle_root(hashes))
    for index in range(size):
        path = tree.path(index)
        assert path == inclusion_path(index, size, hashes)
        assert is_included(hashes[index], index=index, size=size, path=path, root=tree.root)


@pytest.mark.parametrize("index", [-1, 3])
def test_there_is_no_path_to_a_leaf_that_is_not_there(index: int) -> None:
    with pytest.raises(IndexError):
        Tree(leaves(3)).path(index)
