"""Two dialogues over three days, a checkpoint each day that is kept outside, and what an attacker knows how to do."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection, models

from mus_workflow.actions.amend_agreement import amend_agreement
from mus_workflow.actions.change_manager import appoint_manager, employ
from mus_workflow.actions.deliver_checkpoints import deliver_checkpoints
from mus_workflow.actions.give_grant import approve_grant, request_grant
from mus_workflow.actions.record_progress import record_progress
from mus_workflow.actions.write_revision import present_agreement, take_back_agreement
from mus_workflow.evidence import GENESIS, Header, commit, link_hash
from mus_workflow.evidence.chain import SALT_BYTES
from mus_workflow.models import (
    ChainHead,
    Checkpoint,
    DataKey,
    Delivery,
    Dialogue,
    LedgerEntry,
    Payload,
    Progress,
    Unit,
    split_payload,
)
from mus_workflow.sinks import FileSink
from tests.builders import Cast, answer, item_id_of, make_dialogue, make_person
from tests.mus_workflow.history.rewriting import checkpoint
from tests.mus_workflow.history.test_checkpoints import read
from tests.plumbing.clock import NOW

DAYS = (0, 1, 2)
Photograph = dict[str, tuple[list[str], list[Any]]]


@dataclass(frozen=True)
class Story:
    """What is attacked. ``photographs``: every row of the workflow, right after the first and the second checkpoint."""

    ours: Dialogue
    theirs: Dialogue
    cast: Cast
    folder: Path
    photographs: list[Photograph]


def tell_story(cast: Cast, folder: Path) -> Story:
    """Two agreements are signed; a day later ours is amended and half signed; a day later an auditor may read it."""
    others = replace(cast, employee=_another_employee(cast))
    ours, theirs = make_dialogue(cast), make_dialogue(others)
    photographs = [_end_of_day(0, ours, cast, folder)]
    later = NOW + timedelta(days=1)
    _progress(ours, cast, "Meldt til kurset", later)
    amend_agreement(dialogue_id=ours.pk, change_note="Ny frist", by=cast.manager, at=later)
    present_agreement(dialogue_id=ours.pk, by=cast.manager, at=later)
    take_back_agreement(dialogue_id=ours.pk, by=cast.manager, at=later)
    present_agreement(dialogue_id=ours.pk, by=cast.manager, at=later)
    answer(ours, by=cast.employee, at=later)
    _progress(theirs, cast, "Begyndt", later)
    _progress(theirs, cast, "Næsten færdig", later)
    photographs.append(_end_of_day(1, ours, cast, folder))
    grant = request_grant(dialogue_id=ours.pk, reason="Klage", by=cast.auditor, at=NOW + timedelta(days=2))
    approve_grant(grant_id=grant.pk, by=cast.auditor2, at=NOW + timedelta(days=2))
    _end_of_day(2, ours, cast, folder)
    fresh = Dialogue.objects.in_bulk([ours.pk, theirs.pk])
    return Story(fresh[ours.pk], fresh[theirs.pk], cast, folder, photographs)


def _another_employee(cast: Cast) -> Any:
    user, began = make_person("second", "Signe", "Dam"), date(2024, 2, 1)
    employ(user=user, unit=Unit.objects.get(name="Biblioteket"), title="", start_date=began)
    appoint_manager(employee=user, manager=cast.manager, start_date=began, at=NOW - timedelta(days=400))
    return user


def _progress(dialogue: Dialogue, cast: Cast, note: str, at: Any) -> None:
    item = uuid.UUID(item_id_of(dialogue))
    record_progress(dialogue_id=dialogue.pk, item_id=item, progress=Progress.DONE, note=note, by=cast.manager, at=at)


def _end_of_day(day: int, ours: Dialogue, cast: Cast, folder: Path) -> Photograph:
    """Somebody reads, the checkpoint is made and taken out, and the database is as it is told."""
    read(ours, cast.auditor, hours=1 - 24 * day)
    read(ours, cast.auditor2, hours=2 - 24 * day)
    checkpoint(days=day)
    deliver_checkpoints(sinks=[FileSink(str(folder))], at=NOW + timedelta(days=day))
    return photograph()


def photograph() -> Photograph:
    """Every row of the workflow's tables, as the database gives it."""
    photo: Photograph = {}
    with connection.cursor() as cursor:
        for table in _tables():
            cursor.execute(f'SELECT * FROM "{table}"')
            photo[table] = [column[0] for column in cursor.description], cursor.fetchall()
    return photo


