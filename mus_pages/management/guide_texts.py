"""The starter guide's texts: which pages there are, and how a text file becomes a page's fields."""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .markup import rich_text

STARTER = Path(__file__).resolve().parent.parent / "starter"
# Page key -> primary key of that page in one language; links between the starter pages are written by key.
PageIds = dict[str, int]


@dataclass(frozen=True)
class Outline:
    """A page of the starter guide. Its slug is the same in every language: changing language keeps the place."""

    key: str
    slug: str
    kind: str
    parent: str | None = None


OUTLINE = (
    Outline("home", "forside", "home"),
    Outline("guide", "guide", "theme", "home"),
    Outline("preparing", "forberedelse", "article", "guide"),
    Outline("criticism", "kritik-og-oensker", "article", "guide"),
    Outline("manager", "lederens-stol", "article", "guide"),
    Outline("words", "ord-paa-jobbet", "article", "guide"),
    Outline("traps", "faelder", "article", "guide"),
    Outline("group", "grus", "article", "guide"),
    Outline("not-offered", "ingen-mus", "article", "guide"),
    Outline("unpleasant", "ubehagelig-samtale", "article", "guide"),
)


def languages() -> list[str]:
    """The languages the starter guide is written in, by code."""
    return sorted(folder.name for folder in STARTER.iterdir() if folder.is_dir())


def read(language: str, key: str) -> dict[str, Any]:
    """The text file of one page."""
    return tomllib.loads((STARTER / language / f"{key}.toml").read_text(encoding="utf-8"))


def entrances(text: dict[str, Any], pages: PageIds) -> list[dict[str, Any]]:
    """The raw stream of a page's entrances."""
    return [_block("entrance", _link(entry, pages, question="", answer="")) for entry in text.get("entrances", [])]


def body(text: dict[str, Any], pages: PageIds) -> list[dict[str, Any]]:
    """The raw stream of a page's sections."""
    return [
        _block(
            "section",
            {
                "heading": section["heading"],
                "anchor": section["anchor"],
                "content": [_content(item, pages) for item in section["content"]],
            },
        )
        for section in text["sections"]
    ]


def _content(item: dict[str, Any], pages: PageIds) -> dict[str, Any]:
    kind = item["type"]
    if kind == "read_more":
        return _block(kind, _link(item, pages, label=""))
    return _block(kind, CONTENT[kind](item))


def _block(kind: str, value: Any) -> dict[str, Any]:
    # Every block needs an id of its own: one without gets a new one at each load, and links to it would break.
    return {"type": kind, "value": value, "id": str(uuid.uuid4())}


def _items(values: list[Any]) -> list[dict[str, Any]]:
    return [_block("item", value) for value in values]


def _link(entry: dict[str, Any], pages: PageIds, **texts: str) -> dict[str, Any]:
    words = {name: entry.get(name, default) for name, default in texts.items()}
    return {**words, "page": pages[entry["page"]], "section": entry.get("section", "")}


def _steps(item: dict[str, Any]) -> dict[str, Any]:
    return {"steps": _items([{"title": step["title"], "text": rich_text(step["text"])} for step in item["steps"]])}


def _talk_about(item: dict[str, Any]) -> dict[str, Any]:
    return {
        "do_heading": item["do_heading"],
        "do": _items([rich_text(topic) for topic in item["do"]]),
        "do_not_heading": item["do_not_heading"],
        "do_not": _items([rich_text(topic) for topic in item["do_not"]]),
    }


def _self_test(item: dict[str, Any]) -> dict[str, Any]:
    traps = [{"trap": trap["trap"], "advice": rich_text(trap["advice"])} for trap in item["traps"]]
    return {"heading": item["heading"], "intro": rich_text(item["intro"]), "traps": _items(traps)}


def _call_to_action(item: dict[str, Any]) -> dict[str, Any]:
    return {"target": item["target"], "text": rich_text(item["text"]), "button": ""}


def _contact_line(line: dict[str, Any]) -> dict[str, Any]:
    hours = {"days": line["days"], "opens": line["opens"], "closes": line["closes"]}
    return {
        "name": line["name"],
        "about": line["about"],
        "phone": line["phone"],
        "email": "",
        "hours": _items([hours]),
        "exceptions": [],
        "closed_on_public_holidays": True,
        "closed_on_days_off": True,
    }


def _contact_box(item: dict[str, Any]) -> dict[str, Any]:
    lines = _items([_contact_line(line) for line in item["lines"]])
    return {"heading": item["heading"], "intro": rich_text(item["intro"]), "lines": lines}


def _chart(item: dict[str, Any]) -> dict[str, Any]:
    columns = [{"type": "label", "heading": item["labels"]}]
    columns += [{"type": "number", "heading": name} for name in item["series"]]
    rows = [{"values": [label, *map(str, numbers)]} for label, *numbers in item["rows"]]
    return {
        "title": item["title"],
        "kind": item["kind"],
        "unit": item["unit"],
        "table": {"columns": columns, "rows": rows, "caption": ""},
        "source": item.get("source", ""),
    }


CONTENT: dict[str, Callable[[dict[str, Any]], Any]] = {
    "text": lambda item: rich_text(item["text"]),
    "heading": lambda item: item["heading"],
    "checklist": lambda item: {"heading": item["heading"], "items": _items(item["items"])},
    "steps": _steps,
    "talk_about": _talk_about,
    "self_test": _self_test,
    "call_to_action": _call_to_action,
    "contact_box": _contact_box,
    "chart": _chart,
}
