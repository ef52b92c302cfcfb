"""The revisions of one agreement: who, when, what, why, and who signed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mus_workflow.documents.retention import rule_in_words
from mus_workflow.models import Agreement, Event, LedgerEntry, Meaning, Presentation, Role, Signature

from .opening import Gone, open_or_gone

History = Agreement.history.model

EVENTS = {
    Event.REVISION_SAVED.value: gettext_lazy("Saved as a revision"),
    Event.PRESENTED.value: gettext_lazy("Presented for signing"),
}


@dataclass(frozen=True)
class Signed:
    """One answer to a revision: by whom, as what, when, and what it says."""

    name: str
    role: str
    at: datetime
    meaning: str
    is_declined: bool = False


@dataclass(frozen=True)
class Revision:
    """One recorded state of an agreement, without a word of it. ``entry`` is its place in the dialogue's ledger."""

    number: int
    at: datetime
    actor: str
    role: str
    event: str
    reason: str
    entry: int | None
    signatures: tuple[Signed, ...]
    parties: int
    taken_back: bool

    @property
    def is_signed_by_all(self) -> bool:
        """Whether every party it was presented to has signed it."""
        return 0 < self.parties <= self.signed

    @property
    def signed(self) -> int:
        """How many of its parties have signed it."""
        return sum(not one.is_declined for one in self.signatures)


def history_of(agreement: Agreement) -> QuerySet[Any]:
    """The history rows of an agreement, newest first, without their documents."""
    return History.objects.filter(id=agreement.pk).defer("document").order_by("-revision", "-history_id")


def revisions_of(agreement: Agreement, rows: Iterable[Any] | None = None) -> list[Revision]:
    """The agreement's revisions, or those of some of its history rows, with five queries however many there are."""
    rows = list(history_of(agreement) if rows is None else rows)
    numbers = [row.revision for row in rows]
    reasons = open_or_gone([row.change_note for row in rows])
    entries = _entries(agreement, rows)
    signatures = _signatures(agreement, numbers)
    presented = {
        presentation.revision: presentation
        for presentation in Presentation.objects.filter(agreement=agreement, revision__in=numbers).select_related(
            "recall"
        )
    }
    return [
        Revision(
            number=row.revision,
            at=row.history_date,
            actor=row.actor_label or _("The system"),
            role=_role(row.actor_role),
            event=str(EVENTS.get(row.history_change_reason, row.history_change_reason or "")),
            reason=in_words(reason),
            entry=entries.get(str(row.history_id)),
            signatures=tuple(signatures[row.revision]),
            parties=presented[row.revision].party_count if row.revision in presented else 0,
            taken_back=hasattr(presented.get(row.revision), "recall"),
        )
        for row, reason in zip(rows, reasons, strict=True)
    ]


def in_words(reason: Any) -> str:
    """A change note for the page: nothing where there is none, and the rule where it was erased."""
    if isinstance(reason, Gone):
        return _("Erased by the rule “%(rule)s”.") % {"rule": rule_in_words(reason.rule)}
    return reason or ""


def _entries(agreement: Agreement, rows: list[Any]) -> dict[str, int]:
    ids = [str(row.history_id) for row in rows]
    found = LedgerEntry.objects.filter(chain=agreement.dialogue_id, object_type="Agreement", history_id__in=ids)
    return dict(found.values_list("history_id", "n"))


def _signatures(agreement: Agreement, numbers: list[int]) -> dict[int, list[Signed]]:
    signed: dict[int, list[Signed]] = defaultdict(list)
    found = Signature.objects.filter(agreement=agreement, revision__in=numbers).select_related("participant")
    for signature in found.order_by("signed_at"):
        person = signature.participant
        signed[signature.revision].append(
            Signed(
                person.name,
                person.get_role_display(),
                signature.signed_at,
                signature.get_meaning_display(),
                signature.meaning == Meaning.DECLINED,
            )
        )
    return signed


def _role(role: str) -> str:
    return str(Role(role).label) if role in Role.values else ""
