"""Questions of one control that stand in the cells of a larger one."""

from functools import cache
from typing import Any

from django.utils.translation import gettext as _

from mus_workflow.formbuilder.questions.registry import registry
from mus_workflow.formbuilder.shapes import Json, Question

# What is said once, of the whole question, or never of a part of it.
SAID_ONCE: dict[str, Json] = {
    "number": "",
    "mirrored": "",
    "help": "",
    "placeholder": "",
    "example": "",
    "parent": None,
    "required": False,
    "required_if": None,
    "sensitive": False,
    "countable": False,
    "visible_if": None,
}


def hex_of(part_id: str) -> str:
    """An id as it stands in the key of a part."""
    return part_id.replace("-", "")


def cell_question(question: Question, type_name: str, label: str, **settings: Json) -> dict[str, Json]:
    """The question that one cell puts. What `settings` does not say is as in a new question of that type."""
    return {
        **question,
        **SAID_ONCE,
        "type": type_name,
        "label": label,
        "settings": {**_usual_settings(type_name), **settings},
    }


def cell_label(row: str, column: str) -> str:
    """What a cell is called where its headings are not read with it."""
    return _("%(row)s: %(column)s") % {"row": row, "column": column}


@cache
def _usual_settings(type_name: str) -> dict[str, Any]:
    question_type = registry.get(type_name)
    return question_type.settings(question_type.block().get_default())
