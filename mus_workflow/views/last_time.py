"""What was agreed earlier and is still open, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import models
from django.db.models import QuerySet

from mus_workflow.models import AgreementItem, Dialogue, Participant, Role, open_each
from mus_workflow.models.kept_query import KeptQuery, Slot


@dataclass(frozen=True)
class WordedItem:
    """An agreed item with its text opened: ``words`` is {what, support, measure}."""

    item: AgreementItem
    words: dict[str, str]


def open_items_of(participants: Sequence[Participant], *, but: Dialogue) -> list[AgreementItem]:
    """The open items of all agreements of the dialogue's employee but its own, with one query."""
    employees = [person.user_id for person in participants if person.role == Role.EMPLOYEE]
    if not employees or employees[0] is None:  # an account that is gone has no other dialogues
        return []
    return OPEN_ITEMS.all(employee=employees[0], dialogue=but.pk)


def worded(items: Sequence[AgreementItem]) -> list[WordedItem]:
    """The items with their texts, opened with one query for all keys."""
    texts = open_each([item.text for item in items])
    return [WordedItem(item, words) for item, words in zip(items, texts, strict=True)]


def _open_items() -> QuerySet[AgreementItem]:
    user = Participant._meta.get_field("user").target_field
    of_employee = AgreementItem.objects.of_employee(Slot("employee", user)).open()
    earlier = of_employee.exclude(agreement__dialogue=Slot("dialogue", models.UUIDField()))
    return earlier.order_by("agreement_id", "position", "id")


OPEN_ITEMS = KeptQuery(_open_items)
