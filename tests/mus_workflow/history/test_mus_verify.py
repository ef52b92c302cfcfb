"""The command: what it says, and how it ends."""

from __future__ import annotations

import json
import uuid
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from mus_workflow.actions.legal_hold import place_hold
from mus_workflow.actions.record_progress import record_progress
from mus_workflow.documents.retention import rule_in_words
from mus_workflow.history.chains import Tally
from mus_workflow.history.verification import verify_dialogue, verify_everything
from mus_workflow.models import AgreementItem, Artefact, DataKey, Dialogue, LedgerEntry, LegalHold, Progress
from tests.builders import Cast, item_id_of
from tests.erasing import YEARS_ON, erase, leave, let_hold
from tests.mus_workflow.history.tampering import change, verify
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


def test_nothing_is_wrong_with_what_was_written(dialogue: Dialogue) -> None:
    code, text = verify()
    assert (code, "Everything is as it was written" in text) == (0, True), text
    assert verify_dialogue(dialogue.pk) == []
    assert verify("--dialogue", dialogue.reference)[0] == 0
    assert verify("--dialogue", str(dialogue.pk))[0] == 0


def test_an_empty_database_verifies(db: None) -> None:
    assert verify()[0] == 0


def test_what_was_erased_by_a_rule_is_told_and_is_no_finding(dialogue: Dialogue, cast: Cast) -> None:
    leave(cast.employee)
    told, _run = erase(YEARS_ON)
    code, text = verify()
    assert code == 0, text
    assert f"by the rule “{rule_in_words('SHARED_AFTER_SIGNING')}”" in text
    tally = Tally()
    verify_dialogue(dialogue.pk, tally)
    written = LedgerEntry.objects.filter(chain=dialogue.pk).exclude(event="ERASED")
    assert sum(tally.erased.values()) == written.count()
    assert tally.erased["SHARED_AFTER_SIGNING"] == written.filter(object_type="SharedPreparation").count()
    assert len(told) == LedgerEntry.objects.filter(chain=dialogue.pk, event="ERASED").count()


def test_an_erasure_behind_the_ledgers_back_is_a_finding(dialogue: Dialogue) -> None:
    key = DataKey.objects.get(dialogue=dialogue, artefact=Artefact.FOLLOW_UP)
    key.wrapped, key.destroyed_at, key.destroyed_rule = None, NOW, "AGREEMENT_AFTER_LEAVING"
    key.save()
    assert f"the erasure of the key {key.pk} is not in the ledger" in verify()[1]


def test_a_key_that_was_brought_back_is_a_finding(dialogue: Dialogue, cast: Cast) -> None:
    key = DataKey.objects.get(dialogue=dialogue, artefact=Artefact.AGREEMENT)
    wrapped = bytes(key.wrapped)
    leave(cast.employee)
    erase(YEARS_ON)
    DataKey.objects.filter(pk=key.pk).update(wrapped=wrapped, destroyed_at=None, destroyed_rule="")
    assert f"the erasure of the key {key.pk} is gone" in verify()[1]


def test_a_hold_that_is_removed_or_lifted_behind_the_ledgers_back_is_a_finding(dialogue: Dialogue, cast: Cast) -> None:
    let_hold(cast.auditor)
    hold = place_hold(dialogue_id=dialogue.pk, reason="Klagesag", by=cast.auditor, at=NOW)
    assert verify()[0] == 0
    LegalHold.objects.update(lifted_at=NOW, lifted_by_key="1")
    assert f"the lifting of the hold {hold.pk} is not in the ledger" in verify()[1]
    LegalHold.objects.all().delete()
    assert f"the hold {hold.pk} is gone" in verify()[1]


def test_a_key_that_is_gone_without_a_rule_is_a_finding(dialogue: Dialogue) -> None:
    DataKey.objects.filter(dialogue=dialogue, artefact=Artefact.FOLLOW_UP).delete()
    code, text = verify()
    assert code == 1
    assert "its payload: its key is gone, and no rule says why" in text


def test_programs_are_given_one_json_document(dialogue: Dialogue) -> None:
    code, text = verify("--json")
    assert json.loads(text)["ok"] is (code == 0) is True
    change(AgreementItem, "progress", "DONE")
    code, text = verify("--json")
    told = json.loads(text)
    assert (code, told["ok"], told["dialogues"]) == (1, False, 1)
    assert told["findings"][0]["reference"] == dialogue.reference
    assert told["findings"][0]["chain"] == str(dialogue.pk)


def test_an_unknown_dialogue_is_refused(db: None) -> None:
    with pytest.raises(CommandError, match="MUS-NONE"):
        call_command("mus_verify", "--dialogue", "MUS-NONE", stdout=StringIO())


def test_the_result_is_told_in_the_language_of_the_site(dialogue: Dialogue) -> None:
    with translation.override("da"):
        assert verify()[0] == 0


def test_verifying_takes_as_many_queries_for_long_histories_as_for_short(dialogue: Dialogue, cast: Cast) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert verify_dialogue(dialogue.pk) == []
        return len(captured)

    before = queries()
    item = uuid.UUID(item_id_of(dialogue))
    for number in range(20):
        note = f"Note {number}"
        record_progress(
            dialogue_id=dialogue.pk, item_id=item, progress=Progress.UNDER_WAY, note=note, by=cast.manager, at=NOW
        )
    assert queries() == before


def test_progress_is_told_per_batch(dialogue: Dialogue) -> None:
    told: list[tuple[int, int]] = []
    assert list(verify_everything(progress=lambda done, of: told.append((done, of)))) == []
    assert told == [(1, 1)]
