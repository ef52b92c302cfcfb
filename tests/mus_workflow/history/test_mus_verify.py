"""The command: what it says, and how it ends."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from mus_workflow.actions.deliver_checkpoints import deliver_checkpoints
from mus_workflow.actions.legal_hold import place_hold
from mus_workflow.actions.make_checkpoint import make_checkpoint
from mus_workflow.actions.record_progress import record_progress
from mus_workflow.conf import app_settings, checkpoint_name
from mus_workflow.documents.retention import rule_in_words
from mus_workflow.history.chains import Tally
from mus_workflow.history.verification import latest_verification, verify_dialogue, verify_everything
from mus_workflow.management.progress import progress_bar
from mus_workflow.models import (
    AgreementItem,
    Artefact,
    DataKey,
    Dialogue,
    Grant,
    LedgerEntry,
    LegalHold,
    Progress,
    Verification,
)
from mus_workflow.models.triggers import raise_wall
from mus_workflow.sealing import SigningKey
from mus_workflow.sinks import FileSink
from tests.builders import Cast, item_id_of
from tests.erasing import YEARS_ON, erase, leave, let_hold
from tests.ledger import tear_down_the_wall
from tests.mus_workflow.history.rewriting import rewrite
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


def test_the_result_of_a_whole_run_is_kept(dialogue: Dialogue) -> None:
    assert latest_verification() is None
    made = make_checkpoint(key=SigningKey(app_settings.CHECKPOINT_KEY), name=checkpoint_name(), at=NOW)
    verify()
    good = latest_verification()
    assert (good.dialogues, good.found, good.findings, good.since) == (1, 0, [], None)
    assert (good.entries, good.checkpoint, good.started_at) == (LedgerEntry.objects.count(), made, NOW)
    change(AgreementItem, "progress", "DONE")
    verify()
    bad = Verification.objects.exclude(pk=good.pk).get()
    assert bad.found == len(bad.findings) == 1
    assert set(bad.findings[0]) == {"chain", "reference", "entry", "problem"}
    assert bad.findings[0]["reference"] == dialogue.reference


def test_of_many_findings_a_hundred_are_kept_and_all_are_counted(dialogue: Dialogue) -> None:
    for _number in range(120):
        forge_grant()
    verify()
    kept = Verification.objects.get()
    assert (kept.found, len(kept.findings)) == (240, 100)


def forge_grant() -> None:
    grant = Grant.objects.earliest("requested_at")
    grant.pk = uuid.uuid4()
    grant.save(force_insert=True)


def test_the_result_of_a_part_is_not_the_latest(dialogue: Dialogue) -> None:
    verify("--dialogue", dialogue.reference)
    assert Verification.objects.count() == 0
    verify("--since", "24h")
    assert Verification.objects.get().since == NOW - timedelta(hours=24)
    assert latest_verification() is None


@pytest.mark.parametrize(
    ("since", "dialogues"),
    [("24h", 1), ("7d", 1), ("2026-03-10", 1), ("2026-03-11", 0), ("2026-03-10T09:00", 1), ("2026-03-10T09:01", 0)],
)
def test_only_dialogues_with_entries_since_are_checked(dialogue: Dialogue, since: str, dialogues: int) -> None:
    change(AgreementItem, "progress", "DONE")
    code, _text = verify("--since", since)
    assert code == dialogues
    assert Verification.objects.get().dialogues == dialogues


@pytest.mark.parametrize("since", ["yesterday", "2026-13-01", "24", "h"])
def test_a_moment_that_is_none_is_refused(db: None, since: str) -> None:
    with pytest.raises(CommandError, match=since):
        call_command("mus_verify", "--since", since, stdout=StringIO())


def test_what_was_kept_outside_is_compared(dialogue: Dialogue, tmp_path: Path) -> None:
    make_checkpoint(key=SigningKey(app_settings.CHECKPOINT_KEY), name=checkpoint_name(), at=NOW)
    deliver_checkpoints(sinks=[FileSink(str(tmp_path))], at=NOW)
    assert verify("--anchors", str(tmp_path))[0] == 0
    chain = LedgerEntry.objects.filter(event="RELATION_CHANGED").first().chain
    rewrite(chain, 1, real_actor="999")
    raise_wall("default")
    assert "is not what checkpoint 1 covers" in verify("--anchors", str(tmp_path))[1]


def test_without_files_to_compare_with_nothing_is_checked(db: None, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no file"):
        call_command("mus_verify", "--anchors", str(tmp_path), stdout=StringIO())
    assert Verification.objects.count() == 0


def test_what_is_not_checked_is_said(dialogue: Dialogue, settings: Any) -> None:
    make_checkpoint(key=SigningKey(app_settings.CHECKPOINT_KEY), name=checkpoint_name(), at=NOW)
    settings.MUS = {**settings.MUS, "CHECKPOINT_KEY": ""}
    code, text = verify()
    assert code == 0
    assert "Not checked: The signatures of the checkpoints" in text
    assert json.loads(verify("--json")[1])["unchecked"] != []


def test_a_dialogue_that_is_gone_though_the_ledger_tells_of_it_is_a_finding(dialogue: Dialogue) -> None:
    with transaction.atomic():
        tear_down_the_wall()
        Dialogue.objects.filter(pk=dialogue.pk)._raw_delete("default")
        found = [str(finding) for finding in verify_everything(at=NOW)]
        transaction.set_rollback(True)
    assert f"{dialogue.pk}: its dialogue is gone" in found


def test_progress_is_a_bar_with_the_time_that_is_left() -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    assert progress_bar(OutputWrapper(StringIO())) is None
    screen = Terminal()
    seconds = iter([50.0, 60.0, 61.0])
    show = progress_bar(OutputWrapper(screen), clock=lambda: next(seconds))
    show(100, 400)
    show(400, 400)
    assert screen.getvalue() == (
        "\r[#######.......................] 100/400 0:30\r[##############################] 400/400 0:00\n"
    )


def test_an_old_public_key_that_is_none_is_refused(db: None, settings: Any) -> None:
    settings.MUS = {**settings.MUS, "CHECKPOINT_OLD_KEYS": ["mus+x"]}
    with pytest.raises(CommandError, match="'mus\\+x' is not the public key"):
        call_command("mus_verify", stdout=StringIO())
