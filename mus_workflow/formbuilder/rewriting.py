"""Whether words that were changed still ask the same."""

import re
from collections import Counter
from difflib import SequenceMatcher

WORDS = re.compile(r"\w+")
# Words that turn a sentence round, in the languages of the forms we have read: Danish, Norwegian, Swedish, English.
TURNS = frozenset(
    {"ikke", "ikkje", "inte", "not", "no", "none", "nor", "ingen", "intet", "inget", "aldrig", "never"}
    | {"uden", "utan", "without", "hverken", "don", "doesn"}
)
KEPT_SHARE = 0.5
FEW_WORDS = 4
ALIKE = 0.8


def is_rewritten(old: str, new: str) -> bool:
    """Whether so little is left of a text that it may ask something else.

    So it is when fewer than half of the words of the longer text stand in both, or when a number or a word such as
    “not” came or went. In a few words, as a point of a scale has, one word in another's place is enough. Order, case
    and punctuation do not count; a word that is spelt a little otherwise is the same.
    """
    before, after = (Counter(WORDS.findall(text.casefold())) for text in (old, new))
    gone, come = before - after, after - before
    if not gone and not come:
        return False
    if any(word in TURNS or word.isdecimal() for word in (*gone, *come)):
        return True
    respelt, longest = _respelt(gone, come), max(before.total(), after.total())
    is_exchanged = min(gone.total(), come.total()) > respelt
    return (is_exchanged and longest <= FEW_WORDS) or (before & after).total() + respelt < KEPT_SHARE * longest


def _respelt(gone: Counter[str], come: Counter[str]) -> int:
    """How many of the words that went came back spelt otherwise. The first letter stays: “unable” is not “able”."""
    left = list(come.elements())
    found = 0
    for word in gone.elements():
        twin = next((other for other in left if _alike(word, other)), None)
        if twin is not None:
            left.remove(twin)
            found += 1
    return found


def _alike(word: str, other: str) -> bool:
    return word[0] == other[0] and SequenceMatcher(None, word, other, autojunk=False).ratio() >= ALIKE
