"""After a restore the journal is replayed: what was erased is erased again, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.db import transaction

from mus_workflow.actions.destroy_keys import destroy_keys
from mus_workflow.actions.erasure_journal import Journal, Line, read_journal
from mus_workflow.actions.frame import locked
from mus_workflow.actions.legal_hold import lift_hold, place_hold
from mus_workflow.actions.park_post import park_post, take_parked
from mus_workflow.actions.replay_erasures import Replaying, replay_erasures
from mus_workflow.actions.write_revision import present_agreement
from mus_workflow.history.verification import verify_everything
from mus_workflow.models import DataKey, Dialogue, Draft, ErasureRun, open_sealed, user_key
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, sign_by_both, write_agreement
from tests.erasing import A_MONTH_ON, YEARS_ON, erase, leave, let_hold
from tests.ledger import events
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(str(tmp_path / "erasures"))


@contextmanager
def restored_after() -> Iterator[None]:
    """What is done in the block is lost: the backup is from before it."""
    here = transaction.savepoint()
    yield
    transaction.savepoint_rollback(here)


def lines(journal: Journal) -> list[Line]:
    return [line for line in read_journal(journal.path) if isinstance(line, Line)]


def replay(journal: Journal) -> Replaying:
    return replay_erasures(lines=lines(journal), at=YEARS_ON, journal=journal)


def live() -> int:
    return DataKey.objects.filter(destroyed_at=None, dialogue__isnull=False).count()


def test_nothing_that_was_erased_comes_back(cast: Cast, journal: Journal) -> None:
    dialogue = make_dialogue(cast, Stage.CLOSED)
    parked = park_post(key=user_key(cast.employee), path="/mus/", fields={"note": ["x"]}, at=NOW)
    leave(cast.employee)
    with restored_after():
        told, _run = erase(YEARS_ON, journal)
    assert live() == len(told) > 0
    run = replay(journal)
    assert live() == 0
    assert (run.by_rule.total(), run.gone, run.unknown) == (len(told) + 1, 0, 0)
    assert [event for event in events(dialogue.pk) if event == "ERASED"] == ["ERASED"] * len(told)
    assert take_parked(parked_id=parked.pk, by=cast.employee, path="/mus/", at=NOW) is None
    receipt = ErasureRun.objects.get()
    assert (receipt.replayed, receipt.keys) == (True, len(told) + 1)
    assert list(verify_everything()) == []


class Broken(Exception):
    """The database could not commit."""


def begin_and_fail(dialogue: Dialogue, journal: Journal) -> None:
    """An erasure that is noted, and whose transaction then fails as it commits."""
    with suppress(Broken), transaction.atomic(), journal.around_commit() as noting:
        with locked(dialogue.pk) as held:
            doomed = [(key, "AGREEMENT_AFTER_LEAVING") for key in DataKey.objects.filter(dialogue=dialogue)]
            destroy_keys(dialogue=held, doomed=doomed, noting=noting, at=NOW)
        raise Broken


def test_what_was_noted_and_never_erased_is_not_erased_by_a_replay(cast: Cast, journal: Journal) -> None:
    dialogue = make_dialogue(cast, Stage.CLOSED)
    before = live()
    begin_and_fail(dialogue, journal)
    assert len(lines(journal)) == live() == before > 0
    run = replay(journal)
    assert (run.by_rule.total(), run.unconfirmed, live()) == (0, before, before)
    # The run that follows does not confirm it either.
    erase(NOW, journal)
    assert (replay(journal).by_rule.total(), live()) == (0, before)


def test_what_was_begun_twice_and_erased_once_is_erased_by_a_replay(cast: Cast, journal: Journal) -> None:
    dialogue = make_dialogue(cast, Stage.CLOSED)
    leave(cast.employee)
    with restored_after():
        begin_and_fail(dialogue, journal)
        erase(YEARS_ON, journal)
    run = replay(journal)
    assert (run.unconfirmed, live()) == (0, 0)


def test_replaying_twice_changes_nothing_and_says_so(cast: Cast, journal: Journal) -> None:
    make_dialogue(cast, Stage.CLOSED)
    leave(cast.employee)
    told, _run = erase(YEARS_ON, journal)
    for _again in range(2):
        run = replay(journal)
        assert (run.by_rule.total(), run.gone) == (0, len(told))
    assert ErasureRun.objects.filter(replayed=True, keys=0).count() == 2


def test_keys_that_the_backup_never_had_are_passed_over(cast: Cast, journal: Journal) -> None:
    with restored_after():
        make_dialogue(cast, Stage.CLOSED)
        leave(cast.employee)
        told, _run = erase(YEARS_ON, journal)
    run = replay(journal)
    assert (run.by_rule.total(), run.gone, run.unknown) == (0, 0, len(told))


def test_a_hold_wins_over_the_journal_until_it_is_lifted(cast: Cast, journal: Journal) -> None:
    """The backup is from while the hold stood; the erasure was after it was lifted."""
    let_hold(cast.auditor)
    dialogue = make_dialogue(cast, Stage.CLOSED)
    hold = place_hold(dialogue_id=dialogue.pk, reason="Klagesag", by=cast.auditor, at=NOW)
    leave(cast.employee)
    before = live()
    with restored_after():
        lift_hold(hold_id=hold.pk, by=cast.auditor, at=NOW)
        erase(YEARS_ON, journal)
    run = replay(journal)
    assert (run.held, live()) == ([dialogue.reference], before)
    lift_hold(hold_id=hold.pk, by=cast.auditor, at=NOW)
    assert (replay(journal).held, live()) == ([], 0)


def test_what_is_written_in_the_restored_dialogue_is_not_lost_with_a_finished_draft(
    cast: Cast, journal: Journal
) -> None:
    """The backup is from before the signing: the agreement must be signed again, so its draft is in use."""
    dialogue = make_dialogue(cast, Stage.TALK)
    with restored_after():
        sign(dialogue, cast)
        erase(A_MONTH_ON, journal)
    draft = Draft.objects.get(dialogue=dialogue, kind="AGREEMENT")
    before = open_sealed(draft.envelope)
    run = replay(journal)
    assert run.by_rule["DRAFT_AFTER_SIGNING"] == 1
    assert open_sealed(Draft.objects.get(pk=draft.pk).envelope) == before


def test_a_dialogue_whose_clock_ran_ahead_is_named(cast: Cast, journal: Journal) -> None:
    dialogue = make_dialogue(cast, Stage.CLOSED)
    leave(cast.employee)
    with restored_after():
        erase(YEARS_ON, journal)
    before = live()
    run = replay_erasures(lines=lines(journal), at=NOW.replace(year=NOW.year - 1), journal=journal)
    assert (run.problems, live()) == ([dialogue.reference], before)


def sign(dialogue: Dialogue, cast: Cast) -> None:
    write_agreement(dialogue, by=cast.manager)
    present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    sign_by_both(dialogue, cast)
