"""The files that a document names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def file_ids(document: Mapping[str, Any]) -> set[str]:
    """The ids of the files among a document's answers."""
    return {
        one["id"]
        for section in document["sections"]
        for answer in section["answers"]
        if answer["type"] == "file"
        for one in answer["value"]
    }
