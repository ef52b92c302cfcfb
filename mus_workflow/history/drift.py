"""What is stored now, against the history and the ledger: live row == last history row == last payload."""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from operator import attrgetter
from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from mus_workflow.documents.item import item_state_opened
from mus_workflow.documents.preparation import shared_state_opened
from mus_workflow.evidence import Finding, spelt
from mus_workflow.models import Agreement, AgreementItem, Event, SharedPreparation

from .chains import Entry, translated
from .opening import Gone, Unreadable, Vault

Row = Any


@dataclass(frozen=True)
class Tracked:
    """A model with history: its sealed columns, what its ledger payload says of a row, and how to find its dialogue."""

    model: type[models.Model]
    sealed: tuple[str, ...]
    state: Callable[..., Any]
    dialogue: str
    contradicts: Callable[[Row, Entry], bool]

    @property
    def name(self) -> str:
        """The name the ledger calls it by."""
        return str(self.model._meta.object_name)

    def rows(self, ids: Collection[Any]) -> models.QuerySet:
        """The history rows of these objects, oldest first, as named tuples of their columns."""
        history = self.model.history.model
        rows = history.objects.filter(id__in=ids).order_by("history_id")
        return rows.values_list(*_columns(history), named=True)

    def live(self, dialogues: Collection[uuid.UUID], ids: Collection[str]) -> list[Row]:
        """The live rows of these dialogues, and those with these ids, in the same way, each with ``dialogue_key``."""
        rows = self.model.objects.annotate(dialogue_key=models.F(self.dialogue))
        rows = rows.values_list(*_columns(self.model), "dialogue_key", named=True)
        theirs = list(rows.filter(**{f"{self.dialogue}__in": dialogues}))
        # Not both at once: no index answers an OR over two tables.
        elsewhere = set(ids) - {str(row.id) for row in theirs}
        return [*theirs, *rows.filter(pk__in=elsewhere)] if elsewhere else theirs

    @cached_property
    def same(self) -> Callable[[Row], tuple[Any, ...]]:
        """The columns in which a live row and its last history row must agree."""
        return attrgetter(*_columns(self.model))


def _agreement_state(row: Row, document: Any, change_note: Any) -> dict[str, Any]:
    return {"document": document, "change_note": change_note or ""}


def _agreement_contradicts(row: Row, entry: Entry) -> bool:
    return row.dialogue_id != entry.row.chain or row.revision != entry.value["document"]["revision"]


def _shared_contradicts(row: Row, entry: Entry) -> bool:
    moment = row.shared_at if entry.row.event == Event.PREPARATION_SHARED else row.withdrawn_at
    return microseconds(moment) != entry.row.at_us


TRACKED = (
    Tracked(Agreement, ("document", "change_note"), _agreement_state, "dialogue", _agreement_contradicts),
    Tracked(
        AgreementItem,
        ("text", "progress_note", "outcome_note"),
        item_state_opened,
        "agreement__dialogue",
        lambda row, entry: False,
    ),
    Tracked(
        SharedPreparation,
        ("document",),
        shared_state_opened,
        "preparation__participant__dialogue",
        _shared_contradicts,
    ),
)


def check_drift(
    tracked: Tracked, dialogues: Collection[uuid.UUID], entries: Iterable[Entry], vault: Vault
) -> Iterator[Finding]:
    """Everything of one kind, in these dialogues, that does not say what its history and the ledger say."""
    mine = [entry for entry in entries if entry.row.object_type == tracked.name and entry.row.history_id]
    by_history = {entry.row.history_id: entry for entry in mine}
    yield from _told_twice(tracked, mine)
    last_entry = {entry.row.object_id: entry for entry in mine if _is_id(entry.row.object_id)}
    live = {str(row.id): row for row in tracked.live(dialogues, list(last_entry))}
    rows = list(tracked.rows({*live, *last_entry}))
    vault.learn(getattr(row, name) for row in rows for name in tracked.sealed)
    by_object: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        by_object[str(row.id)].append(row)
        entry = by_history.pop(str(row.history_id), None)
        if entry is None:
            yield _unrecorded(tracked, row, live.get(str(row.id)), last_entry.get(str(row.id)))
        else:
            for problem in _row_problems(tracked, row, entry, vault):
                yield entry.finding(_name(tracked, row.id, problem))
    for entry in by_history.values():
        yield entry.finding(_name(tracked, entry.row.object_id, _("the history row of this entry is gone")))
    for key in {*live, *last_entry}:
        yield from _object_problems(tracked, key, live.get(key), by_object.get(key), last_entry.get(key))


def microseconds(moment: datetime | None) -> int:
    """A moment as the ledger writes it; 0 for none."""
    return int(moment.timestamp() * 1_000_000) if moment else 0


def _told_twice(tracked: Tracked, entries: list[Entry]) -> Iterator[Finding]:
    times = Counter(entry.row.history_id for entry in entries)
    for entry in entries:
        if times[entry.row.history_id] > 1:
            yield entry.finding(_name(tracked, entry.row.object_id, _("another entry tells of the same history row")))


def _row_problems(tracked: Tracked, row: Row, entry: Entry, vault: Vault) -> Iterator[str]:
    who = row.history_user_id or "system"
    if (who, microseconds(row.history_date), row.history_change_reason) != (
        entry.row.actor,
        entry.row.at_us,
        entry.row.event,
    ):
        yield _("its history row names another person, time or event than the ledger")
    try:
        opened = [vault.value_in(getattr(row, name)) for name in tracked.sealed]
    except Unreadable as problem:
        yield _("its history row cannot be read: %(problem)s") % {"problem": translated(str(problem))}
        return
    if entry.payload is None or any(isinstance(value, Gone) for value in opened):
        return
    if spelt(tracked.state(row, *opened)) != entry.payload or tracked.contradicts(row, entry):
        yield _("its history row says something else than the ledger")


def _object_problems(
    tracked: Tracked, key: str, live: Row | None, rows: list[Row] | None, entry: Entry | None
) -> Iterator[Finding]:
    chain = str(entry.row.chain if entry else live.dialogue_key)
    n = entry.row.n if entry else None
    if not rows:
        yield Finding(chain, n, _name(tracked, key, _("it has no history")))
        return
    if live is None:
        yield Finding(chain, n, _name(tracked, key, _("it was deleted; only its history is left")))
        return
    if [row.history_type for row in rows] != ["+", *["~"] * (len(rows) - 1)]:
        yield Finding(
            chain, n, _name(tracked, key, _("its history does not begin with its making, or tells of a deletion"))
        )
    if entry and str(rows[-1].history_id) != entry.row.history_id:
        yield Finding(chain, n, _name(tracked, key, _("its last history row is not the one of its last ledger entry")))
    if tracked.same(live) != tracked.same(rows[-1]):
        differing = [name for name in _columns(tracked.model) if getattr(live, name) != getattr(rows[-1], name)]
        problem = _("the live row differs from its last history row in %(columns)s") % {"columns": ", ".join(differing)}
        yield Finding(chain, n, _name(tracked, key, problem))


def _unrecorded(tracked: Tracked, row: Row, live: Row | None, entry: Entry | None) -> Finding:
    chain = str(entry.row.chain if entry else live.dialogue_key)
    problem = _("history row %(number)s is not in the ledger") % {"number": row.history_id}
    return Finding(chain, None, _name(tracked, row.id, problem))


def _columns(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _is_id(text: str) -> bool:
    """Whether an object's id can be looked up; one that was tampered with may be anything."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _name(tracked: Tracked, key: Any, problem: str) -> str:
    return f"{tracked.model._meta.verbose_name} {key}: {problem}"
