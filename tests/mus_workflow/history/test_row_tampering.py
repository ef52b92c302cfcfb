"""History rows, live rows, signatures: each change is named by the entry it contradicts."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from mus_workflow.models import (
    Agreement,
    AgreementItem,
    Dialogue,
    FollowUp,
    Grant,
    LedgerEntry,
    Presentation,
    Recall,
    SharedPreparation,
    Signature,
)
from mus_workflow.models.triggers import lower_wall
from tests.mus_workflow.history.attacked import copy_entry, hash_anew, seal_anew
from tests.mus_workflow.history.tampering import AgreementHistory, ItemHistory, SharedHistory, change, flip, verify
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

HISTORY_TAMPERS: dict[str, tuple[Any, str, Any]] = {
    "agreement text": (AgreementHistory, "document", None),
    "agreement note": (AgreementHistory, "change_note", None),
    "agreement number": (AgreementHistory, "revision", 7),
    "agreement actor": (AgreementHistory, "history_user_id", "999"),
    "agreement time": (AgreementHistory, "history_date", NOW - timedelta(days=400)),
    "agreement event": (AgreementHistory, "history_change_reason", "REVISION_SAVED"),
    "item text": (ItemHistory, "text", None),
    "item progress": (ItemHistory, "progress", "DONE"),
    "item responsible": (ItemHistory, "responsible", "EMPLOYEE"),
    "shared text": (SharedHistory, "document", None),
    "shared time": (SharedHistory, "shared_at", NOW - timedelta(days=1)),
}


@pytest.mark.parametrize("name", HISTORY_TAMPERS)
def test_a_changed_history_row_is_named_by_its_ledger_entry(dialogue: Dialogue, name: str) -> None:
    lower_wall("default")
    model, column, value = HISTORY_TAMPERS[name]
    change(model, column, value)
    row = model.objects.latest("pk")
    told = LedgerEntry.objects.get(object_id=str(row.id), history_id=str(row.history_id))
    code, text = verify()
    assert code == 1
    assert f"{dialogue.reference}, entry {told.n}: " in text
    assert f"{row.id}: its history row" in text


LIVE_TAMPERS: dict[str, tuple[Any, str, Any]] = {
    "agreement text": (Agreement, "document", None),
    "agreement number": (Agreement, "revision", 1),
    "item text": (AgreementItem, "text", None),
    "item due date": (AgreementItem, "due_date", NOW.date()),
    "item progress": (AgreementItem, "progress", "DONE"),
    "shared text": (SharedPreparation, "document", None),
    "shared withdrawn": (SharedPreparation, "withdrawn_at", NOW),
}


@pytest.mark.parametrize("name", LIVE_TAMPERS)
def test_a_changed_live_row_is_named_with_its_column(dialogue: Dialogue, name: str) -> None:
    model, column, value = LIVE_TAMPERS[name]
    change(model, column, value)
    key = str(model.objects.first().pk)
    last = LedgerEntry.objects.filter(object_id=key).latest("n")
    code, text = verify()
    assert code == 1
    expected = f"{key}: the live row differs from its last history row in {column}"
    assert any(
        line.startswith(f"{dialogue.reference}, entry {last.n}: ") and expected in line for line in text.split("\n")
    )


def delete_history(dialogue: Dialogue) -> str:
    ItemHistory.objects.latest("pk").delete()
    return "the history row of this entry is gone"


def add_history(dialogue: Dialogue) -> str:
    row = ItemHistory.objects.latest("pk")
    row.pk = None
    row.save(force_insert=True)
    return f"history row {row.history_id} is not in the ledger"


def delete_item(dialogue: Dialogue) -> str:
    AgreementItem.objects.all()._raw_delete("default")
    return "it was deleted; only its history is left"


def delete_item_by_the_orm(dialogue: Dialogue) -> str:
    AgreementItem.objects.first().delete()
    return "it was deleted; only its history is left"


def delete_signature(dialogue: Dialogue) -> str:
    key = Signature.objects.first().pk
    Signature.objects.filter(pk=key).delete()
    return f"signature {key} is gone"


def forge_signature(dialogue: Dialogue) -> str:
    signature = Signature.objects.first()
    signature.pk = key = uuid.uuid4()
    signature.revision = 9
    signature.ledger_entry = LedgerEntry.objects.earliest("seq")
    signature.save(force_insert=True)
    return f"signature {key} is not in the ledger"


def change_signature(dialogue: Dialogue) -> str:
    key = Signature.objects.first().pk
    Signature.objects.filter(pk=key).update(document_sha256="0" * 64)
    return f"signature {key} is under another document"


def change_meaning(dialogue: Dialogue) -> str:
    key = Signature.objects.first().pk
    Signature.objects.filter(pk=key).update(meaning="DECLINED")
    return f"signature {key} says something else"


def change_presentation(dialogue: Dialogue) -> str:
    Presentation.objects.filter(revision=1).update(party_count=3)
    return "the presentation of revision 1 says something else"


def delete_recall(dialogue: Dialogue) -> str:
    key = Recall.objects.get().pk
    Recall.objects.all().delete()
    return f"the recall {key} is gone"


def change_follow_up(dialogue: Dialogue) -> str:
    follow_up = FollowUp.objects.get()
    FollowUp.objects.update(document=flip(follow_up.document))
    return "the follow-up cannot be read"


def change_stage(dialogue: Dialogue) -> str:
    Dialogue.objects.filter(pk=dialogue.pk).update(stage="TALK")
    return "the dialogue stands at another step"


def forge_grant(dialogue: Dialogue) -> str:
    grant = Grant.objects.first()
    grant.pk = key = uuid.uuid4()
    grant.save(force_insert=True)
    return f"the approval of the grant {key} is not in the ledger"


def tell_twice(event: str) -> tuple[str, int]:
    """Append the entry of this event once more, in words sealed anew; its object and its number."""
    entry = LedgerEntry.objects.filter(event=event).latest("seq")
    last = LedgerEntry.objects.filter(chain=entry.chain).latest("n")
    seal_anew(copy_entry(entry, n=last.n + 1))
    hash_anew(entry.chain)
    return entry.object_id, last.n + 1


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ("TAKEN_BACK", "the recall"),
        ("FOLLOWED_UP", "the follow-up"),
        ("GRANT_REQUESTED", "the request of the grant"),
        ("GRANT_APPROVED", "the approval of the grant"),
        ("SIGNED", "signature"),
    ],
)
def test_what_happens_once_and_is_told_twice_is_named(dialogue: Dialogue, event: str, name: str) -> None:
    lower_wall("default")
    key, n = tell_twice(event)
    assert f"{dialogue.reference}, entry {n}: another entry tells of {name} {key}, too" in verify()[1]


@pytest.mark.parametrize("event", ["PRESENTED", "ITEM_SET", "PREPARATION_SHARED"])
def test_a_history_row_of_which_two_entries_tell_is_named(dialogue: Dialogue, event: str) -> None:
    lower_wall("default")
    key, n = tell_twice(event)
    assert re.search(
        rf"{dialogue.reference}, entry {n}: .+ {key}: another entry tells of the same history row", verify()[1]
    )


@pytest.mark.parametrize(
    "tamper",
    [
        delete_history,
        add_history,
        delete_item,
        delete_item_by_the_orm,
        delete_signature,
        forge_signature,
        change_signature,
        change_meaning,
        change_presentation,
        delete_recall,
        change_follow_up,
        change_stage,
        forge_grant,
    ],
)
def test_rows_that_are_gone_or_forged_are_named(dialogue: Dialogue, tamper: Callable[[Dialogue], str]) -> None:
    lower_wall("default")
    expected = tamper(dialogue)
    code, text = verify("--dialogue", dialogue.reference)
    assert code == 1
    assert expected in text


def test_history_that_no_ledger_knows_is_an_orphan(dialogue: Dialogue) -> None:
    lower_wall("default")
    row = ItemHistory.objects.latest("pk")
    row.pk, row.id = None, uuid.uuid4()
    row.save(force_insert=True)
    assert f"{row.id} was deleted; its history row" in verify()[1]
