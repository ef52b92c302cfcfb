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

    ``answers`` is {key: JSON value} (see ``formbuilder.parts``), ``sharing`` {question id: bool}, ``items`` {item id:
    {field: value}}, ``confirmed`` {question id: whether the answer still stands}, ``form`` the form version of the
    page; None stands for the draft's own.
    """

    request: str
    base: int
    answers: Mapping[str, Any] = field(default_factory=dict)
    sharing: Mapping[str, bool] = field(default_factory=dict)
    items: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    change_note: str | None = None
    confirmed: Mapping[str, bool] = field(default_factory=dict)
    form: int | None = None


@dataclass(frozen=True)
class Conflict:
    """Two texts for one place: mine was not written, theirs stands. ``key`` is an answer's key or item id.field.

    ``by`` and ``at`` (ISO) say who wrote theirs, and when.
    """

    key: str
    mine: Any
    theirs: Any
    by: str
    version: int
    at: str = ""


def empty_body() -> dict[str, Any]:
    """The body of a draft in which nothing was typed."""
    return {"answers": {}, "sharing": {}, "items": {}, "change_note": "", "requests": {}}


def merge(
    body: Mapping[str, Any], typed: Typed, *, version: int, by: str, at: str = ""
) -> tuple[dict[str, Any], list[Conflict]]:
    """The body with this save in it, and what could not be merged. ``version`` is the draft's new version."""
    merged = {**empty_body(), **body}
    written = {"version": version, "by": by, "at": at}
    merged["answers"], conflicts = _merge_answers(merged["answers"], typed, written)
    merged["items"], more = _merge_items(merged["items"], typed, written)
    merged["sharing"] = {**merged["sharing"], **typed.sharing}
    if typed.change_note is not None:
        merged["change_note"] = typed.change_note
    conflicts += more
    # A save that met a conflict may be sent again, and must then hear of the conflict again.
    if not conflicts:
        kept = list(merged["requests"].items())[-(REQUESTS_KEPT - 1) :]
        merged["requests"] = {**dict(kept), typed.request: version}
    return merged, conflicts


def plain_answers(body: Mapping[str, Any]) -> dict[str, Any]:
    """{key: JSON value} of a draft's body."""
    return {key: entry["value"] for key, entry in body.get("answers", {}).items()}


def _merge_answers(
    answers: Mapping[str, Any], typed: Typed, written: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Conflict]]:
    merged, conflicts = dict(answers), []
    for key, value in typed.answers.items():
        before = merged.get(key)
        # A control that nobody has written in holds nothing; sending that is no change.
        if value == (before["value"] if before else None):
            continue
        if before and before["version"] > typed.base:
            conflicts.append(
                Conflict(key, value, before["value"], before["by"], before["version"], before.get("at", ""))
            )
        else:
            merged[key] = {"value": value, **written}
    return merged, conflicts


def _merge_items(
    items: Mapping[str, Any], typed: Typed, written: Mapping[str, Any]
) -> tuple[dict[str, Any], list[Conflict]]:
    merged, conflicts = dict(items), []
    for item_id, fields in typed.items.items():
        before = merged.get(item_id) or {"fields": {}, "versions": {}, "by": written["by"], "position": len(merged)}
        item = {**before, **{part: dict(before.get(part, {})) for part in ("fields", "versions", "writers")}}
        for name, value in fields.items():
            if name not in ITEM_FIELDS or item["fields"].get(name, "") == value:
                continue
            if item["versions"].get(name, 0) > typed.base:
                conflicts.append(_item_conflict(item_id, name, value, before))
                continue
            item["fields"][name], item["by"] = value, written["by"]
            item["versions"][name] = written["version"]
            item["writers"][name] = {"by": written["by"], "at": written["at"]}
        item["removed"] = bool(item["fields"].get("removed"))
        item["position"] = item["fields"].get("position", item["position"])
        merged[item_id] = item
    return merged, conflicts


def _item_conflict(item_id: str, name: str, value: Any, item: Mapping[str, Any]) -> Conflict:
    writer = item.get("writers", {}).get(name, {"by": item["by"], "at": ""})
    theirs, version = item["fields"].get(name, ""), item["versions"][name]
    return Conflict(f"{item_id}.{name}", value, theirs, writer["by"], version, writer["at"])
