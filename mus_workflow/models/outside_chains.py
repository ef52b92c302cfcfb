"""The chains of the ledger that are no dialogue's: reporting lines, concepts, who audits whom, what people took out.

Each is named by a UUID that is made from what it is about, so that nobody needs to keep a list of them.
"""

from __future__ import annotations

import uuid
from typing import Any

RELATIONS = uuid.UUID("6d75732d-7265-4c61-9469-6f6e73000001")
RULES = uuid.UUID("6d75732d-7275-4c65-b300-000000000002")
EXPORTS = uuid.UUID("6d75732d-6578-4070-a472-7473000000a1")
# One chain for the whole organisation: who may audit, answer auditors, keep from erasing, or follow units in counts.
POWERS = uuid.UUID("6d75732d-706f-4765-b273-000000000003")


def relations_chain(employee_key: Any) -> uuid.UUID:
    """The chain of a person's reporting lines, by the key of their account."""
    return uuid.uuid5(RELATIONS, str(employee_key))


def exports_chain(person_key: Any) -> uuid.UUID:
    """The chain of what a person took out about themselves, by the key of their account."""
    return uuid.uuid5(EXPORTS, str(person_key))


def rules_chain(concept_key: Any) -> uuid.UUID:
    """The chain of a concept's versions, by its primary key."""
    return uuid.uuid5(RULES, f"concept {concept_key}")
