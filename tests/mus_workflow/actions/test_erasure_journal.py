"""What is erased is noted outside the database first, in ids."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from mus_workflow.actions.erase_expired import erase_dialogue
from mus_workflow.actions.erasure_journal import Journal, JournalError, Line, Unreadable, read_journal
from mus_workflow.models import DataKey
from tests.builders import Cast, make_dialogue
from tests.erasing import A_MONTH_ON, erase
from tests.ledger import everything
from tests.mus_workflow.actions.test_every_action import Broken
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


class FailOn:
    """Fails the first statement that begins so."""

    def __init__(self, start: str) -> None:
        self.start = start

    def __call__(self, execute: Any, sql: str, params: Any, *rest: Any) -> Any:
        if sql.startswith(self.start) and "destroyed_rule" in sql:
            raise Broken
        return execute(sql, params, *rest)


def test_what_is_erased_is_noted_before_it_is_gone(cast: Cast, tmp_path: Path) -> None:
    dialogue = make_dialogue(cast)
    journal = Journal(str(tmp_path / "journal"))
    with pytest.raises(Broken), connection.execute_wrapper(FailOn('UPDATE "mus_workflow_datakey"')):
        erase_dialogue(dialogue_id=dialogue.pk, journal=journal, at=A_MONTH_ON)
    noted = list(read_journal(journal.path))
    assert not any(line.is_done for line in noted)
    assert DataKey.objects.filter(pk__in=[line.key for line in noted], destroyed_at=None).count() == len(noted) == 3
    told, _run = erase(A_MONTH_ON, journal)
    lines = list(read_journal(journal.path))
    assert [line.key for line in lines] == [one.key for one in told] * 2
    assert all(line.dialogue == dialogue.pk and line.at == A_MONTH_ON for line in lines)
    assert [line.is_done for line in lines] == [False] * 3 + [True] * 3


def test_what_was_erased_and_not_confirmed_is_confirmed_by_the_next_run(
    cast: Cast, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialogue = make_dialogue(cast)
    journal = Journal(str(tmp_path / "journal"))
    with monkeypatch.context() as killed:
        killed.setattr(Journal, "confirm", broken)
        with pytest.raises(Broken):
            erase_dialogue(dialogue_id=dialogue.pk, journal=journal, at=A_MONTH_ON)
    assert [line.is_done for line in read_journal(journal.path)] == [False] * 3
    assert DataKey.objects.filter(destroyed_at__isnull=False).count() == 3
    told, _run = erase(A_MONTH_ON, journal)
    assert told == []
    assert [line.is_done for line in read_journal(journal.path)] == [True] * 3
    assert journal.unconfirmed() == {}


def test_a_run_that_erases_nothing_confirms_nothing(cast: Cast, tmp_path: Path) -> None:
    journal = Journal(str(tmp_path / "journal"))
    erase(NOW, journal)
    assert Path(journal.path).read_bytes() == b""


def broken(*args: Any) -> None:
    raise Broken


def test_nothing_is_erased_that_cannot_be_noted(cast: Cast, tmp_path: Path) -> None:
    make_dialogue(cast)
    before = everything()
    with pytest.raises(JournalError, match="cannot be written"):
        erase(A_MONTH_ON, Journal(str(tmp_path / "nowhere" / "journal")))
    assert everything() == before


def test_the_journal_holds_ids_and_survives_half_a_line(tmp_path: Path) -> None:
    file = tmp_path / "journal"
    journal = Journal(str(file))
    with journal.around_commit() as noting:
        line = Line(uuid.uuid4(), None, "PARKED", "PARKED", NOW, noting.batch)
        noting.write([line])
    whole = file.read_bytes()
    noted, done, _end = whole.split(b"\n")
    assert set(json.loads(noted)) == {"key", "dialogue", "artefact", "rule", "at", "batch"}
    assert json.loads(done) == {"done": str(noting.batch)}
    for half in (noted, done):
        for cut in range(1, len(half)):
            file.write_bytes(whole + half[:cut])
            assert list(read_journal(journal.path)) == [line]
            journal.note([line], noting.batch)
            assert list(read_journal(journal.path)) == [line, line]
    file.write_bytes(whole + b'{"key": "x"}\nword\n{"done": 3}\n' + whole)
    assert list(read_journal(journal.path)) == [line, Unreadable(3), Unreadable(4), Unreadable(5), line]


def test_a_line_from_before_there_were_batches_counts(tmp_path: Path) -> None:
    file, key = tmp_path / "journal", uuid.uuid4()
    told = {"key": str(key), "dialogue": None, "artefact": "PARKED", "rule": "PARKED", "at": NOW.isoformat()}
    file.write_text(json.dumps(told) + "\n")
    assert list(read_journal(str(file))) == [Line(key, None, "PARKED", "PARKED", NOW)]
    assert Journal(str(file)).unconfirmed() == {}
