"""Thousands of small changes of what is stored: each is found, and named by the entry or the row that it touched."""

from __future__ import annotations

import random
import string
import uuid
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, models, transaction
from django.utils import translation

from mus_workflow.actions.share_preparation import share_preparation, withdraw_preparation
from mus_workflow.evidence import Finding
from mus_workflow.history.verification import verify_dialogue
from mus_workflow.models import (
    Agreement,
    AgreementItem,
    Dialogue,
    FollowUp,
    LedgerEntry,
    Payload,
    Presentation,
    SharedPreparation,
    Signature,
)
from mus_workflow.models.triggers import lower_wall
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, prepare_and_share, qid
from tests.mus_workflow.history.tampering import walk_on
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

# The number of the row orders nothing that is proved; every other column of an entry is covered by its hash.
LEDGER = [field.attname for field in LedgerEntry._meta.concrete_fields if field.attname != "seq"]
LIVE: dict[type[models.Model], list[str]] = {
    Agreement: ["document", "change_note", "revision"],
    AgreementItem: [
        "text",
        "progress_note",
        "revision",
        "position",
        "category",
        "responsible",
        "due_date",
        "lineage",
        "repeats",
        "progress",
        "progress_at",
    ],
    SharedPreparation: ["document", "revision", "shared_at", "withdrawn_at"],
    Signature: ["revision", "meaning", "document_sha256", "auth_method", "signed_at"],
    Presentation: ["document_sha256", "parties", "party_count", "presented_at"],
    FollowUp: ["document"],
    Dialogue: ["stage"],
}
CHOICES = {
    "category": ["TASKS", "EDUCATION", "WELL_BEING"],
    "responsible": ["EMPLOYEE", "MANAGER", "BOTH"],
    "progress": ["NOT_STARTED", "UNDER_WAY", "DONE"],
    "meaning": ["AGREED", "RECEIVED", "DECLINED"],
    "stage": ["TALK", "SIGN_OFF", "CLOSED"],
}


@pytest.fixture(scope="module")
def walked(module_cast: Cast) -> Dialogue:
    """One dialogue in which everything that is recorded has happened."""
    dialogue = make_dialogue(module_cast, Stage.PREPARING)
    prepare_and_share(dialogue, module_cast)
    withdraw_preparation(dialogue_id=dialogue.pk, by=module_cast.employee, at=NOW)
    share_preparation(dialogue_id=dialogue.pk, chosen=[qid("year")], by=module_cast.employee, at=NOW)
    return walk_on(dialogue, module_cast)


@pytest.fixture(autouse=True)
def by_hand(walked: Dialogue) -> Iterator[None]:
    """Whoever tampers owns the database: the wall is down."""
    lower_wall("default")
    with translation.override("en"):
        assert verify_dialogue(walked.pk) == []
        yield


def one_byte_other(value: Any, chance: random.Random) -> Any:
    """The value with one byte, digit or letter changed."""
    if isinstance(value, bytes | memoryview):
        changed = bytearray(bytes(value))
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
        return bytes(changed)
    if isinstance(value, int):
        return value + chance.choice([1, -1]) * 10 ** chance.randrange(len(str(abs(value))))
    if isinstance(value, uuid.UUID):
        return uuid.UUID(bytes=one_byte_other(value.bytes, chance))
    if isinstance(value, datetime):
        return value + timedelta(microseconds=chance.choice([1, -1]) * 10 ** chance.randrange(10))
    if isinstance(value, list):
        return [*value[:-1], one_byte_other(value[-1], chance)]
    if value is None:
        return NOW
    if not isinstance(value, str):
        return value + timedelta(days=1)
    place, letters = chance.randrange(max(len(value), 1)), string.ascii_letters + string.digits
    return value[:place] + chance.choice(letters.replace(value[place : place + 1] or " ", "")) + value[place + 1 :]


