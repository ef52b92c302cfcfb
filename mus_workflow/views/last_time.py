"""What was agreed earlier and is still open, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mus_workflow.actions.write_revision import carried_items
from mus_workflow.models import AgreementItem, Dialogue, open_each


@dataclass(frozen=True)
class WordedItem:
    """An agreed item with its text opened: ``words`` is {what, support, measure}."""

    item: AgreementItem
    words: dict[str, str]


def open_items_before(dialogue: Dialogue) -> list[WordedItem]:
    """The open items of the employee's earlier agreements, with two queries."""
    return worded([item for item in carried_items(dialogue) if not item.outcome])


def worded(items: Sequence[AgreementItem]) -> list[WordedItem]:
    """The items with their texts, opened with one query for all keys."""
    texts = open_each([item.text for item in items])
    return [WordedItem(item, words) for item, words in zip(items, texts, strict=True)]
