"""Templates that are rendered once and kept, with gaps that each request fills: for what every view of a page repeats.

A gap comes out of the template as a mark that no editor can know; it is shaped like a UUID, so that the template can
also make an address with it. What is kept says only what its key says: whatever belongs to one person or one request
goes into a gap, or into the key.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from mus_workflow.formbuilder.memory import Memory

TOKEN = str(uuid.uuid4())[:24]
MARK = re.compile(f"{TOKEN}([0-9a-f]{{12}})")

_kept: Memory[list[str]] = Memory(512)


def fill_kept(
    template: str,
    key: Hashable,
    gaps: Mapping[str, Any],
    context: Callable[[Mapping[str, str]], Mapping[str, Any]] = dict,
) -> SafeString:
    """The template, kept for this key and the active language, with its gaps filled; they are escaped as ever.

    ``context`` is asked once for each key, with the marks of the gaps; all it gives must follow from the key. The
    template can only write a gap out, never ask what is in it, and sees neither the request nor the user.
    """
    return fill(keep(template, key, gaps, context), gaps)


def keep(
    template: str,
    key: Hashable,
    names: Iterable[str],
    context: Callable[[Mapping[str, str]], Mapping[str, Any]] = dict,
) -> list[str]:
    """The same template as pieces with the gaps of these names between them, for who fills it many times in a page."""
    return _kept.recall((template, get_language(), key), lambda: _pieces(template, names, context))


def fill(pieces: Sequence[str], gaps: Mapping[str, Any]) -> SafeString:
    """The pieces with their gaps filled."""
    parts = list(pieces)
    parts[1::2] = [conditional_escape(gaps[name]) for name in pieces[1::2]]
    return SafeString("".join(parts))  # the template escaped its own text


def fill_some(pieces: Sequence[str], gaps: Mapping[str, Any]) -> list[str]:
    """The pieces with these gaps filled and the others still open."""
    parts = [pieces[0]]
    for name, text in zip(pieces[1::2], pieces[2::2], strict=True):
        if name in gaps:
            parts[-1] += conditional_escape(gaps[name]) + text
        else:
            parts += [name, text]
    return parts


def _pieces(
    template: str, names: Iterable[str], context: Callable[[Mapping[str, str]], Mapping[str, Any]]
) -> list[str]:
    marks = {name: f"{TOKEN}{number:012x}" for number, name in enumerate(names)}
    pieces = MARK.split(render_to_string(template, {**marks, **context(marks)}))
    pieces[1::2] = [list(marks)[int(number, 16)] for number in pieces[1::2]]
    return pieces
