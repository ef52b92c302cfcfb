"""The recorded revisions of an agreement, their documents, signatures and items, for those who take part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Any

from django.db.models import F
from django.http import Http404, HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from mus_workflow.actions.record_reading import record_reading
from mus_workflow.documents.agreement import document_sha256
from mus_workflow.documents.named import with_names
from mus_workflow.models import (
    SIGNS,
    Agreement,
    AgreementItem,
    Erased,
    Event,
    Meaning,
    Outcome,
    Participant,
    Presentation,
    Progress,
    ReadingPurpose,
    Role,
    Signature,
)

from .loading import Seat
from .talk_context import opened

WHY = {
    Event.REVISION_SAVED: _("Saved on the way"),
    Event.PRESENTED: _("Presented for signing"),
}
IN_FORCE, WAITING, DECLINED, TAKEN_BACK, FORMER, SAVED = (
    "IN_FORCE",
    "WAITING",
    "DECLINED",
    "TAKEN_BACK",
    "FORMER",
    "SAVED",
)
METHODS = {"password": _("With the password"), "sso": _("By logging in anew")}
PROGRESS_KINDS = {Progress.UNDER_WAY: "warning", Progress.DONE: "success"}
OUTCOME_KINDS = {Outcome.REACHED: "success", Outcome.PARTLY: "warning", Outcome.NOT_REACHED: "danger"}
STANDINGS = {
    IN_FORCE: (_("In force"), "success"),
    WAITING: (_("Waits for signatures"), "warning"),
    DECLINED: (_("Not signed by all"), "danger"),
    TAKEN_BACK: (_("Taken back"), ""),
    FORMER: (_("Replaced by a later revision"), ""),
    SAVED: (_("Saved, not presented"), ""),
}


@dataclass(frozen=True)
class Signing:
    """One party's answer to a revision, or its absence."""

    name: str
    role: str
    remark: str
    is_viewer: bool
    signature: Signature | None = None

    @property
    def signed_at(self) -> datetime | None:
        """When the party answered."""
        return self.signature.signed_at if self.signature else None

    @property
    def meaning(self) -> Meaning | None:
        """What the party answered."""
        return Meaning(self.signature.meaning) if self.signature else None

    @property
    def is_declined(self) -> bool:
        return self.meaning == Meaning.DECLINED

    @property
    def method(self) -> Any:
        """How the party proved to be present, in words."""
        return METHODS.get(self.signature.auth_method, self.signature.auth_method) if self.signature else ""


@dataclass
class RevisionRow:
    """One recorded revision: when, by whom, why, and where it stands."""

    number: int
    at: datetime
    by: str
    event: str
    standing: str
    presentation: Presentation | None
    note: str = ""
    previous: int = 0
    is_erased: bool = False
    document: Any = None

    @property
    def standing_label(self) -> Any:
        return STANDINGS[self.standing][0]

    @property
    def standing_kind(self) -> str:
        return STANDINGS[self.standing][1]

    @property
    def why(self) -> Any:
        """The writer's own reason, or what was done."""
        return self.note or WHY.get(self.event, "")

    @property
    def erased(self) -> str:
        """The rule by which the text was erased; empty when it stands."""
        return self.document.rule if isinstance(self.document, Erased) else ""

    @cached_property
    def words(self) -> dict[str, Any]:
        """The document, each answer and item with the name of who wrote it, taken from the document itself."""
        return with_names(self.document)

    @property
    def sha256(self) -> str:
        return document_sha256(self.document)

    @property
    def short_sha256(self) -> str:
        """The first of the check number's digits, in groups, to be read aloud."""
        return " ".join(self.sha256[start : start + 4] for start in range(0, 16, 4))


@dataclass
class Record:
    """All revisions of one agreement, newest first. Documents only of those that were asked for."""

    agreement: Agreement
    rows: list[RevisionRow]
    signatures: list[Signature] = field(default_factory=list)
    remarks: dict[Any, str] = field(default_factory=dict)

    def find(self, standing: str) -> RevisionRow | None:
        """The newest revision that stands so."""
        return next((row for row in self.rows if row.standing == standing), None)

    def numbered(self, number: int) -> RevisionRow:
        """The revision of that number. Http404 for none."""
        for row in self.rows:
            if row.number == number:
                return row
        raise Http404

    def signings(self, row: RevisionRow, seat: Seat) -> list[Signing]:
        """Each party's answer to a presented revision, or that it is lacking, named as in the document.

        Of a document that was erased, those who answered it, named as they are called in the dialogue.
        """
        if row.presentation is None:
            return []
        given = {str(one.participant_id): one for one in self.signatures if one.revision == row.number}
        if row.erased:
            return [_signing(one, seat) for one in given.values()]
        return [
            Signing(
                party["name"],
                party["role_label"],
                self.remarks.get(given[party["id"]].pk, "") if party["id"] in given else "",
                party["id"] == str(seat.participant.pk),
                given.get(party["id"]),
            )
            for party in row.document["parties"]
        ]

    def answer_of(self, row: RevisionRow, participant: Participant) -> Signature | None:
        """The participant's answer to this revision."""
        mine = (one for one in self.signatures if one.participant_id == participant.pk and one.revision == row.number)
        return next(mine, None)

    def last_answered(self) -> RevisionRow | None:
        """The latest revision that all have answered."""
        return next((row for row in self.rows if row.standing in (IN_FORCE, DECLINED)), None)

    def declined(self) -> RevisionRow | None:
        """The latest revision that all have answered, where a party declined to sign it and no other waits."""
        last = self.last_answered()
        return last if last and last.standing == DECLINED and not self.find(WAITING) else None


