"""The switch beside each answer that shares it and says who can read it, drawn once for each form and language."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from django.utils.safestring import SafeString

from mus_workflow.formbuilder.fields import Asked
from mus_workflow.formbuilder.memory import Memory
from mus_workflow.formbuilder.projection import FormKey
from mus_workflow.formbuilder.shapes import Schema

from .gaps import fill, fill_some, keep

OWN = "mus_workflow/components/who_own.html"
NAMES = ("other", "readers", "at")


class Switch(NamedTuple):
    """One question's switch, off and on, complete but for names and who can read the answer."""

    hex: str
    is_always: bool
    off: list[str]
    on: list[str]


_switches: Memory[dict[str, Switch]] = Memory(256)


def share_boxes(
    key: FormKey, schema: Schema, *, chosen: Collection[str], copied: Collection[str], names: Mapping[str, str]
) -> dict[str, SafeString]:
    """The switch of each question, on for those that are chosen, by question id. Some answers are always shared.

    ``copied`` are the questions whose answer others can read now. ``names``: ``other``, whom one shares with, and for
    what is copied ``readers`` and ``at``, since when.
    """
    boxes = {}
    whose = {
        (is_always, is_copied): who_own(names, is_always=is_always, is_copied=is_copied)
        for is_always in (False, True)
        for is_copied in (False, True)
    }
    for one, switch in _drawn(key, schema).items():
        who = fill(whose[switch.is_always, one in copied], {"hex": switch.hex})
        boxes[one] = fill(switch.on if one in chosen else switch.off, {"other": names["other"], "who": who})
    return boxes


def who_own(names: Mapping[str, str], *, is_always: bool, is_copied: bool) -> list[str]:
    """Who can read an answer of one's own preparation, complete but for the question's id, ``hex``."""
    context = {"always": is_always, "copied": is_copied}
    pieces = keep(OWN, (is_always, is_copied), ("hex", *NAMES), lambda marks: context)
    return fill_some(pieces, {name: names.get(name, "") for name in NAMES})


def _drawn(key: FormKey, schema: Schema) -> dict[str, Switch]:
    def make() -> dict[str, Switch]:
        switches = {}
        for question_id, question in Asked(schema).questions.items():
            gaps = {"hex": question_id.replace("-", ""), "question": question["label"]}
            is_always = question["sharing"] == "ALWAYS"
            off, on = (_switch(is_shared=is_shared, is_always=is_always) for is_shared in (False, True))
            switches[question_id] = Switch(gaps["hex"], is_always, fill_some(off, gaps), fill_some(on, gaps))
        return switches

    return _switches.recall(key, make)


def _switch(*, is_shared: bool, is_always: bool) -> Sequence[str]:
    context = {"shared": is_shared, "always": is_always}
    names = ("hex", "question", "other", "who")
    return keep("mus_workflow/components/share.html", (is_shared, is_always), names, lambda marks: context)
