"""The heads in memory, beside a plain dictionary."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mus_workflow.evidence import head_leaf, leaf_hash, merkle_root
from mus_workflow.history.heads import Heads

# Few different ids, so that chains grow as well as begin.
CHAINS = st.integers(0, 12).map(lambda number: number.to_bytes(16, "big"))
HEADS = st.dictionaries(CHAINS, st.tuples(st.integers(1, 1000), st.binary(min_size=32, max_size=32)))


@given(st.lists(HEADS, max_size=6))
def test_they_are_what_a_dictionary_would_be(days: list[dict[bytes, tuple[int, bytes]]]) -> None:
    heads, plain = Heads(), {}
    for day in days:
        heads.put((chain, n, link) for chain, (n, link) in day.items())
        plain |= day
        leaves = [leaf_hash(head_leaf(chain, *plain[chain])) for chain in sorted(plain)]
        assert heads.root() == merkle_root(leaves)
        assert (len(heads), heads.entries) == (len(plain), sum(n for n, _link in plain.values()))
        for number in range(14):
            chain = number.to_bytes(16, "big")
            assert heads.number_of(chain) == plain.get(chain, (0, b""))[0]


@pytest.mark.parametrize("head", [(b"c" * 15, 1, b"h" * 32), (b"c" * 16, 1, b"h" * 31)])
def test_what_is_no_head_is_refused(head: tuple[bytes, int, bytes]) -> None:
    with pytest.raises(ValueError, match="16 and 32"):
        Heads().put([head])