def record_of(request: HttpRequest, seat: Seat, *, documents: Sequence[int] | None = None) -> Record | None:
    """The agreement's revisions with four queries; None before there is one.

    ``documents`` are the numbers of the revisions to open; by default those that matter now. A reading by somebody who
    is no party to one of them is recorded before anything is returned.
    """
    agreement = Agreement.objects.filter(dialogue=seat.dialogue).only("revision", "dialogue").first()
    if agreement is None:
        return None
    presentations = {
        one.revision: one
        for one in Presentation.objects.filter(agreement=agreement).select_related("recall").order_by("revision")
    }
    answers = Signature.objects.filter(agreement=agreement).annotate(entry=F("ledger_entry__n"))
    signatures = list(answers.select_related("participant").order_by("signed_at"))
    rows = [_row(entry, agreement, presentations, signatures) for entry in agreement.history.order_by("-revision")]
    _mark_former(rows)
    for (later, _entry), (earlier, _before) in pairwise(rows):
        later.previous = earlier.number
    record = Record(agreement, [row for row, _entry in rows], signatures)
    wanted = documents if documents is not None else _shown(record)
    _open(record, rows, wanted)
    _record_reading(request, seat, record)
    return record


def _signing(signature: Signature, seat: Seat) -> Signing:
    party = signature.participant
    is_viewer = party.pk == seat.participant.pk
    return Signing(party.name, party.get_role_display(), "", is_viewer, signature)


def _row(entry: Any, agreement: Agreement, presentations: dict[int, Presentation], signatures: list[Signature]) -> Any:
    presentation = presentations.get(entry.revision)
    answers = [one.meaning in SIGNS for one in signatures if one.revision == entry.revision]
    if presentation is None:
        standing = SAVED
    elif len(answers) == presentation.party_count:
        standing = IN_FORCE if all(answers) else DECLINED
    elif getattr(presentation, "recall", None) is None and entry.revision == agreement.revision:
        standing = WAITING
    else:
        standing = TAKEN_BACK
    event = entry.history_change_reason or ""
    return RevisionRow(entry.revision, entry.history_date, entry.actor_label, event, standing, presentation), entry


def _mark_former(rows: list[Any]) -> None:
    signed = [row for row, _entry in rows if row.standing == IN_FORCE]
    for row in signed[1:]:
        row.standing = FORMER


def _shown(record: Record) -> list[int]:
    rows = [record.find(IN_FORCE), record.find(WAITING), record.declined()]
    return [row.number for row in rows if row] or [record.rows[0].number]


def _open(record: Record, rows: list[Any], wanted: Sequence[int]) -> None:
    remarks = [one for one in record.signatures if one.remark and one.revision in wanted]
    envelopes = [entry.document if row.number in wanted else None for row, entry in rows]
    envelopes += [entry.change_note for _row, entry in rows] + [one.remark for one in remarks]
    found = opened(envelopes)
    for number, (row, _entry) in enumerate(rows):
        row.document = found[number]
        note = found[len(rows) + number]
        row.is_erased, row.note = isinstance(note, Erased), note if isinstance(note, str) else ""
    texts = zip(remarks, found[2 * len(rows) :], strict=True)
    record.remarks = {one.pk: text for one, text in texts if isinstance(text, str)}


def _record_reading(request: HttpRequest, seat: Seat, record: Record) -> None:
    me = str(seat.participant.pk)
    shown = [row.document for row in record.rows if isinstance(row.document, dict)]
    if any(me not in {party["id"] for party in document["parties"]} for document in shown):
        record_succession(request, seat)


def record_succession(request: HttpRequest, seat: Seat) -> None:
    """Record that somebody who came later reads this dialogue's agreement."""
    record_reading(
        dialogue=seat.dialogue,
        reader=request.user,
        role=seat.participant.role,
        purpose=ReadingPurpose.SUCCESSION,
        at=timezone.now(),
    )


@dataclass(frozen=True)
class ItemRow:
    """An agreed item in words, and how it goes."""

    item: AgreementItem
    words: dict[str, str]
    note: str
    remarks: list[tuple[Any, str]]
    is_erased: bool
    is_late: bool

    @property
    def kind(self) -> str:
        """The kind of badge that shows how it goes."""
        if self.item.outcome:
            return OUTCOME_KINDS.get(self.item.outcome, "")
        return PROGRESS_KINDS.get(self.item.progress, "")

    @property
    def outcome_label(self) -> str:
        return str(Outcome(self.item.outcome).label) if self.item.outcome else ""


def item_rows(agreement: Agreement) -> list[ItemRow]:
    """The agreement's items with their words and notes, with two queries."""
    items = list(AgreementItem.objects.filter(agreement=agreement).order_by("position", "id"))
    found = opened([envelope for item in items for envelope in (item.text, item.progress_note, item.outcome_note)])
    return [_item_row(item, found[3 * n : 3 * n + 3]) for n, item in enumerate(items)]


def _item_row(item: AgreementItem, found: Sequence[Any]) -> ItemRow:
    words, note, comments = (None if isinstance(one, Erased) else one for one in found)
    remarks = [(Role(role).label, text) for role, text in (comments or {}).items() if text]
    late = bool(
        item.due_date and not item.outcome and item.progress != Progress.DONE and item.due_date < timezone.localdate()
    )
    return ItemRow(item, words or {}, note or "", remarks, isinstance(found[0], Erased), late)
