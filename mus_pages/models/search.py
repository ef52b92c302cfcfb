"""Finding the section that answers, within one guide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from mus_pages.blocks import Section
from mus_workflow.readability import plain_text

EXCERPT_LENGTH = 180
EXCERPT_LEAD_IN = 60
MOST_HITS = 20


@dataclass(frozen=True)
class Hit:
    """A section that holds every word that was asked for."""

    page: Any
    section: Section
    excerpt: str
    in_heading: bool


def find_sections(pages: Iterable[Any], query: str) -> list[Hit]:
    """The sections of these pages that hold all words of the query, those with a word in the heading first."""
    words = query.casefold().split()
    hits = [hit for page in pages for section in page.contents() if (hit := _match(page, section, words))]
    return sorted(hits, key=lambda hit: not hit.in_heading)[:MOST_HITS]


def _match(page: Any, section: Section, words: list[str]) -> Hit | None:
    pieces = section.content.stream_block.get_searchable_content(section.content)
    text = " ".join(plain_text(str(piece)).replace("\n", " ") for piece in pieces)
    heading, body = section.heading.casefold(), text.casefold()
    if not all(word in heading or word in body for word in words):
        return None
    return Hit(page, section, _excerpt(text, words), any(word in heading for word in words))


def _excerpt(text: str, words: list[str]) -> str:
    found = [place for word in words if (place := text.casefold().find(word)) >= 0]
    start = max(0, min(found, default=0) - EXCERPT_LEAD_IN)
    piece = text[start : start + EXCERPT_LENGTH]
    before = "… " if start else ""
    after = " …" if start + EXCERPT_LENGTH < len(text) else ""
    return f"{before}{piece.strip()}{after}"
