"""The agreements of one employee's dialogues, each following the one before it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from mus_workflow.models import Agreement, Dialogue, Role

from .comparison import Which

History = Agreement.history.model


@dataclass(frozen=True)
class Choice:
    """A revision to compare with: as an address names it, and when it was recorded."""

    reference: str
    number: int
    at: datetime

    @property
    def name(self) -> str:
        """How an address names it."""
        return f"{self.reference}.{self.number}"


@dataclass(frozen=True)
class Years:
    """An agreement, and those in the row of dialogues it stands in: {reference: agreement}, the newest first."""

    agreement: Agreement
    agreements: dict[str, Agreement]

    def which(self, name: str) -> Which | None:
        """The revision that a text names: a number of this agreement, or a reference and a number. None for neither."""
        reference, _dot, number = name.rpartition(".")
        agreement = self.agreements.get(reference) if reference else self.agreement
        if agreement is None or not (number.isascii() and number.isdigit() and len(number) <= 9):
            return None
        return Which(agreement, int(number))

    def choices(self) -> list[Choice]:
        """Every revision of every agreement in the row, the newest first, with one query."""
        references = {agreement.pk: reference for reference, agreement in self.agreements.items()}
        rows = History.objects.filter(id__in=references).values_list("id", "revision", "history_date")
        found = [Choice(references[key], number, at) for key, number, at in rows.order_by("-revision")]
        order = list(self.agreements)
        return sorted(found, key=lambda choice: order.index(choice.reference))


def years_of(agreement: Agreement) -> Years:
    """The row of dialogues that an agreement stands in, with two queries however long it is."""
    followed = _row_of(agreement.dialogue)
    found = Agreement.objects.filter(dialogue__in=followed).select_related("dialogue").defer("document", "change_note")
    newest_first = sorted(found, key=lambda one: followed.index(one.dialogue_id))
    return Years(agreement, {one.dialogue.reference: one for one in newest_first})


def _row_of(dialogue: Dialogue) -> list[uuid.UUID]:
    """The ids of the dialogues that it follows and that follow it, the newest first."""
    employees = dialogue.participants.filter(role=Role.EMPLOYEE).values("user_key")
    theirs = Dialogue.objects.filter(participants__user_key__in=employees, participants__role=Role.EMPLOYEE)
    follows = dict(theirs.values_list("pk", "previous"))
    followed_by = {before: after for after, before in follows.items() if before}
    row, here = [dialogue.pk], dialogue.pk
    while (here := followed_by.get(here)) and here not in row:
        row.insert(0, here)
    here = dialogue.pk
    while (here := follows.get(here)) and here not in row:
        row.append(here)
    return row
