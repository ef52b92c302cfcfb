"""Raw streams as the database holds them: one small function per block."""

import uuid
from typing import Any

from wagtail.models import Page


def block(kind: str, value: Any) -> dict[str, Any]:
    """One block of a raw stream, with an id as the editor gives it."""
    return {"type": kind, "value": value, "id": str(uuid.uuid4())}


def items(*values: Any) -> list[dict[str, Any]]:
    """The raw items of a list block."""
    return [block("item", value) for value in values]


def section(heading: str, *content: dict[str, Any], anchor: str = "") -> dict[str, Any]:
    """One raw section."""
    return block("section", {"heading": heading, "anchor": anchor, "content": list(content)})


def stream(page_type: type[Page], field: str, *raw: dict[str, Any]) -> Any:
    """A stream value as the editor's form would hand it over."""
    return page_type._meta.get_field(field).stream_block.to_python(list(raw))


def chart(**changes: Any) -> dict[str, Any]:
    """A chart of two series and two rows, with one empty cell."""
    value = {
        "title": "Held and planned",
        "kind": "bar",
        "unit": "talks",
        "table": {
            "columns": [
                {"type": "label", "heading": "Unit"},
                {"type": "number", "heading": "Held"},
                {"type": "number", "heading": "Planned"},
            ],
            "rows": [{"values": ["North", "12", "3.5"]}, {"values": ["South", "7", None]}],
            "caption": "",
        },
        "source": "The annual report",
    }
    return block("chart", {**value, **changes})


def contact_box(**line: Any) -> dict[str, Any]:
    """A box with one line, open on weekdays from 8 to 17."""
    hours = {"days": ["0", "1", "2", "3", "4"], "opens": "08:00", "closes": "17:00"}
    value = {
        "name": "HR",
        "about": "",
        "phone": "00 00 00 02",
        "email": "hr@example.org",
        "hours": items(hours),
        "exceptions": [],
        "closed_on_public_holidays": True,
        "closed_on_days_off": True,
    }
    return block("contact_box", {"heading": "Who to ask", "intro": "", "lines": items({**value, **line})})


def self_test() -> dict[str, Any]:
    """A self-test of two traps."""
    traps = [
        {"trap": "We put it off.", "advice": "<p>Set a new date.</p>"},
        {"trap": "Nothing happens.", "advice": "<p>Bring the list.</p>"},
    ]
    return block("self_test", {"heading": "Test yourself", "intro": "", "traps": items(*traps)})
