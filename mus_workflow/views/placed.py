"""What a form shows in its place and nobody answers: lists that are kept elsewhere, and what is known already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from mus_workflow.formbuilder.shapes import Question, Schema

AGREED_ITEMS = "agreed_items"
CARRIED_ITEMS = "carried_items"


def place_of(schema: Schema, kind: str) -> str:
    """The id of the place that the form has for this list; empty if it has none that is always there.

    A place that comes and goes with an answer is no place for a list that must be seen: it stays where it always is.
    """
    return next((question["id"] for question in _always_shown(schema) if question["type"] == kind), "")


def _always_shown(schema: Schema) -> Iterator[Question]:
    for section in schema["sections"]:
        if section["visible_if"] is None:
            yield from (one for one in section["questions"] if one["visible_if"] is None and one["parent"] is None)


def component(name: str, context: Mapping[str, Any]) -> SafeString:
    """A component of ours as HTML."""
    return render_to_string(f"mus_workflow/components/{name}.html", dict(context))


def nothing_here(kind: str) -> SafeString:
    """What stands in the place of a list that has nothing to show on this page."""
    sentences = {
        AGREED_ITEMS: _("You write this together in the talk."),
        CARRIED_ITEMS: _("Nothing from last time is waiting here."),
    }
    return component("nothing_here", {"text": sentences[kind]})
