"""The command: what it writes, what it says, and whom it refuses."""

from __future__ import annotations

import json
import stat
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation

from mus_workflow.actions.give_grant import approve_grant, request_grant
from mus_workflow.models import Dialogue, GrantScope, LedgerEntry, Unit
from mus_workflow.stages import Stage
from tests.builders import Cast
from tests.ledger import entries
from tests.mus_workflow.exports.bundling import Files, check, checkpoint, of_others, unpacked, wrong
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


class Terminal(StringIO):
    """Somebody looks at it."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def cast(module_cast: Cast) -> Cast:
    return module_cast


@pytest.fixture(scope="module")
def dialogues(module_cast: Cast) -> list[Dialogue]:
    """Three signed agreements that a checkpoint knows; the auditor has a grant for the first."""
    made = of_others(module_cast, 3)
    request = request_grant(
        dialogue_id=made[0].pk, scope=GrantScope.AGREEMENT, days=7, reason="Klage", by=module_cast.auditor, at=NOW
    )
    approve_grant(grant_id=request.pk, by=module_cast.auditor2, at=NOW)
    checkpoint(NOW)
    return made


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with translation.override("en"):
        yield


def run(out: Path, *arguments: str, auditor: str = "auditor", errors: StringIO | None = None) -> str:
    """What the command said."""
    said = StringIO()
    call_command(
        "mus_bundle", "--auditor", auditor, "--out", str(out), *arguments, stdout=said, stderr=errors or StringIO()
    )
    return said.getvalue()


def references(files: Files) -> set[str]:
    return {name[10:-5] for name in files if name.startswith("dialogues/")}


def test_a_sample_is_written_and_its_seed_printed(dialogues: list[Dialogue], tmp_path: Path) -> None:
    said = run(tmp_path / "one.zip", "--sample", "2")
    files = unpacked((tmp_path / "one.zip").read_bytes())
    assert len(references(files)) == 2
    seed = json.loads(files["sample.json"])["seed"]
    assert f"Seed {seed}: 2 of 3 agreements that checkpoint 1 knows." in said
    assert wrong(check(files, tmp_path)[1]) == []
    run(tmp_path / "again.zip", "--sample", "2", "--seed", seed)
    assert references(unpacked((tmp_path / "again.zip").read_bytes())) == references(files)


def test_the_file_is_for_its_owner_alone_and_never_written_over(dialogues: list[Dialogue], tmp_path: Path) -> None:
    place = tmp_path / "bundle.zip"
    run(place, "--sample", "1")
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    before, known = place.read_bytes(), LedgerEntry.objects.count()
    with pytest.raises(CommandError, match=r"bundle\.zip"):
        run(place, "--sample", "1")
    assert (place.read_bytes(), LedgerEntry.objects.count()) == (before, known)


def test_named_agreements_are_taken_out_by_the_auditor_and_by_command(
    dialogues: list[Dialogue], cast: Cast, tmp_path: Path
) -> None:
    first, second = dialogues[0], dialogues[1]
    run(tmp_path / "b.zip", "--dialogue", first.reference.lower(), "--dialogue", second.reference)
    files = unpacked((tmp_path / "b.zip").read_bytes())
    assert references(files) == {first.reference, second.reference}
    assert "sample.json" not in files
    entry = entries(second.pk)[-1]
    assert (entry.event, entry.actor, entry.auth_method) == ("EXPORTED", str(cast.auditor.pk), "command")


def test_words_come_only_when_they_are_asked_for_and_a_grant_opens_them(
    dialogues: list[Dialogue], tmp_path: Path
) -> None:
    everything = ["--sample", "3", "--seed", "s"]
    run(tmp_path / "without.zip", *everything)
    run(tmp_path / "with.zip", *everything, "--words")
    run(tmp_path / "other.zip", *everything, "--words", auditor="auditor2")
    opened = {
        name: {
            key
            for key, content in unpacked((tmp_path / f"{name}.zip").read_bytes()).items()
            if key.startswith("dialogues/") and b'"salt"' in content
        }
        for name in ("without", "with", "other")
    }
    assert opened == {"without": set(), "with": {f"dialogues/{dialogues[0].reference}.json"}, "other": set()}


def test_it_is_drawn_from_a_unit_a_year_and_a_step(dialogues: list[Dialogue], tmp_path: Path) -> None:
    library = Unit.objects.get(name="Biblioteket")
    run(tmp_path / "a.zip", "--sample", "9", "--unit", "Biblioteket", "--year", "2026", "--stage", Stage.FOLLOW_UP)
    files = unpacked((tmp_path / "a.zip").read_bytes())
    assert len(references(files)) == 3
    assert json.loads(files["control-totals.json"])["of"] == "Biblioteket"
    for narrowed in (["--unit", "Arkivet"], ["--year", "2025"], ["--stage", Stage.CLOSED]):
        with pytest.raises(CommandError, match="no such agreement"):
            run(tmp_path / "b.zip", "--sample", "9", *narrowed)
    assert not (tmp_path / "b.zip").exists()
    run(tmp_path / "c.zip", "--sample", "1", "--unit", str(library.pk))


@pytest.mark.parametrize("name", ["hr", "admin", "manager", "nobody"])
def test_it_is_for_auditors_only(dialogues: list[Dialogue], tmp_path: Path, name: str) -> None:
    with pytest.raises(CommandError, match="is no auditor"):
        run(tmp_path / "b.zip", "--sample", "1", auditor=name)
    assert not (tmp_path / "b.zip").exists()


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "either --sample or --dialogue"),
        (["--sample", "1", "--dialogue", "MUS-X"], "either --sample or --dialogue"),
        (["--dialogue", "MUS-NONE"], "MUS-NONE"),
        (["--sample", "1", "--unit", "Ingen"], "Ingen"),
    ],
)
def test_what_makes_no_sense_is_said(
    dialogues: list[Dialogue], tmp_path: Path, arguments: list[str], problem: str
) -> None:
    with pytest.raises(CommandError, match=problem):
        run(tmp_path / "b.zip", *arguments)


def test_what_cannot_be_recorded_leaves_no_file(
    dialogues: list[Dialogue], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**kwargs: Any) -> None:
        raise OSError("disk is full")

    monkeypatch.setattr("mus_workflow.actions.take_out_evidence.record_reading", full)
    with pytest.raises(OSError, match="disk is full"):
        run(tmp_path / "b.zip", "--sample", "3")
    assert not (tmp_path / "b.zip").exists()


def test_whoever_looks_sees_how_far_it_is(dialogues: list[Dialogue], tmp_path: Path) -> None:
    errors = Terminal()
    run(tmp_path / "b.zip", "--sample", "3", errors=errors)
    assert "[##########....................] 1/3" in errors.getvalue()
    assert errors.getvalue().endswith("[##############################] 3/3\n")