def roll_back(photo: Photograph, *, but: tuple[type[models.Model], ...] = ()) -> None:
    """Put every row back as it was photographed, except in the tables of these models."""
    kept = {model._meta.db_table for model in but}
    with connection.cursor() as cursor:
        for table, (columns, rows) in photo.items():
            if table in kept:
                continue
            names = ", ".join(f'"{column}"' for column in columns)
            places = ", ".join(["%s"] * len(columns))
            cursor.execute(f'DELETE FROM "{table}"')
            cursor.executemany(f'INSERT INTO "{table}" ({names}) VALUES ({places})', rows)


def _tables() -> list[str]:
    found = apps.get_app_config("mus_workflow").get_models(include_auto_created=True)
    return [model._meta.db_table for model in found if not model._meta.proxy]


def entry_of(dialogue: Dialogue, n: int) -> LedgerEntry:
    """One entry of a dialogue."""
    return LedgerEntry.objects.get(chain=dialogue.pk, n=n)


def change_entry(dialogue: Dialogue, number: int, /, **columns: Any) -> None:
    """Change an entry, and nothing round it."""
    LedgerEntry.objects.filter(chain=dialogue.pk, n=number).update(**columns)


def take_out(dialogue: Dialogue, *numbers: int) -> None:
    """Remove entries with their payloads."""
    gone = LedgerEntry.objects.filter(chain=dialogue.pk, n__in=numbers)
    Payload.objects.filter(entry__in=gone)._raw_delete("default")
    gone._raw_delete("default")


def copy_entry(entry: LedgerEntry, **changed: Any) -> LedgerEntry:
    """Write an entry once more with its payload, at another place."""
    envelope = entry.payload.envelope
    copy = LedgerEntry.objects.get(pk=entry.pk)
    copy.pk = None
    for name, value in changed.items():
        setattr(copy, name, value)
    copy.save(force_insert=True)
    Payload.objects.create(entry=copy, envelope=envelope)
    return copy


def seal_anew(entry: LedgerEntry, words: bytes | None = None) -> None:
    """Seal the words of an entry, or other ones, as if they were new: with a salt and a commitment of their own."""
    key = DataKey.objects.that_sealed(entry.payload.envelope)
    words = split_payload(key.open(entry.payload.envelope))[1] if words is None else words
    salt = os.urandom(SALT_BYTES)
    Payload.objects.filter(pk=entry.pk).update(envelope=key.seal(salt + words))
    LedgerEntry.objects.filter(pk=entry.pk).update(commitment=commit(salt, words))


def hash_anew(chain: uuid.UUID) -> None:
    """Number and link the entries of a chain as they stand now, with this program's own code: a perfect chain."""
    previous = GENESIS
    for n, entry in enumerate(LedgerEntry.objects.filter(chain=chain).order_by("n"), 1):
        entry.n, link = n, entry.link()
        header = Header(**{**vars(link.header), "n": n})
        digest = link_hash(header, link.commitment, previous)
        LedgerEntry.objects.filter(pk=entry.pk).update(n=n, previous=previous, hash=digest)
        previous = digest


def make_room(dialogue: Dialogue, at: int) -> None:
    """Give the entries from a place on the next number each."""
    for entry in LedgerEntry.objects.filter(chain=dialogue.pk, n__gte=at).order_by("-n"):
        LedgerEntry.objects.filter(pk=entry.pk).update(n=entry.n + 1)


def remove_checkpoints(first: int = 1) -> None:
    """Remove the checkpoints from this number on, with what belongs to them."""
    Delivery.objects.filter(checkpoint__gte=first)._raw_delete("default")
    ChainHead.objects.filter(checkpoint__gte=first)._raw_delete("default")
    Checkpoint.objects.filter(number__gte=first)._raw_delete("default")


def forge_checkpoints(first: int = 1, key: str = "") -> None:
    """Make the checkpoints from this number on anew: each over what the ledger now says had happened until then.

    With the program's own signing key, if no other is given.
    """
    remove_checkpoints(first)
    for day in DAYS[first - 1 :]:
        with _only_until(day):
            checkpoint(days=day, key=key)


@contextmanager
def _only_until(day: int) -> Iterator[None]:
    """The ledger without what happened after this day; nobody sees it in between."""
    end = int((NOW + timedelta(days=day)).timestamp() * 1_000_000)
    later = LedgerEntry.objects.filter(at_us__gt=end)
    rows = list(later)
    later._raw_delete("default")
    yield
    LedgerEntry.objects.bulk_create(rows)
