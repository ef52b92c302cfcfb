"""How heavy a text is to read: LIX, the measure that Danish writers know. Pure."""

from __future__ import annotations

import re
from enum import StrEnum
from html import unescape

LONG_WORD = 7
WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
SENTENCE_END = re.compile(r"[.!?:…]+(?=\s|$)")
BLOCK_END = re.compile(r"</(?:p|li|h[1-6]|dt|dd|td|th|blockquote|figcaption)>|<br\s*/?>", re.IGNORECASE)
TAG = re.compile(r"<[^>]+>")


class Level(StrEnum):
    """The usual steps of the LIX scale."""

    VERY_EASY = "VERY_EASY"
    EASY = "EASY"
    MEDIUM = "MEDIUM"
    HARD = "HARD"
    VERY_HARD = "VERY_HARD"


STEPS = ((25, Level.VERY_EASY), (35, Level.EASY), (45, Level.MEDIUM), (55, Level.HARD))


def lix(text: str) -> float:
    """Words per sentence plus the percentage of words longer than six letters. A text without words is 0.

    >>> lix("Ræven løb. Den gode samtale begynder længe før samtalen.")
    37.8
    """
    words = WORD.findall(text)
    if not words:
        return 0.0
    long_words = sum(1 for word in words if len(word) >= LONG_WORD)
    return round(len(words) / _sentences(text) + 100 * long_words / len(words), 1)


def level(score: float) -> Level:
    """The step of the scale that a LIX score falls on."""
    return next((name for limit, name in STEPS if score < limit), Level.VERY_HARD)


def plain_text(html: str) -> str:
    """The words of a piece of HTML, one line per paragraph, list item or heading."""
    text = unescape(TAG.sub(" ", BLOCK_END.sub("\n", html)))
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def _sentences(text: str) -> int:
    """How many sentences: each line ends one, as a heading or list item does without a full stop."""
    per_line = (SENTENCE_END.split(line) for line in text.splitlines())
    return max(1, sum(1 for line in per_line for piece in line if WORD.search(piece)))
