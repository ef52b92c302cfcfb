"""The command: what it says beforehand is what it then does, and how it ends."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import translation

from mus_workflow.actions.give_grant import request_grant
from mus_workflow.actions.legal_hold import place_hold
from mus_workflow.models import DataKey, Dialogue, ErasureRun
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue
from tests.erasing import YEARS_ON, everybody_leaves, let_hold, with_another_employee, years_on
from tests.ledger import everything
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(module_cast: Cast) -> Cast:
    return module_cast


@pytest.fixture
def journal(settings: Any, tmp_path: Path) -> Path:
    file = tmp_path / "erasures"
    settings.MUS = {**settings.MUS, "ERASURE_JOURNAL": str(file)}
    return file


@pytest.fixture
def held(cast: Cast) -> Dialogue:
    """One dialogue that is due and one that a hold keeps; a third is not due."""
    let_hold(cast.auditor)
    make_dialogue(cast, Stage.CLOSED)
    held = make_dialogue(with_another_employee(cast), Stage.CLOSED)
    place_hold(dialogue_id=held.pk, reason="Hemmelig klagesag", by=cast.auditor, at=NOW)
    everybody_leaves()
    make_dialogue(with_another_employee(cast, "third"), Stage.TALK)
    return held


def run(*arguments: str) -> tuple[int, str, str]:
    """Exit code, output and complaints, years later."""
    out, err = StringIO(), StringIO()
    with years_on(), translation.override("en"):
        try:
            call_command("mus_erase_expired", *arguments, stdout=out, stderr=err, no_color=True)
        except SystemExit as end:
            return int(end.code or 0), out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


def test_the_dry_run_changes_nothing_and_says_what_the_run_then_does(journal: Path, held: Dialogue) -> None:
    before = everything()
    code, foretold, complaints = run("--dry-run")
    assert (code, complaints, everything()) == (0, "", before)
    code, done, complaints = run()
    assert (code, complaints) == (0, "")
    *said, dry = foretold.splitlines()
    *told, receipt = done.splitlines()
    assert told == said
    assert dry == "This was a dry run: nothing was erased."
    assert receipt == f"Receipt {ErasureRun.objects.get().pk}."
    assert "the agreement with its revisions and remarks – agreements go some years after" in done
    assert "(AGREEMENT_AFTER_LEAVING)." in done
    assert f"{held.reference}: what was shared of a preparation (Employee) – kept by a hold." in done
    assert "texts are kept by a hold." in done
    assert "Hemmelig" not in foretold + done
    assert run()[1].splitlines()[-1].startswith("Receipt")


def test_programs_are_given_one_json_document(journal: Path, held: Dialogue) -> None:
    foretold = json.loads(run("--dry-run", "--json")[1])
    done = json.loads(run("--json")[1])
    assert (foretold.pop("dry_run"), done.pop("dry_run")) == (True, False)
    assert (foretold.pop("receipt"), done.pop("receipt")) == (None, str(ErasureRun.objects.get().pk))
    assert foretold == done
    assert {row["reference"] for row in done["held"]} == {held.reference}
    assert done["by_rule"] == {
        rule: sum(row["rule"] == rule for row in done["keys"]) for rule in {row["rule"] for row in done["keys"]}
    }
    keys = DataKey.objects.filter(destroyed_at__isnull=False)
    assert {row["key"] for row in done["keys"]} == {str(key.pk) for key in keys}
    noted = [json.loads(line) for line in journal.read_text().splitlines()]
    assert [row["key"] for row in noted if "key" in row] == [row["key"] for row in done["keys"]]


def test_the_journal_is_replayed_by_its_name(journal: Path, held: Dialogue) -> None:
    here = transaction.savepoint()
    run()
    transaction.savepoint_rollback(here)
    code, text, _complaints = run("--replay", str(journal))
    assert (code, "(erased before)" in text) == (0, True)
    assert ErasureRun.objects.get().replayed
    told = json.loads(run("--replay", str(journal), "--json")[1])
    assert (told["keys"], told["replayed"], told["gone"] > 0, told["unknown"]) == ([], True, True, 0)


def test_what_the_journal_does_not_confirm_is_named_and_left_to_the_rules(journal: Path, held: Dialogue) -> None:
    here = transaction.savepoint()
    run()
    transaction.savepoint_rollback(here)
    begun = [line for line in journal.read_text().splitlines(keepends=True) if '"done"' not in line]
    journal.write_text("".join(begun))
    code, text, _complaints = run("--replay", str(journal))
    assert (code, f"{len(begun)} texts were to be erased, and the journal" in text) == (1, True)
    assert "Run mus_erase_expired: it erases what the rules say." in text
    assert not DataKey.objects.filter(destroyed_at__isnull=False).exists()
    assert run()[0] == 0
    assert DataKey.objects.filter(destroyed_at__isnull=False).count() == len(begun)


def test_a_journal_with_a_line_that_cannot_be_read_is_replayed_and_named(journal: Path, held: Dialogue) -> None:
    here = transaction.savepoint()
    run()
    transaction.savepoint_rollback(here)
    journal.write_text(f"noget andet\n{journal.read_text()}")
    code, text, _complaints = run("--replay", str(journal))
    assert (code, "Line 1 of the journal cannot be read." in text) == (1, True)
    assert DataKey.objects.filter(destroyed_at__isnull=False).exists()


def test_without_a_journal_it_erases_and_says_what_that_means(held: Dialogue) -> None:
    code, _text, complaints = run()
    assert (code, "ERASURE_JOURNAL" in complaints) == (0, True)
    assert DataKey.objects.filter(destroyed_at__isnull=False).exists()


def test_a_journal_that_cannot_be_written_or_read_is_a_plain_refusal(settings: Any, tmp_path: Path, cast: Cast) -> None:
    settings.MUS = {**settings.MUS, "ERASURE_JOURNAL": str(tmp_path / "nowhere" / "file")}
    with pytest.raises(CommandError, match="cannot be written"):
        run()
    with pytest.raises(CommandError, match="cannot be read"):
        run("--replay", str(tmp_path / "none"))
    with pytest.raises(CommandError, match="no dry run"):
        run("--replay", str(tmp_path / "none"), "--dry-run")


def test_a_missing_master_key_is_a_plain_refusal_and_nothing_is_erased(
    settings: Any, journal: Path, held: Dialogue
) -> None:
    before = everything()
    settings.MUS = {**settings.MUS, "MASTER_KEYS": {"new": "bmV3IG1hc3RlciBrZXksIDMyIGJ5dGVzIGxvbmchISE="}}
    with pytest.raises(CommandError, match="'test' is not in MUS"):
        run()
    assert everything() == before


def test_a_dialogue_that_could_not_be_erased_ends_in_an_error(journal: Path, held: Dialogue, cast: Cast) -> None:
    due = Dialogue.objects.exclude(pk=held.pk).get(stage=Stage.CLOSED)
    request_grant(dialogue_id=due.pk, reason="Fra fremtiden", by=cast.auditor, at=YEARS_ON + timedelta(days=1))
    code, text, _complaints = run()
    assert (code, f"{due.reference}: not erased, because the clock is behind" in text) == (1, True)
