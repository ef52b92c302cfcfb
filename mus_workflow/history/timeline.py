"""Everything that happened in a dialogue, newest first: the ledger, and the readings that are rows only."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy

from mus_workflow.evidence import Finding
from mus_workflow.models import LEDGERED, Dialogue, Event, LedgerEntry, Reading

from .actors import Actor, Actors
from .chains import Tally, open_entries
from .keyset import NoSuchPosition, Page, Position, page_of
from .sentences import READ, extent_of, reason_in, sentence_of

READINGS = "READINGS"
KINDS = {
    "COURSE": gettext_lazy("The course"),
    "PREPARATION": gettext_lazy("Preparation shared or taken back"),
    "AGREEMENT": gettext_lazy("The agreement"),
    "SIGNATURES": gettext_lazy("Signatures"),
    "FOLLOW_UP": gettext_lazy("Items and follow-up"),
    READINGS: gettext_lazy("Readings"),
    "GRANTS": gettext_lazy("Grants"),
    "KEEPING": gettext_lazy("Copies, erasing and holds"),
}
KIND_OF = {
    Event.PREPARATION_SHARED: "PREPARATION",
    Event.PREPARATION_WITHDRAWN: "PREPARATION",
    Event.REVISION_SAVED: "AGREEMENT",
    Event.PRESENTED: "AGREEMENT",
    Event.TAKEN_BACK: "AGREEMENT",
    Event.AMENDMENT_BEGUN: "AGREEMENT",
    Event.AMENDMENT_DROPPED: "AGREEMENT",
    Event.SIGNED: "SIGNATURES",
    Event.DECLINED: "SIGNATURES",
    Event.ITEM_SET: "FOLLOW_UP",
    Event.PROGRESS_RECORDED: "FOLLOW_UP",
    Event.OUTCOME_RECORDED: "FOLLOW_UP",
    Event.FOLLOWED_UP: "FOLLOW_UP",
    Event.OPENED: READINGS,
    Event.GRANT_REQUESTED: "GRANTS",
    Event.GRANT_APPROVED: "GRANTS",
    Event.GRANT_REFUSED: "GRANTS",
    Event.GRANT_ENDED: "GRANTS",
    Event.EXPORTED: "KEEPING",
    Event.ERASED: "KEEPING",
    Event.HOLD_PLACED: "KEEPING",
    Event.HOLD_LIFTED: "KEEPING",
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# At the same moment a reading comes before what the ledger tells of it.
READING, ENTRY = "0", "1"


@dataclass(frozen=True)
class Line:
    """One thing that happened, without a word of the dialogue. ``number`` is its place in the ledger; None: no entry.

    ``why`` is a reason that was given to be read; ``extent`` counts the questions of a revision.
    """

    at: datetime
    actor: Actor
    what: str
    kind: str
    number: int | None = None
    why: str = ""
    extent: str = ""


def entries_in(dialogue: Dialogue, kinds: Collection[str]) -> QuerySet[LedgerEntry]:
    """The dialogue's entries of these kinds; of every kind for none."""
    entries = LedgerEntry.objects.filter(chain=dialogue.pk)
    return entries.filter(event__in=[event for event in Event if kind_of(event) in kinds]) if kinds else entries


def readings_in(dialogue: Dialogue, kinds: Collection[str]) -> QuerySet[Reading]:
    """The dialogue's readings that the ledger does not tell of; none where other kinds are asked for."""
    if kinds and READINGS not in kinds:
        return Reading.objects.none()
    return Reading.objects.filter(dialogue=dialogue).exclude(purpose__in=LEDGERED)


def kind_of(event: str) -> str:
    """The kind that an event is of."""
    return KIND_OF.get(event, "COURSE")  # type: ignore[call-overload]


