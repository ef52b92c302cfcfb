"""The two sides of a dialogue, where each has an answer of its own on the same sheet."""

import uuid

from mus_workflow.formbuilder.shapes import Question

SIDES = ("EMPLOYEE", "MANAGER")


def side_id(question_id: str, role: str) -> str:
    """The id of one side's answer to a question that each side answers on the same sheet (UUID 5 of id and role)."""
    return str(uuid.uuid5(uuid.UUID(question_id), role))


def is_asked_with(target: Question, question: Question) -> bool:
    """Whether everyone who is asked the question has an answer to the target, or can have."""
    if target["audience"] == "BOTH":
        # Each side's own answer: what both write together cannot follow from one of them.
        return bool(question["audience"] != "AGREED")
    return target["audience"] in ("AGREED", question["audience"])
