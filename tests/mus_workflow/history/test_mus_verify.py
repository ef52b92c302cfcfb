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

from mus_workflow.actions.record_progress import record_progress
from mus_workflow.history.chains import Tally
from mus_workflow.history.verification import verify_dialogue, verify_everything
from mus_workflow.models import AgreementItem, Artefact, DataKey, Dialogue, Progress
from tests.builders import Cast, item_id_of
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


def test_what_was_erased_by_a_rule_is_told_and_is_no_finding(dialogue: Dialogue) -> None:
    keys = DataKey.objects.filter(dialogue=dialogue, artefact=Artefact.SHARED_PREPARATION)
    keys.update(wrapped=None, destroyed_at=NOW, destroyed_rule="five years")
    code, text = verify()
    assert code == 0, text
    assert "entries were erased by the rule “five years”" in text
    tally = Tally()
    verify_dialogue(dialogue.pk, tally)
    assert tally.erased == {"five years": 4}


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
