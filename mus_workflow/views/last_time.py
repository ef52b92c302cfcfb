"""What was agreed earlier and is still open, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mus_workflow.models import AgreementItem, Dialogue, Participant, Role, open_each


@dataclass(frozen=True)
class WordedItem:
    """An agreed item with its text opened: ``words`` is {what, support, measure}."""

    item: AgreementItem
    words: dict[str, str]


def open_items_of(participants: Sequence[Participant], *, but: Dialogue) -> list[AgreementItem]:
    """The open items of all agreements of the dialogue's employee but its own, with one query."""
    employees = [person.user_id for person in participants if person.role == Role.EMPLOYEE]
    if not employees:
        return []
    items = AgreementItem.objects.of_employee(employees[0]).open().exclude(agreement__dialogue=but)
    return list(items.order_by("agreement_id", "position", "id"))


def worded(items: Sequence[AgreementItem]) -> list[WordedItem]:
    """The items with their texts, opened with one query for all keys."""
    texts = open_each([item.text for item in items])
    return [WordedItem(item, words) for item, words in zip(items, texts, strict=True)]