def found_after(change: Callable[[], int], dialogue: Dialogue) -> list[Finding] | None:
    """What the check finds; None where the database refuses the change or holds nothing other afterwards."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                change()
            return verify_dialogue(dialogue.pk)
        except (IntegrityError, DatabaseError, OverflowError, ValueError):
            return None
        finally:
            transaction.set_rollback(True)


def tamper_with_ledger(dialogue: Dialogue, times: int, seed: int) -> None:
    chance = random.Random(seed)
    entries = list(LedgerEntry.objects.filter(chain=dialogue.pk).select_related("payload"))
    missed, tried = [], 0
    while tried < times:
        entry, column = chance.choice(entries), chance.choice([*LEDGER, "payload"])
        if column == "payload":
            rows, other = (
                Payload.objects.filter(pk=entry.pk),
                {"envelope": one_byte_other(entry.payload.envelope, chance)},
            )
        else:
            rows = LedgerEntry.objects.filter(pk=entry.pk)
            other = {column: one_byte_other(getattr(entry, column), chance)}
        findings = found_after(lambda rows=rows, other=other: rows.update(**other), dialogue)
        if findings is None:
            continue
        tried += 1
        # An entry that left the chain is missed by the one after it; the last one by what it had recorded.
        # Where the number itself was changed, the entry is named by the one it calls itself.
        near = {entry.n, entry.n + 1, other.get("n", entry.n)} | ({None} if column in ("chain", "n") else set())
        if not any(one.chain == str(dialogue.pk) and one.n in near for one in findings):
            missed.append(f"{column} of entry {entry.n}: {[str(one) for one in findings]}")
    assert missed == []


def tamper_with_rows(dialogue: Dialogue, times: int, seed: int) -> None:
    chance = random.Random(seed)
    missed, tried = [], 0
    while tried < times:
        model = chance.choice(list(LIVE))
        column = chance.choice(LIVE[model])
        row = chance.choice(list(model.objects.all()))
        before = getattr(row, column)
        if column in CHOICES:
            after: Any = chance.choice([one for one in CHOICES[column] if one != before])
        elif before is None and column in ("change_note", "progress_note"):
            continue
        else:
            after = one_byte_other(before, chance)
        change = {column: after}
        findings = found_after(lambda model=model, row=row, change=change: update(model, row, change), dialogue)
        if findings is None:
            continue
        tried += 1
        if not any(names(one, row) for one in findings):
            missed.append(f"{column} of {model.__name__}: {[str(one) for one in findings]}")
    assert missed == []


def names(finding: Finding, row: Any) -> bool:
    """Whether a finding leads to the row: by its key, by an entry that is about it, or by its revision or chain."""
    if isinstance(row, Dialogue):
        return finding.chain == str(row.pk)
    if isinstance(row, Presentation) and f"revision {row.revision}" in finding.problem:
        return True
    about = LedgerEntry.objects.filter(chain=finding.chain, n=finding.n, object_id=str(row.pk))
    return str(row.pk) in finding.problem or (finding.n is not None and about.exists())


def update(model: type[models.Model], row: models.Model, change: dict[str, Any]) -> int:
    return model.objects.filter(pk=row.pk).update(**change)


def test_a_changed_byte_of_ledger_or_payload_is_found_and_located(walked: Dialogue) -> None:
    tamper_with_ledger(walked, 100, seed=0)


def test_a_changed_live_row_is_found_and_named(walked: Dialogue) -> None:
    tamper_with_rows(walked, 60, seed=0)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(1, 21))
def test_10_000_changed_bytes_of_ledger_and_payload(walked: Dialogue, seed: int) -> None:
    tamper_with_ledger(walked, 500, seed)


@pytest.mark.prove
@pytest.mark.parametrize("seed", range(1, 5))
def test_1_000_changed_live_rows(walked: Dialogue, seed: int) -> None:
    tamper_with_rows(walked, 250, seed)
