"""The command: what it makes, what arrives, and how it ends when something does not."""

from __future__ import annotations

import json
import logging
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from mus_workflow import sinks
from mus_workflow.actions.make_checkpoint import AnotherRun
from mus_workflow.evidence import parse_note, parse_verifier_key
from mus_workflow.history.checkpoints import state_of_checkpoints
from mus_workflow.management.commands import mus_checkpoint
from mus_workflow.models import Checkpoint, Delivery
from mus_workflow.sealing import SigningKey
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with translation.override("en"):
        yield


@pytest.fixture
def mus(settings: Any) -> Any:
    """Change settings of the app: ``mus(CHECKPOINT_KEY="")``."""

    def change(**changed: Any) -> None:
        settings.MUS = {**settings.MUS, **changed}

    return change


def run(*arguments: str) -> tuple[int, str, str]:
    """The exit code, and what was written and warned."""
    out, err = StringIO(), StringIO()
    try:
        call_command("mus_checkpoint", *arguments, stdout=out, stderr=err)
    except SystemExit as end:
        return int(end.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def folder(path: Path) -> dict[str, str]:
    return {"type": "file", "folder": str(path)}


def test_a_checkpoint_is_made_and_arrives(mus: Any, tmp_path: Path) -> None:
    mus(CHECKPOINT_SINKS=[folder(tmp_path)])
    code, out, err = run()
    assert (code, err) == (0, "")
    assert "Checkpoint 1: 0 chains, 0 entries, 0 readings." in out
    [kept] = tmp_path.iterdir()
    assert json.loads(kept.read_text())["note"] == Checkpoint.objects.get().note
    delivery = Delivery.objects.get()
    assert (delivery.checkpoint_id, delivery.sink, delivery.problem) == (1, f"file {tmp_path}", "")


def test_an_empty_database_has_an_empty_tree(db: None) -> None:
    run()
    empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert Checkpoint.objects.get().root.hex() == Checkpoint.objects.get().readings_root.hex() == empty


def test_without_a_sink_it_is_made_and_the_lack_is_said(db: None) -> None:
    code, _out, err = run()
    assert code == 0
    assert "names no place outside" in err
    assert Checkpoint.objects.count() == 1


def test_without_a_key_nothing_is_made_and_the_way_is_told(mus: Any) -> None:
    mus(CHECKPOINT_KEY="")
    with pytest.raises(CommandError, match=r"there is no key for checkpoints.*--new-key"):
        run()
    assert Checkpoint.objects.count() == 0


def test_a_bad_key_is_not_shown(mus: Any) -> None:
    mus(CHECKPOINT_KEY="c2VjcmV0")
    with pytest.raises(CommandError, match="has 6 bytes, not 32") as refusal:
        run()
    assert "c2VjcmV0" not in str(refusal.value)


def test_a_new_key_is_printed_with_its_public_key_and_nothing_is_made(mus: Any) -> None:
    mus(CHECKPOINT_KEY="", CHECKPOINT_NAME="intranet.example")
    _code, out, _err = run("--new-key")
    private, public = (line.rsplit(": ", 1)[1] for line in out.strip().splitlines())
    assert parse_verifier_key(public) == ("intranet.example", SigningKey(private).public_key)
    assert Checkpoint.objects.count() == 0


def test_the_public_key_is_the_one_that_signs(mus: Any) -> None:
    _code, public, _err = run("--public-key")
    run()
    name, key = parse_verifier_key(public)
    assert len(parse_note(Checkpoint.objects.get().note).by(name, key)) == 1


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"CHECKPOINT_NAME": "egeborg+mus"}, "egeborg-mus"),
        ({"BASE_URL": "https://intranet.egeborg.example:8443/x"}, "intranet.egeborg.example"),
        ({}, "127.0.0.1"),
    ],
)
def test_it_signs_under_the_name_of_the_site(mus: Any, given: dict[str, str], name: str) -> None:
    mus(**given)
    run()
    assert Checkpoint.objects.get().note.startswith(f"{name}/mus-heads\n")


def test_without_an_address_it_signs_under_the_name_of_the_organisation(settings: Any, mus: Any) -> None:
    settings.WAGTAILADMIN_BASE_URL = ""
    mus(ORGANISATION="Borgerhuset Egeborg")
    run()
    assert Checkpoint.objects.get().note.startswith("Borgerhuset-Egeborg/mus-heads\n")


def test_a_sink_that_fails_blocks_neither_the_checkpoint_nor_the_others_and_alarms(
    mus: Any, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gone = tmp_path / "gone"
    (tmp_path / "kept").mkdir()
    mus(CHECKPOINT_SINKS=[folder(gone), folder(tmp_path / "kept")])
    code, out, err = run()
    assert code == 1
    assert "Checkpoint 1: 0 chains" in out
    assert "did not arrive" in err
    assert len(list((tmp_path / "kept").iterdir())) == 1
    assert Delivery.objects.get(sink=f"file {gone}").problem.startswith("FileNotFoundError")
    [record] = [record for record in caplog.records if record.name == "mus_workflow.checkpoints"]
    assert record.levelno == logging.ERROR


def test_a_disk_that_is_full_here_is_told_like_a_sink_that_fails(
    mus: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(checkpoint: Checkpoint, file: Any) -> None:
        raise OSError(28, "No space left on device")

    mus(CHECKPOINT_SINKS=[folder(tmp_path)])
    monkeypatch.setattr(sinks, "write_checkpoint_file", full)
    code, _out, err = run()
    assert code == 1
    assert "No space left on device" in err
    assert Checkpoint.objects.count() == Delivery.objects.exclude(problem="").count() == 1


def test_the_next_run_brings_what_had_not_arrived(mus: Any, tmp_path: Path) -> None:
    late = tmp_path / "late"
    mus(CHECKPOINT_SINKS=[folder(late)])
    assert [run()[0], run()[0]] == [1, 1]
    assert Delivery.objects.exclude(problem="").count() == 2
    late.mkdir()
    assert run()[0] == 0
    assert sorted(path.name for path in late.iterdir()) == [f"checkpoint-00000{number}.json" for number in (1, 2, 3)]
    assert run()[0] == 0
    assert Delivery.objects.filter(problem="").count() == 4  # none is brought twice


def test_a_new_sink_is_given_all_from_the_first(mus: Any, tmp_path: Path) -> None:
    run()
    run()
    mus(CHECKPOINT_SINKS=[folder(tmp_path)])
    assert run()[0] == 0
    assert len(list(tmp_path.iterdir())) == 3


def test_a_sink_that_is_set_up_wrongly_is_told_after_the_checkpoint_is_made(mus: Any) -> None:
    mus(CHECKPOINT_SINKS=[{"type": "tape"}])
    with pytest.raises(CommandError, match=r"CHECKPOINT_SINKS.*'tape'"):
        run()
    assert Checkpoint.objects.count() == 1


def test_of_two_runs_at_once_one_gives_way(mus: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(**given: Any) -> None:
        raise AnotherRun

    monkeypatch.setattr(mus_checkpoint, "make_checkpoint", taken)
    with pytest.raises(CommandError, match="Another process"):
        run()


def test_the_state_before_the_first(mus: Any) -> None:
    mus(CHECKPOINT_SINKS=[{"type": "tape"}])
    state = state_of_checkpoints(at=NOW)
    assert (state.newest, state.age, state.is_late) == (None, None, True)
    assert "'tape'" in state.problem
