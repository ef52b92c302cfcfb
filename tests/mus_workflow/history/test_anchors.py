"""Files kept outside: they name what no check of the database alone can see."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from mus_workflow.actions.deliver_checkpoints import deliver_checkpoints
from mus_workflow.actions.record_progress import record_progress
from mus_workflow.history.anchors import AnchorError, check_anchors
from mus_workflow.history.chains import Tally
from mus_workflow.history.checkpoints import check_checkpoints
from mus_workflow.history.verification import verify_everything
from mus_workflow.models import ChainHead, Checkpoint, Delivery, Dialogue, LedgerEntry, Progress, Reading
from mus_workflow.sealing import new_signing_key
from mus_workflow.sinks import FileSink
from mus_workflow.stages import Stage
from tests.builders import Cast, item_id_of, make_dialogue
from tests.ledger import tear_down_the_wall
from tests.mus_workflow.history.attacked import copy_entry, hash_anew, seal_anew
from tests.mus_workflow.history.rewriting import checkpoint, cut, follow_the_rewriting, rewrite
from tests.mus_workflow.history.test_checkpoints import go_on, last_of, read
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def kept(module_cast: Cast, tmp_path_factory: pytest.TempPathFactory) -> tuple[Dialogue, dict[str, str]]:
    """A dialogue, and the files of the two checkpoints that cover it."""
    folder = tmp_path_factory.mktemp("kept")
    dialogue = make_dialogue(module_cast, Stage.FOLLOW_UP)
    read(dialogue, module_cast.auditor, hours=1)
    read(dialogue, module_cast.auditor2, hours=1)
    checkpoint()
    go_on(dialogue, module_cast.manager)
    checkpoint(days=1)
    deliver_checkpoints(sinks=[FileSink(str(folder))], at=NOW)
    return dialogue, {file.name: file.read_text() for file in folder.iterdir()}


@pytest.fixture
def dialogue(kept: tuple[Dialogue, dict[str, str]]) -> Dialogue:
    return kept[0]


@pytest.fixture
def folder(kept: tuple[Dialogue, dict[str, str]], tmp_path: Path) -> Path:
    """The files, for this test alone."""
    for name, text in kept[1].items():
        (tmp_path / name).write_text(text)
    return tmp_path


def told(folder: Path, tally: Tally | None = None, days: float = 30) -> list[str]:
    at = NOW + timedelta(days=days)
    return [str(finding) for finding in check_anchors(folder, Tally() if tally is None else tally, at=at)]


def test_what_was_kept_agrees_with_what_is_here(dialogue: Dialogue, folder: Path) -> None:
    tally = Tally()
    assert told(folder, tally) == []
    assert tally.unchecked == []


def test_without_files_there_is_nothing_to_compare_with(db: None, tmp_path: Path) -> None:
    with pytest.raises(AnchorError, match="no file"):
        check_anchors(tmp_path, Tally(), at=NOW)


def forge_everything() -> None:
    """Make the checkpoints anew over what the ledger says now, with the stolen key."""
    remove_checkpoints()
    checkpoint()
    checkpoint(days=1)


def remove_checkpoints() -> None:
    tear_down_the_wall()
    for model in (Delivery, ChainHead, Checkpoint):
        model.objects.all().delete()


def rewrite_all(dialogue: Dialogue) -> str:
    last = last_of(dialogue.pk)
    rewrite(dialogue.pk, 3, actor="999")
    return f"{dialogue.pk} entry {last - 1}: it is not what checkpoint 1 covers: the first changed entry is one of 1 "


def rewrite_the_last(dialogue: Dialogue) -> str:
    last = last_of(dialogue.pk)
    rewrite(dialogue.pk, last, actor="999")
    return f"{dialogue.pk} entry {last}: it is not what checkpoint 2 covers: the first changed entry is one of {last} "


def cut_the_end(dialogue: Dialogue) -> str:
    last = last_of(dialogue.pk)
    cut(dialogue.pk, after=last - 1)
    return f"{dialogue.pk} entry {last}: entries {last} to {last} are gone, which checkpoint 2 covers"


def remove_the_dialogue(dialogue: Dialogue) -> str:
    last = last_of(dialogue.pk)
    cut(dialogue.pk, after=0)
    return f"{dialogue.pk}: the whole chain is gone: checkpoint 1 covers {last - 1} entries of it"


@pytest.mark.parametrize("tamper", [rewrite_all, rewrite_the_last, cut_the_end, remove_the_dialogue])
def test_a_history_written_anew_with_our_code_and_key_is_named(
    dialogue: Dialogue, folder: Path, tamper: Callable[[Dialogue], str]
) -> None:
    expected = tamper(dialogue)
    forge_everything()
    # In itself everything is in order.
    assert list(check_checkpoints(Tally(), at=NOW)) == []
    found = told(folder)
    assert [one for one in found if one.startswith(str(dialogue.pk))] == [
        one for one in found if one.startswith(expected)
    ]
    assert len([one for one in found if one.startswith(expected)]) == 1
    assert any("its checkpoint says something else in this database" in one for one in found)


def test_each_changed_chain_is_named_once(dialogue: Dialogue, folder: Path) -> None:
    rewrite(dialogue.pk, 1, actor="999")
    follow_the_rewriting()
    assert len([one for one in told(folder) if one.startswith(str(dialogue.pk))]) == 1


def test_a_chain_of_reporting_lines_written_anew_is_named(dialogue: Dialogue, folder: Path) -> None:
    chain = LedgerEntry.objects.filter(event="RELATION_CHANGED").first().chain
    rewrite(chain, 1, actor="999")
    forge_everything()
    assert any(one.startswith(f"{chain} entry ") for one in told(folder))


def test_the_whole_check_alone_does_not_see_it(dialogue: Dialogue) -> None:
    """This is here so that nobody claims more than the table of guarantees."""
    chain = LedgerEntry.objects.filter(event="RELATION_CHANGED").first().chain
    rewrite(chain, 1, real_actor="999")
    forge_everything()
    problems = [one.problem for one in verify_everything(at=NOW) if "trigger" not in one.problem]
    assert problems == []


def test_checkpoints_that_are_gone_here_are_named(dialogue: Dialogue, folder: Path) -> None:
    remove_checkpoints()
    assert "checkpoint-000001.json: its checkpoint is not in this database" in told(folder)


def change(folder: Path, number: int, **changed: Any) -> None:
    file = folder / f"checkpoint-{number:06}.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **changed}))


def content(folder: Path, number: int) -> dict[str, Any]:
    return json.loads((folder / f"checkpoint-{number:06}.json").read_text())


def test_a_file_whose_heads_were_changed_is_named(dialogue: Dialogue, folder: Path) -> None:
    heads = content(folder, 2)["heads"]
    heads[0][2] = "00" * 32
    change(folder, 2, heads=heads)
    assert "checkpoint-000002.json: the heads of the chains do not give its root" in told(folder)


def test_a_file_whose_note_was_changed_is_named(dialogue: Dialogue, folder: Path) -> None:
    note = content(folder, 1)["note"]
    change(folder, 1, note=note.replace("entries ", "entries 1"))
    found = told(folder)
    assert "checkpoint-000001.json: its signature is not the one of its text" in found
    assert "checkpoint-000002.json: it does not follow the checkpoint before it" in found


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not the file of a checkpoint"),
        ("[]", "not the file of a checkpoint"),
        ("{}", "not the file of a checkpoint"),
        ('{"format": 2}', "a format that this program does not know"),
        ('{"format": 1, "note": "x", "heads": [], "readings": []}', "this is not a signed note"),
        ('{"format": 1, "note": "x", "heads": [["x", 1, "00"]], "readings": []}', "not the file of a checkpoint"),
    ],
)
def test_a_file_that_is_none_is_named(dialogue: Dialogue, folder: Path, text: str, reason: str) -> None:
    (folder / "checkpoint-000003.json").write_text(text)
    [found] = told(folder)
    assert found.startswith("checkpoint-000003.json: ")
    assert reason in found


def test_a_file_that_is_missing_is_told(dialogue: Dialogue, folder: Path) -> None:
    (folder / "checkpoint-000001.json").unlink()
    tally = Tally()
    assert told(folder, tally) == []
    assert [what for what in tally.unchecked if "checkpoint-000002.json" in what] != []
    rewrite(dialogue.pk, 3, actor="999")
    assert any("is not what checkpoint 2 covers" in one for one in told(folder))


def test_a_file_signed_with_a_foreign_key_is_named(dialogue: Dialogue, folder: Path, settings: Any) -> None:
    settings.MUS = {**settings.MUS, "CHECKPOINT_KEY": new_signing_key()}
    assert "checkpoint-000001.json: no key that is known here has signed it" in told(folder)


def date_back(dialogue: Dialogue) -> int:
    """Write an entry that says it is as old as the dialogue's last one; its number."""
    tear_down_the_wall()
    entry = LedgerEntry.objects.filter(chain=dialogue.pk).latest("n")
    seal_anew(copy_entry(entry, n=entry.n + 1))
    hash_anew(dialogue.pk)
    return entry.n + 1


