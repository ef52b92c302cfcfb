"""Merging what two people, or two windows, typed into one draft.

Every answer and every field of an item carries the version of the draft that last changed it. Typing that began from an
older version than that, and says something else, is a conflict; everything else merges. The model is the optimistic
check of offline forms (a base version with each save), applied per field.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

ITEM_FIELDS = frozenset({"what", "responsible", "due_date", "support", "measure", "category", "position", "removed"})
REQUESTS_KEPT = 20


@dataclass(frozen=True, kw_only=True)
class Typed:
    """One save from a browser: what was typed since the version it began from.

    ``answers`` is {question id: JSON value}, ``sharing`` {question id: bool}, ``items`` {item id: {field: value}}.
    """

    request: str
    base: int
    answers: Mapping[str, Any] = field(default_factory=dict)
    sharing: Mapping[str, bool] = field(default_factory=dict)
    items: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    change_note: str | None = None


@dataclass(frozen=True)
class Conflict:
    """Two texts for one place: mine was not written, theirs stands. ``key`` is a question id or item id.field."""

    key: str
    mine: Any
    theirs: Any
    by: str
    version: int


def empty_body() -> dict[str, Any]:
    """The body of a draft in which nothing was typed."""
    return {"answers": {}, "sharing": {}, "items": {}, "change_note": "", "requests": {}}


def merge(body: Mapping[str, Any], typed: Typed, *, version: int, by: str) -> tuple[dict[str, Any], list[Conflict]]:
    """The body with this save in it, and what could not be merged. ``version`` is the draft's new version."""
    merged = {**empty_body(), **body}
    merged["answers"], conflicts = _merge_answers(merged["answers"], typed, version, by)
    merged["items"], more = _merge_items(merged["items"], typed, version, by)
    merged["sharing"] = {**merged["sharing"], **typed.sharing}
    if typed.change_note is not None:
        merged["change_note"] = typed.change_note
    kept = list(merged["requests"].items())[-(REQUESTS_KEPT - 1) :]
    merged["requests"] = {**dict(kept), typed.request: version}
    return merged, conflicts + more


def plain_answers(body: Mapping[str, Any]) -> dict[str, Any]:
    """{question id: JSON value} of a draft's body."""
    return {key: entry["value"] for key, entry in body.get("answers", {}).items()}


def _merge_answers(
    answers: Mapping[str, Any], typed: Typed, version: int, by: str
) -> tuple[dict[str, Any], list[Conflict]]:
    merged, conflicts = dict(answers), []
    for key, value in typed.answers.items():
        before = merged.get(key)
        if before and before["value"] == value:
            continue
        if before and before["version"] > typed.base:
            conflicts.append(Conflict(key, value, before["value"], before["by"], before["version"]))
        else:
            merged[key] = {"value": value, "version": version, "by": by}
    return merged, conflicts


def _merge_items(
    items: Mapping[str, Any], typed: Typed, version: int, by: str
) -> tuple[dict[str, Any], list[Conflict]]:
    merged, conflicts = dict(items), []
    for item_id, fields in typed.items.items():
        item = merged.get(item_id) or {"fields": {}, "versions": {}, "by": by, "position": len(merged)}
        item = {**item, "fields": dict(item["fields"]), "versions": dict(item.get("versions", {}))}
        for name, value in fields.items():
            if name not in ITEM_FIELDS or item["fields"].get(name, "") == value:
                continue
            if item["versions"].get(name, 0) > typed.base:
                theirs = item["fields"].get(name, "")
                conflicts.append(Conflict(f"{item_id}.{name}", value, theirs, item["by"], item["versions"][name]))
                continue
            item["fields"][name] = value
            item["versions"][name] = version
            item["by"] = by
        item["removed"] = bool(item["fields"].get("removed"))
        item["position"] = item["fields"].get("position", item["position"])
        merged[item_id] = item
    return merged, conflicts
