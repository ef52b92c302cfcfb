"""Ledger and payload: each change is named by its entry."""

from __future__ import annotations

import pytest

from mus_workflow.models import Dialogue, LedgerEntry, Payload, Signature
from mus_workflow.models.triggers import lower_wall
from tests.mus_workflow.history.tampering import entry, flip, tamper_entry, verify

pytestmark = pytest.mark.django_db


def test_a_missing_trigger_is_named(dialogue: Dialogue) -> None:
    lower_wall("default")
    code, text = verify()
    assert code == 1
    assert "the trigger mus_wall_ledgerentry_" in text


LEDGER_COLUMNS = {
    "event": "CREATED",
    "object_type": "Agreemenx",
    "object_id": "x",
    "history_id": "999999",
    "actor": "999",
    "real_actor": "1",
    "auth_method": "x",
    "at_us": 1,
    "version": 2,
    "commitment": b"\0" * 32,
    "previous": b"\1" * 32,
    "hash": b"\2" * 32,
}


@pytest.mark.parametrize("column", LEDGER_COLUMNS)
def test_a_changed_ledger_entry_is_named(dialogue: Dialogue, column: str) -> None:
    lower_wall("default")
    changed = tamper_entry("SIGNED", **{column: LEDGER_COLUMNS[column]})
    code, text = verify()
    assert code == 1
    assert f"{dialogue.reference}, entry {changed.n}: it was changed after it was written" in text or (
        f"{dialogue.reference}, entry {changed.n}: it does not follow" in text
    )


def test_a_removed_ledger_entry_is_named(dialogue: Dialogue) -> None:
    lower_wall("default")
    gone = entry("PROGRESS_RECORDED")
    Payload.objects.filter(pk=gone.pk).delete()
    LedgerEntry.objects.filter(pk=gone.pk).delete()
    code, text = verify()
    assert code == 1
    assert f"{dialogue.reference}, entry {gone.n + 1}: entry {gone.n} is missing" in text


def test_the_last_entry_of_a_chain_is_missed_by_what_it_recorded(dialogue: Dialogue) -> None:
    lower_wall("default")
    last = LedgerEntry.objects.filter(chain=dialogue.pk).latest("n")
    assert last.event == "GRANT_APPROVED"
    Payload.objects.filter(pk=last.pk).delete()
    LedgerEntry.objects.filter(pk=last.pk).delete()
    code, text = verify()
    assert code == 1
    assert "the approval of the grant" in text


def test_a_whole_chain_that_is_gone_is_missed(dialogue: Dialogue) -> None:
    lower_wall("default")
    Signature.objects.all().delete()
    Payload.objects.filter(entry__chain=dialogue.pk).delete()
    LedgerEntry.objects.filter(chain=dialogue.pk).delete()
    code, text = verify()
    assert code == 1
    assert f"{dialogue.reference}: the ledger does not tell of its beginning" in text


@pytest.mark.parametrize("event", ["CREATED", "PRESENTED", "SIGNED", "ITEM_SET", "PREPARATION_SHARED"])
def test_a_changed_payload_is_named(dialogue: Dialogue, event: str) -> None:
    lower_wall("default")
    found = entry(event)
    Payload.objects.filter(pk=found.pk).update(envelope=flip(found.payload.envelope))
    code, text = verify()
    assert code == 1
    assert f"{dialogue.reference}, entry {found.n}: its payload: the envelope was altered" in text


def test_a_payload_of_another_entry_is_named(dialogue: Dialogue) -> None:
    lower_wall("default")
    one, other = LedgerEntry.objects.filter(event="STAGE_CHANGED").order_by("n")[:2]
    Payload.objects.filter(pk=one.pk).update(envelope=other.payload.envelope)
    assert f"{dialogue.reference}, entry {one.n}: its payload: it is not what the entry was written for" in verify()[1]


def test_a_removed_payload_is_named(dialogue: Dialogue) -> None:
    lower_wall("default")
    found = entry("MEETING_SET")
    Payload.objects.filter(pk=found.pk).delete()
    assert f"{dialogue.reference}, entry {found.n}: its payload: it is missing" in verify()[1]


def test_a_chain_of_reporting_lines_is_verified_too(dialogue: Dialogue) -> None:
    lower_wall("default")
    changed = tamper_entry("RELATION_CHANGED", actor="999")
    code, text = verify()
    assert code == 1
    assert f"{changed.chain}, entry {changed.n}: it was changed after it was written" in text
