"""The scale that every row of a question shares, and its words."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail import blocks

from mus_workflow.formbuilder.shapes import Json, Shape, integer, text

MOST_POINTS = 21
HIGHEST_POINT = 100
POINTS_SHAPE: dict[str, Shape] = {
    "min": integer(0, HIGHEST_POINT),
    "max": integer(0, HIGHEST_POINT),
    "min_label": text(),
    "max_label": text(),
}


def point_blocks() -> list[tuple[str, blocks.Block]]:
    """What an editor fills in about the scale."""
    bounds = {"min_value": 0, "max_value": HIGHEST_POINT}
    return [
        ("min", blocks.IntegerBlock(default=1, label=gettext_lazy("From"), **bounds)),
        ("min_label", blocks.CharBlock(required=False, label=gettext_lazy("Words at the low end"))),
        ("max", blocks.IntegerBlock(default=5, label=gettext_lazy("To"), **bounds)),
        ("max_label", blocks.CharBlock(required=False, label=gettext_lazy("Words at the high end"))),
    ]


def points_in(value: Mapping[str, Any]) -> dict[str, Json]:
    """The settings that the blocks' values stand for."""
    words = {key: (value[key] or "").strip() for key in ("min_label", "max_label")}
    return {"min": value["min"], "max": value["max"], **words}


def point_conflicts(settings: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    """(key, sentence) for a scale that cannot be shown in a row."""
    if settings["max"] <= settings["min"]:
        yield "max", _("The scale must end higher than it starts.")
    elif settings["max"] - settings["min"] >= MOST_POINTS:
        yield "max", _("The scale has too many points: at most %(most)s fit.") % {"most": MOST_POINTS}


def points_of(settings: Mapping[str, Json]) -> dict[str, Json]:
    """The scale as the settings of a scale question."""
    return {key: settings[key] for key in POINTS_SHAPE}


def ends_in_words(settings: Mapping[str, Json]) -> str:
    """Where the scale begins and ends, in words: “1 = rarely – 5 = often”."""
    ends = []
    for end in ("min", "max"):
        label = settings[f"{end}_label"]
        ends.append(f"{settings[end]} = {label}" if label else str(settings[end]))
    return " – ".join(ends)
