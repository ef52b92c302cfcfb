"""Two texts, word by word."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

# A word or a sign, with the white space after it: white space by itself would be alike everywhere.
WORDS = re.compile(r"^\s+|(?:\w+|[^\w\s])\s*")
# Pairs of like words beyond which the middle of two texts counts as written anew: time grows with them, and a text of
# one word over and over would hold up whoever compares it.
ALIKE_LIMIT = 1_000_000


@dataclass(frozen=True)
class Piece:
    """A run of words that was kept, added ("ins") or removed ("del")."""

    kind: str
    text: str


def word_difference(old: str, new: str) -> tuple[Piece, ...]:
    """Two texts as runs of kept, removed and added words. No word is junk: short Danish words matter."""
    if old == new:
        return (Piece("same", new),) if new else ()
    a, b = WORDS.findall(old), WORDS.findall(new)
    pieces: list[Piece] = []
    for equal, a0, a1, b0, b1 in _runs([word.rstrip() for word in a], [word.rstrip() for word in b]):
        if equal:
            for before, after in zip(a[a0:a1], b[b0:b1], strict=True):
                _add_kept(pieces, before, after)
        else:
            _add(pieces, "del", "".join(a[a0:a1]))
            _add(pieces, "ins", "".join(b[b0:b1]))
    return tuple(pieces)


def _runs(a: Sequence[str], b: Sequence[str]) -> Iterator[tuple[bool, int, int, int, int]]:
    start = _common(a, b)
    end = _common(a[start:][::-1], b[start:][::-1])
    a_end, b_end = len(a) - end, len(b) - end
    yield True, 0, start, 0, start
    middle_a, middle_b = a[start:a_end], b[start:b_end]
    if _alike(middle_a, middle_b) > ALIKE_LIMIT:
        yield False, start, a_end, start, b_end
    else:
        for tag, a0, a1, b0, b1 in SequenceMatcher(None, middle_a, middle_b, autojunk=False).get_opcodes():
            yield tag == "equal", start + a0, start + a1, start + b0, start + b1
    yield True, a_end, len(a), b_end, len(b)


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    return next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _alike(a: Sequence[str], b: Sequence[str]) -> int:
    there = Counter(b)
    return sum(count * there[word] for word, count in Counter(a).items())


def _add_kept(pieces: list[Piece], before: str, after: str) -> None:
    # The same word; the white space after it may differ.
    word = before.rstrip()
    if before == after:
        _add(pieces, "same", before)
        return
    _add(pieces, "same", word)
    _add(pieces, "del", before[len(word) :])
    _add(pieces, "ins", after[len(word) :])


def _add(pieces: list[Piece], kind: str, text: str) -> None:
    if not text:
        return
    if pieces and pieces[-1].kind == kind:
        text = pieces.pop().text + text
    pieces.append(Piece(kind, text))
