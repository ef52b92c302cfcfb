"""The switch beside each answer that shares it, drawn once for each form and language."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.utils.safestring import SafeString

from mus_workflow.formbuilder.fields import Asked
from mus_workflow.formbuilder.memory import Memory
from mus_workflow.formbuilder.projection import FormKey
from mus_workflow.formbuilder.shapes import Schema

from .gaps import fill, fill_some, keep

Pair = tuple[list[str], list[str]]

_switches: Memory[dict[str, Pair]] = Memory(256)


def share_boxes(key: FormKey, schema: Schema, *, chosen: Collection[str], other_name: str) -> dict[str, SafeString]:
    """The switch of each question, on for those that are chosen, by question id. Some answers are always shared."""
    name = {"other": other_name}
    return {one: fill(pair[one in chosen], name) for one, pair in _drawn(key, schema).items()}


def _drawn(key: FormKey, schema: Schema) -> dict[str, Pair]:
    """Off and on, complete but for the name of who may then read the answer."""

    def make() -> dict[str, Pair]:
        pairs = {}
        for question_id, question in Asked(schema).questions.items():
            gaps = {"hex": question_id.replace("-", ""), "question": question["label"]}
            is_always = question["sharing"] == "ALWAYS"
            off, on = (_switch(is_shared=is_shared, is_always=is_always) for is_shared in (False, True))
            pairs[question_id] = (fill_some(off, gaps), fill_some(on, gaps))
        return pairs

    return _switches.recall(key, make)


def _switch(*, is_shared: bool, is_always: bool) -> Sequence[str]:
    context = {"shared": is_shared, "always": is_always}
    names = ("hex", "question", "other")
    return keep("mus_workflow/components/share.html", (is_shared, is_always), names, lambda marks: context)
