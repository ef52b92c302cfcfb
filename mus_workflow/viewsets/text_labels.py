"""What each text of a form is called in the editor: the label of the block it is written in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from mus_workflow.formbuilder.wording import FORM_ID
from mus_workflow.models import FormDefinition

Slot = tuple[str, str]


def labels_of(document: Mapping[str, Any], slots: Iterable[Slot]) -> dict[Slot, str]:
    """The name of each text, by its id and name in the document."""
    section_block = FormDefinition._meta.get_field("body").stream_block.child_blocks["section"]
    homes = _homes(document)
    return {slot: str(_label(slot, homes, section_block)) for slot in slots}


def _homes(document: Mapping[str, Any]) -> dict[str, tuple[str, str]]:
    """{id: (type of the question, name of the setting)} of questions and of the parts in their settings."""
    homes: dict[str, tuple[str, str]] = {}
    for section in document["sections"]:
        for question in section["questions"]:
            homes[question["id"]] = (question["type"], "")
            for name, value in question["settings"].items():
                parts = [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []
                homes |= {part["id"]: (question["type"], name) for part in parts if "id" in part}
    return homes


def _label(slot: Slot, homes: Mapping[str, tuple[str, str]], section_block: Any) -> Any:
    slot_id, key = slot
    if slot_id == FORM_ID:
        return _("Title") if key == "label" else _("Introduction")
    if slot_id not in homes:
        block = section_block.child_blocks.get(key)
        return block.label if block else key
    question_type, setting = homes[slot_id]
    block = section_block.child_blocks["questions"].child_blocks[question_type]
    if setting:
        block = getattr(block.child_blocks.get(setting), "child_block", None)
        if key == "label" and block:
            return block.label
    found = getattr(block, "child_blocks", {}).get(key)
    return found.label if found else key
