"""A recorded agreement with the names of those who wrote in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mus_workflow.models import Role


def with_names(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document with the name of each writer beside the writer's id, as far as the document names them."""
    names = {party["id"]: party["name"] for party in document["parties"]}
    sections = [
        {**section, "answers": [{**one, "by_name": names.get(one["by"], "")} for one in section["answers"]]}
        for section in document["sections"]
    ]
    settled = [
        {**item, "remarks": [(role, item["comments"][role.value]) for role in Role if item["comments"].get(role.value)]}
        for item in document["settled"]
    ]
    return {**document, "sections": sections, "settled": settled}
