"""The little markup of the text files: paragraphs, lists of hyphens, and **bold**. Pure."""

from __future__ import annotations

import re
from html import escape

BOLD = re.compile(r"\*\*(.+?)\*\*")


def rich_text(source: str) -> str:
    """HTML for a rich text field.

    >>> rich_text("**Ask.**\\n\\n- one\\n- two")
    '<p><b>Ask.</b></p><ul><li>one</li><li>two</li></ul>'
    """
    paragraphs = re.split(r"\n\s*\n", source.strip())
    return "".join(_paragraph(paragraph) for paragraph in paragraphs if paragraph)


def _paragraph(source: str) -> str:
    lines = source.splitlines()
    if all(line.startswith("- ") for line in lines):
        return "<ul>" + "".join(f"<li>{_inline(line[2:])}</li>" for line in lines) + "</ul>"
    return f"<p>{_inline(' '.join(lines))}</p>"


def _inline(text: str) -> str:
    return BOLD.sub(r"<b>\1</b>", escape(text, quote=False))
