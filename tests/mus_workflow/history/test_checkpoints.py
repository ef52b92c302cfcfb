"""Checkpoints: each thing that may be wrong with them or with what they cover is named."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from mus_workflow.actions.deliver_checkpoints import deliver_checkpoints
from mus_workflow.actions.record_progress import record_progress
from mus_workflow.actions.record_reading import record_reading
from mus_workflow.evidence import verifier_key
from mus_workflow.history import checkpoints
from mus_workflow.history.backdating import check_backdating
from mus_workflow.history.chains import Tally
from mus_workflow.history.checkpoints import check_checkpoints, state_of_checkpoints, worth_computing
from mus_workflow.history.verification import verify_everything
from mus_workflow.models import (
    ChainHead,
    Checkpoint,
    Dialogue,
    ErasureRun,
    LedgerEntry,
    Progress,
    Reading,
    ReadingPurpose,
)
from mus_workflow.sealing import SigningKey, new_signing_key
from mus_workflow.sinks import FileSink
from mus_workflow.stages import Stage
from tests.builders import Cast, item_id_of, make_dialogue
from tests.ledger import tear_down_the_wall
from tests.mus_workflow.history.rewriting import checkpoint, cut, follow_the_rewriting, problems, rewrite
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def covered(module_cast: Cast) -> Dialogue:
    """A dialogue that two checkpoints cover, the second with one more entry and a reading."""
    dialogue = make_dialogue(module_cast, Stage.FOLLOW_UP)
    read(dialogue, module_cast.auditor, hours=1)
    checkpoint()
    go_on(dialogue, module_cast.manager)
    read(dialogue, module_cast.auditor, hours=-1)
    read(dialogue, module_cast.auditor2, hours=-2)
    checkpoint(days=1)
    return dialogue


def go_on(dialogue: Dialogue, by: Any) -> None:
    item = uuid.UUID(item_id_of(dialogue))
    record_progress(dialogue_id=dialogue.pk, item_id=item, progress=Progress.DONE, note="", by=by, at=NOW)


def read(dialogue: Dialogue, reader: Any, hours: float) -> None:
    at = NOW - timedelta(hours=hours)
    record_reading(dialogue=dialogue, reader=reader, role="MANAGER", purpose=ReadingPurpose.TALK, at=at)


def last_of(chain: uuid.UUID) -> int:
    return LedgerEntry.objects.filter(chain=chain).latest("n").n


def test_nothing_is_wrong_with_what_was_made(covered: Dialogue) -> None:
    assert problems() == []
    assert list(verify_everything(at=NOW)) == []


def test_no_checkpoint_is_no_finding(db: None) -> None:
    assert problems() == []


def change_note(covered: Dialogue) -> str:
    note = Checkpoint.objects.get(number=1).note
    Checkpoint.objects.filter(number=1).update(note=note.replace("entries ", "entries 1"))
    return "checkpoint 1: its signature is not the one of its text"


def spoil_note(covered: Dialogue) -> str:
    Checkpoint.objects.filter(number=2).update(note="nothing")
    return "checkpoint 2: this is not a signed note"


def change_chain_of_notes(covered: Dialogue) -> str:
    note = Checkpoint.objects.get(number=1).note
    Checkpoint.objects.filter(number=1).update(note=note.replace("T08:00:00Z", "T08:00:01Z"))
    return "checkpoint 2: it does not follow the checkpoint before it"


def sign_with_another_key(covered: Dialogue) -> str:
    ChainHead.objects.filter(checkpoint=2).delete()
    Checkpoint.objects.filter(number=2).delete()
    checkpoint(days=1, key=new_signing_key())
    return "checkpoint 2: no key that is known here has signed it"


def change_row(covered: Dialogue) -> str:
    Checkpoint.objects.filter(number=2).update(made_at=NOW)
    return "checkpoint 2: its row says something else than its note"


def delete_checkpoint(covered: Dialogue) -> str:
    ChainHead.objects.filter(checkpoint=1).delete()
    Checkpoint.objects.filter(number=1).delete()
    return "checkpoint 2: a checkpoint before it is missing"


def change_head(covered: Dialogue) -> str:
    ChainHead.objects.filter(checkpoint=2).update(hash=b"\1" * 32)
    return "checkpoint 2: the heads of the chains do not give its root"


def delete_head(covered: Dialogue) -> str:
    ChainHead.objects.filter(checkpoint=2).delete()
    return "checkpoint 2: heads of chains that it covers are gone, added or changed"


def spoil_head(covered: Dialogue) -> str:
    ChainHead.objects.filter(checkpoint=2).update(hash=b"short")
    return "checkpoint 2: its heads cannot be read"


def change_root(covered: Dialogue) -> str:
    Checkpoint.objects.filter(number=1).update(root=b"\1" * 32)
    return "checkpoint 1: the heads of the chains do not give its root"


def rewrite_everything_but_the_heads(covered: Dialogue) -> str:
    rewrite(covered.pk, 3, actor="999")
    last = last_of(covered.pk) - 1
    return (
        f"{covered.pk} entry {last}: it is not what checkpoint 1 covers: the first changed entry is one of 1 to {last}"
    )


def rewrite_the_newest_entry(covered: Dialogue) -> str:
    last = last_of(covered.pk)
    rewrite(covered.pk, last, actor="999")
    return (
        f"{covered.pk} entry {last}: it is not what checkpoint 2 covers: the first changed entry is one of {last} to "
    )


def rewrite_and_follow(covered: Dialogue) -> str:
    rewrite(covered.pk, 3, actor="999")
    follow_the_rewriting()
    return "checkpoint 1: the heads of the chains do not give its root"


def cut_the_end(covered: Dialogue) -> str:
    last = last_of(covered.pk)
    cut(covered.pk, after=last - 3)
    return f"{covered.pk} entry {last - 2}: entries {last - 2} to {last - 1} are gone, which checkpoint 1 covers"


def cut_the_last_entry(covered: Dialogue) -> str:
    last = last_of(covered.pk)
    cut(covered.pk, after=last - 1)
    return f"{covered.pk} entry {last}: entries {last} to {last} are gone, which checkpoint 2 covers"


def delete_the_chain(covered: Dialogue) -> str:
    last = last_of(covered.pk)
    cut(covered.pk, after=0)
    return f"{covered.pk}: the whole chain is gone: checkpoint 1 covers {last - 1} entries of it"


def delete_the_chain_and_its_heads(covered: Dialogue) -> str:
    cut(covered.pk, after=0)
    follow_the_rewriting()
    return "checkpoint 1: heads of chains that it covers are gone, added or changed"


def delete_a_reading(covered: Dialogue) -> str:
    Reading.objects.earliest("read_at").delete()
    return "checkpoint 1: 1 readings that it covers are gone"


def add_a_reading(covered: Dialogue) -> str:
    reading = Reading.objects.earliest("read_at")
    reading.pk, reading.purpose = uuid.uuid4(), ReadingPurpose.HISTORY
    reading.save(force_insert=True)
    return "checkpoint 1: 1 readings were added to those that it covers"


def change_a_reading(covered: Dialogue) -> str:
    reading = Reading.objects.latest("read_at")
    Reading.objects.filter(pk=reading.pk).update(reader_key="999")
    return "checkpoint 2: readings that it covers were changed"


@pytest.mark.parametrize(
    "tamper",
    [
        change_note,
        spoil_note,
        change_chain_of_notes,
        sign_with_another_key,
        change_row,
        delete_checkpoint,
        change_head,
        delete_head,
        spoil_head,
        change_root,
        rewrite_everything_but_the_heads,
        rewrite_the_newest_entry,
        rewrite_and_follow,
        cut_the_end,
        cut_the_last_entry,
        delete_the_chain,
        delete_the_chain_and_its_heads,
        delete_a_reading,
        add_a_reading,
        change_a_reading,
    ],
)
def test_what_was_tampered_with_is_named(covered: Dialogue, tamper: Callable[[Dialogue], str]) -> None:
    tear_down_the_wall()
    expected = tamper(covered)
    assert any(problem.startswith(expected) for problem in problems()), problems()


def test_what_was_rewritten_is_told_by_the_whole_check(covered: Dialogue) -> None:
    rewrite(covered.pk, 3, actor="999")
    assert any("is not what checkpoint 1 covers" in finding.problem for finding in verify_everything(at=NOW))


def test_an_old_key_still_proves_what_it_signed(covered: Dialogue, settings: Any) -> None:
    old, new = settings.MUS["CHECKPOINT_KEY"], new_signing_key()
    settings.MUS = {**settings.MUS, "CHECKPOINT_KEY": new}
    assert "checkpoint 1: no key that is known here has signed it" in problems()
    word = verifier_key("127.0.0.1", SigningKey(old).public_key)
    settings.MUS = {**settings.MUS, "CHECKPOINT_OLD_KEYS": [word]}
    checkpoint(days=2)
    assert problems() == []


def test_without_a_key_the_signatures_are_told_to_be_unchecked(covered: Dialogue, settings: Any) -> None:
    settings.MUS = {**settings.MUS, "CHECKPOINT_KEY": ""}
    tally = Tally()
    assert list(check_checkpoints(tally, at=NOW)) == []
    assert [what for what in tally.unchecked if "signatures" in what] != []


def erase_readings(told: int) -> None:
    Reading.objects.all().delete()
    ErasureRun.objects.create(ran_at=NOW, keys=0, readings=told)


def test_readings_that_the_rule_has_erased_are_counted_and_are_no_finding(covered: Dialogue) -> None:
    erase_readings(told=3)
    tally = Tally()
    assert list(check_checkpoints(tally, at=NOW + timedelta(days=731 + 1))) == []
    assert tally.readings_erased == 3


def test_readings_that_are_gone_before_their_time_are_a_finding(covered: Dialogue) -> None:
    erase_readings(told=3)
    assert "checkpoint 2: 2 readings that it covers are gone" in problems(days=729)


def test_more_readings_gone_than_the_receipts_tell_of_are_a_finding(covered: Dialogue) -> None:
    erase_readings(told=2)
    assert problems(days=732) == ["database: 3 readings are gone, and the receipts of erasures tell of 2"]


def test_a_large_organisation_computes_the_newest_roots_and_says_so(
    covered: Dialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checkpoints, "LEAVES", 3)
    tear_down_the_wall()
    Checkpoint.objects.filter(number=1).update(root=b"\1" * 32)
    tally = Tally()
    assert [str(one) for one in check_checkpoints(tally, at=NOW)] == [
        "checkpoint 1: its row says something else than its note"
    ]
    assert [what for what in tally.unchecked if "--all-roots" in what] != []
    assert "checkpoint 1: the heads of the chains do not give its root" in problems(all_roots=True)


def test_the_newest_root_is_computed_however_large_it_is() -> None:
    assert worth_computing([(1, 10**9), (2, 10**9)], False) == {2}
    assert worth_computing([(1, 10**9), (2, 10**9)], True) == {1, 2}
    assert worth_computing([(1, 5), (2, 5)], False) == {1, 2}


def back_dated() -> list[str]:
    return [str(finding) for finding in check_backdating()]


def test_an_entry_that_claims_to_be_older_than_a_checkpoint_without_it_is_named(
    covered: Dialogue, module_cast: Cast
) -> None:
    assert back_dated() == []
    checkpoint(days=3)
    go_on(covered, module_cast.manager)  # dated today, which is three days before that checkpoint
    last = last_of(covered.pk)
    expected = [f"{covered.pk} entry {last}: it claims to be older than checkpoint 3, which was made without it"]
    assert back_dated() == expected
    checkpoint(days=4)
    assert back_dated() == expected


def test_the_state_of_the_checkpoints(covered: Dialogue, settings: Any, tmp_path: Path) -> None:
    state = state_of_checkpoints(at=NOW + timedelta(days=1, hours=5))
    assert (state.newest.number, state.age, state.is_late) == (2, timedelta(hours=5), False)
    assert (state.sinks, state.undelivered) == ((), ())
    gone = tmp_path / "gone"
    sinks = [{"type": "file", "folder": str(folder)} for folder in (tmp_path, gone)]
    settings.MUS = {**settings.MUS, "CHECKPOINT_SINKS": sinks}
    deliver_checkpoints(sinks=[FileSink(str(tmp_path)), FileSink(str(gone))], at=NOW)
    [missing] = state_of_checkpoints(at=NOW + timedelta(days=3)).undelivered
    assert (missing.sink, missing.checkpoints) == (f"file {gone}", 2)
    assert missing.problem.startswith("FileNotFoundError")
