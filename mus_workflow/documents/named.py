"""A recorded agreement with the names of those who wrote in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mus_workflow.models import Role

from .agreement import labels_of


def with_names(document: Mapping[str, Any]) -> dict[str, Any]:
    """The document as it is shown: beside each writer's id the name, as far as the document names them, and its labels.

    Every word is the document's own, so that what is shown is what is signed, whatever the reader's language.
    """
    labels = labels_of(document)
    names = {party["id"]: party["name"] for party in document["parties"]}
    sections = [
        {**section, "answers": [{**one, "by_name": names.get(one["by"], "")} for one in section["answers"]]}
        for section in document["sections"]
    ]
    settled = [
        {
            **item,
            "remarks": [
                (labels[f"comment_{role}"], text) for role in Role if (text := item["comments"].get(role.value))
            ],
        }
        for item in document["settled"]
    ]
    return {**document, "labels": labels, "sections": sections, "settled": settled}