def test_an_entry_dated_back_is_named_also_where_the_checkpoints_were_made_anew(
    dialogue: Dialogue, folder: Path
) -> None:
    tear_down_the_wall()
    checkpoint(days=2)
    deliver_checkpoints(sinks=[FileSink(str(folder))], at=NOW)
    n = date_back(dialogue)
    forge_everything()
    assert f"{dialogue.pk} entry {n}: it claims to be older than checkpoint 3, which was made without it" in told(
        folder
    )


def test_an_entry_dated_back_before_the_last_file_is_named(dialogue: Dialogue, folder: Path) -> None:
    n = date_back(dialogue)
    checkpoint(days=2)
    deliver_checkpoints(sinks=[FileSink(str(folder))], at=NOW)
    assert told(folder) == [
        f"{dialogue.pk} entry {n}: it claims to be older than checkpoint 2, which was made without it"
    ]


def test_where_a_file_is_missing_nothing_is_said_to_be_dated_back(dialogue: Dialogue, cast: Cast, folder: Path) -> None:
    item, at = uuid.UUID(item_id_of(dialogue)), NOW + timedelta(days=2)
    said = {"progress": Progress.DONE, "note": "", "by": cast.manager}
    record_progress(dialogue_id=dialogue.pk, item_id=item, at=at, **said)
    checkpoint(days=3)
    checkpoint(days=4)
    deliver_checkpoints(sinks=[FileSink(str(folder))], at=NOW)
    (folder / "checkpoint-000003.json").unlink()
    assert told(folder) == []
    record_progress(dialogue_id=dialogue.pk, item_id=item, at=NOW + timedelta(days=5), **said)
    checkpoint(days=6)
    deliver_checkpoints(sinks=[FileSink(str(folder))], at=NOW)
    (folder / "checkpoint-000003.json").unlink(missing_ok=True)
    assert told(folder) == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL stores no such id")
