"""Text answers: what is kept as typed, what is cleaned because it came by pasting, and what is refused."""

import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mus_workflow.formbuilder.questions.base import short_label
from mus_workflow.formbuilder.shapes import FORBIDDEN_CHARACTERS, Question

LINE_BREAKS = re.compile("\r\n|[\r\v\f\u2028\u2029]")
# Signs with no width: soft hyphens, joiners of words, marks of direction, the place of a picture that was not pasted.
UNSEEN = "\u00ad\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff\ufffc"
# Zero-width joiners shape emoji and scripts far from Latin; beside Latin letters they only came along.
JOINED = "\u0370-\u1aaf\u1b00-\u1dbf\u1f00-\u1fff\u200c\u200d\u2190-\U0010ffff"
STRAY_JOINERS = re.compile(f"(?<![{JOINED}])[\u200c\u200d]+|[\u200c\u200d]+(?![{JOINED}])")
# What Word means by a sign of its Symbol and Wingdings fonts, which lose their pictures as plain text.
WORD_SIGNS = {
    "\uf0b7": "•",
    "\uf0a7": "•",
    "\uf0d8": "•",
    "\uf076": "•",
    "\uf06c": "•",
    "\uf0a8": "☐",
    "\uf06f": "☐",
    "\uf0fe": "☑",
    "\uf0fc": "✓",
    "\uf0fb": "✗",
    "\uf0e0": "→",
    "\uf0df": "←",
    "\uf0e8": "⇒",
    "\uf0e7": "⇐",
    "\uf0f3": "⇔",
    "\uf04a": "🙂",
    "\uf04c": "🙁",
    "\uf02d": "-",
    "\x1e": "-",
}
# NUL and half a character come from no clipboard: they are refused, not dropped.
CONTROLS = dict.fromkeys(map(chr, [*range(0x01, 0x09), *range(0x0E, 0x20), 0x7F]), "")
# Windows' own quotes and dashes, read as if they were Unicode.
WINDOWS = {chr(code): bytes([code]).decode("cp1252", "ignore") for code in range(0x80, 0xA0)}
FIRM_SPACES = {"\u2007": "\u00a0", "\u202f": "\u00a0"}
MEANT = str.maketrans({**CONTROLS, **WINDOWS, **WORD_SIGNS, **FIRM_SPACES, **dict.fromkeys(UNSEEN, "")})
LIST_MARK = re.compile("^([ \t\u00a0]*)(?:[·•▪§o][ \u00a0]*\t[ \t\u00a0]*|[·•▪§o]\u00a0[ \u00a0]+)", re.MULTILINE)
FONT_BULLET = re.compile("^([ \t\u00a0]*)[\uf000-\uf0ff][ \t\u00a0]+", re.MULTILINE)


def plain_text(text: str) -> str:
    """The text as it would have been typed: what only comes along by pasting, mostly from Word, is gone.

    Line breaks are one kind, marks of lists are “• ”, spaces can break, and what nobody can see is left out. Letters,
    curly quotes and dashes stay. Doing it twice changes nothing more.
    """
    text = unicodedata.normalize("NFC", LINE_BREAKS.sub("\n", text).translate(MEANT))
    # What a joiner stood between may belong together.
    text = unicodedata.normalize("NFC", STRAY_JOINERS.sub("", text))
    text = FONT_BULLET.sub(r"\1• ", LIST_MARK.sub(r"\1• ", text))
    return text.replace("\u00a0", " ")


class TextAnswerField(forms.CharField):
    """Keeps every character that was typed, and cleans what was pasted."""

    def __init__(self, question: Question, limit: int, **kwargs: Any) -> None:
        self.question = question
        self.limit = limit
        super().__init__(strip=False, **kwargs)

    def to_python(self, value: Any) -> str:
        """The text; nothing if it is only white space. ValidationError if it is too long to keep."""
        text = plain_text(str(value or ""))
        if not text.strip():
            return ""
        if FORBIDDEN_CHARACTERS.search(text):
            raise ValidationError(
                _("“%(label)s” has characters that cannot be saved. They often come with pasted text: delete them.")
                % {"label": short_label(self.question)}
            )
        if len(text) > self.limit:
            raise ValidationError(
                _("“%(label)s” is %(count)s characters long, and at most %(limit)s can be saved.")
                % {"label": short_label(self.question), "count": len(text), "limit": self.limit}
            )
        return text


class LineAnswerField(TextAnswerField):
    """Text on one line."""

    def to_python(self, value: Any) -> str:
        """The text, its line breaks as spaces."""
        return super().to_python(value).replace("\n", " ")
