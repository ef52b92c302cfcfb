"""The units and steps that an editor can pick in a rule."""

from mus_workflow.formbuilder.questions.fact_choices import Choices, offer
from mus_workflow.stages import Stage

from .unit import Unit

INDENT = "– "


def connect() -> None:
    """Let the form builder offer them, each time its page is shown."""
    offer("STAGE", lambda: Stage.choices)
    offer("UNIT", units)


def units() -> Choices:
    """(id, name) of every unit in the order of the tree, set in under those above it; one query."""
    rows = Unit.objects.order_by("path").values_list("pk", "name", "depth")
    return [(str(key), f"{INDENT * (depth - 1)}{name}") for key, name, depth in rows]