def test_a_chain_whose_id_is_none_is_a_finding_and_no_crash(dialogue: Dialogue, folder: Path) -> None:
    tear_down_the_wall()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE mus_workflow_ledgerentry SET chain = 'none' WHERE seq = 1")
    assert "database: something of it cannot be read (ValueError)" in told(folder)


def test_a_changed_reading_is_named(dialogue: Dialogue, folder: Path) -> None:
    Reading.objects.filter(pk=Reading.objects.first().pk).update(reader_key="999")
    forge_everything()
    assert "checkpoint-000001.json: 1 readings that it covers were changed or added" in told(folder)


def test_a_removed_reading_is_named_until_the_rule_may_have_erased_it(dialogue: Dialogue, folder: Path) -> None:
    Reading.objects.first().delete()
    expected = "checkpoint-000001.json: 1 readings that it covers are gone"
    assert expected in told(folder, days=300)
    assert expected not in told(folder, days=800)


def test_a_file_without_its_readings_is_no_finding(dialogue: Dialogue, folder: Path) -> None:
    change(folder, 1, readings=[])
    assert told(folder) == []


def test_a_file_with_other_readings_is_named(dialogue: Dialogue, folder: Path) -> None:
    change(folder, 1, readings=[uuid.uuid4().hex * 2] * 2)
    assert "checkpoint-000001.json: its readings do not give their root" in told(folder)