def timeline(dialogue: Dialogue, kinds: Collection[str], text: str, size: int) -> Page:
    """A page of Lines, newest first, at a position; with as many queries however long it is. Raises NoSuchPosition."""
    position = Position.read(text, 3)
    entries, readings = entries_in(dialogue, kinds).select_related("payload"), readings_in(dialogue, kinds)

    def fetch(backwards: bool, most: int) -> list[Any]:
        found = [
            *_beyond(entries, _entry_after(position, backwards), ("at_us", "n"), backwards)[:most],
            *_beyond(readings, _reading_after(position, backwards), ("read_at", "pk"), backwards)[:most],
        ]
        return sorted(found, key=_key, reverse=not backwards)[:most]

    page = page_of(fetch, lambda row: tuple(map(str, _key(row))), position, size)
    if not page.rows and position is not None:
        return timeline(dialogue, kinds, "", size)
    return Page(lines_of(page.rows, dialogue), page.previous, page.next)


def lines_of(rows: list[Any], dialogue: Dialogue | None = None) -> list[Line]:
    """Entries and readings in words, in their order."""
    entries = [row for row in rows if isinstance(row, LedgerEntry)]
    said = {opened.row.pk: opened.value for opened in open_entries(entries, Tally()) if not isinstance(opened, Finding)}
    keys = {key for entry in entries for key in (entry.actor, entry.real_actor)}
    keys |= {row.reader_key for row in rows if isinstance(row, Reading)}
    actors = Actors(dialogue.participants.all() if dialogue else [], keys)
    return [
        _entry_line(row, said.get(row.pk), actors) if isinstance(row, LedgerEntry) else _reading_line(row, actors)
        for row in rows
    ]


def _entry_line(entry: LedgerEntry, said: Mapping[str, Any] | None, actors: Actors) -> Line:
    joined = actors.participant((said or {}).get("participant", "")) if entry.event == Event.ROLE_CHANGED else None
    told = {**(said or {}), "name": joined.name} if joined else said
    return Line(
        at=entry.at,
        actor=actors.of_entry(entry, said),
        what=sentence_of(entry.event, told),
        kind=kind_of(entry.event),
        number=entry.n,
        why=reason_in(entry.event, said),
        extent=extent_of(entry.event, said),
    )


def _reading_line(reading: Reading, actors: Actors) -> Line:
    return Line(reading.read_at, actors.of_reading(reading), str(READ[reading.purpose]), READINGS)


def _key(row: Any) -> tuple[int, str, Any]:
    if isinstance(row, LedgerEntry):
        return row.at_us, ENTRY, row.n
    return (row.read_at - EPOCH) // timedelta(microseconds=1), READING, row.pk


def _beyond(rows: QuerySet[Any], beyond: Q, columns: tuple[str, ...], backwards: bool) -> QuerySet[Any]:
    return rows.filter(beyond).order_by(*(name if backwards else f"-{name}" for name in columns))


def _entry_after(position: Position | None, backwards: bool) -> Q:
    if position is None:
        return Q()
    at_us, rank, key = position.key
    moment, step = _whole(at_us), "gt" if backwards else "lt"
    later = Q(**{f"at_us__{step}": moment})
    if rank == ENTRY:
        return later | Q(at_us=moment, **{f"n__{step}": _whole(key)})
    # The readings of a moment lie before its entries, going forward in time.
    return later | (Q(at_us=moment) if backwards else Q(pk__in=[]))


def _reading_after(position: Position | None, backwards: bool) -> Q:
    if position is None:
        return Q()
    at_us, rank, key = position.key
    moment, step = _moment(at_us), "gt" if backwards else "lt"
    later = Q(**{f"read_at__{step}": moment})
    if rank == READING:
        return later | Q(read_at=moment, **{f"pk__{step}": _uuid(key)})
    return later | (Q(pk__in=[]) if backwards else Q(read_at=moment))


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 18):
        raise NoSuchPosition(text)
    return int(text)


def _moment(text: str) -> datetime:
    try:
        return EPOCH + timedelta(microseconds=_whole(text))
    except OverflowError as error:
        raise NoSuchPosition(text) from error


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError as error:
        raise NoSuchPosition(text) from error
