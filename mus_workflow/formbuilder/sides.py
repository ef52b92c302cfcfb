"""The two sides of a dialogue, where each has an answer of its own on the same sheet."""

import uuid

SIDES = ("EMPLOYEE", "MANAGER")


def side_id(question_id: str, role: str) -> str:
    """The id of one side's answer to a question that each side answers on the same sheet (UUID 5 of id and role)."""
    return str(uuid.uuid5(uuid.UUID(question_id), role))
