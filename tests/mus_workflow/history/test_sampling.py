"""The same seed and the same checkpoint give the same sample, whatever has happened since."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest

from mus_workflow.actions.hold_talk import close_dialogue
from mus_workflow.dashboards import COUNTED_STAGES, control_totals, hr_overview
from mus_workflow.history.sampling import Frame, draw_sample, drawn, new_seed, population_of
from mus_workflow.models import Dialogue, HrPartner, LedgerEntry, Unit
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, make_unit
from tests.mus_workflow.exports.bundling import checkpoint, of_others
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def cast(module_cast: Cast) -> Cast:
    return module_cast


@pytest.fixture(scope="module")
def dialogues(module_cast: Cast) -> list[Dialogue]:
    """Five in the library at three steps, known to checkpoint 1."""
    signed = of_others(module_cast, 2)
    waiting = of_others(module_cast, 2, Stage.SIGN_OFF)
    made = [*signed, *waiting, make_dialogue(module_cast, Stage.CLOSED)]
    of_others(module_cast, 1, Stage.TALK)  # has no agreement yet
    checkpoint(NOW)
    return made


def population(cast: Cast, **frame: Any) -> set[Any]:
    return set(population_of(cast.auditor, Frame(**{"checkpoint": 1, **frame})))


def ids(dialogues: list[Dialogue]) -> set[Any]:
    return {dialogue.pk for dialogue in dialogues}


def test_the_population_are_the_agreements_that_the_checkpoint_knows(cast: Cast, dialogues: list[Dialogue]) -> None:
    assert population(cast) == ids(dialogues)
    later = of_others(cast, 2)
    assert population(cast) == ids(dialogues)
    assert population(cast, checkpoint=None) == ids([*dialogues, *later])
    checkpoint(NOW + DAY)
    assert population(cast, checkpoint=2) == ids([*dialogues, *later])


def test_an_agreement_that_was_begun_after_the_checkpoint_is_not_in_it_though_its_chain_is(
    cast: Cast, dialogues: list[Dialogue]
) -> None:
    (talking,) = Dialogue.objects.filter(stage=Stage.TALK)
    assert LedgerEntry.objects.filter(chain=talking.pk).exists()
    assert talking.pk not in population(cast)


def test_only_an_auditor_draws(cast: Cast, dialogues: list[Dialogue]) -> None:
    for name in ("hr", "manager", "admin", "editor"):
        assert set(population_of(getattr(cast, name), Frame(checkpoint=1))) == set()


def test_a_sample_is_what_an_auditor_computes_by_hand(cast: Cast, dialogues: list[Dialogue]) -> None:
    sample = draw_sample(user=cast.auditor, frame=Frame(checkpoint=1), seed="æble-7", size=3)
    by_hand = sorted(ids(dialogues), key=lambda chain: hashlib.sha256(f"æble-7{chain}".encode()).hexdigest())
    assert list(sample.drawn) == by_hand[:3]
    assert set(sample.population) == ids(dialogues)


def test_the_sample_stays_the_same_whatever_happens_after_the_checkpoint(cast: Cast, dialogues: list[Dialogue]) -> None:
    frame = Frame(checkpoint=1, stages=(Stage.FOLLOW_UP, Stage.SIGN_OFF))
    before = draw_sample(user=cast.auditor, frame=frame, seed="s", size=2)
    of_others(cast, 3)
    for dialogue in Dialogue.objects.filter(stage=Stage.FOLLOW_UP):
        close_dialogue(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    checkpoint(NOW + DAY)
    assert draw_sample(user=cast.auditor, frame=frame, seed="s", size=2) == before
    now = draw_sample(user=cast.auditor, frame=Frame(checkpoint=2, stages=frame.stages), seed="s", size=9)
    assert ids([one for one in dialogues if one.stage == Stage.FOLLOW_UP]) & set(now.drawn) == set()


def test_a_larger_sample_contains_the_smaller_and_another_seed_draws_others(
    cast: Cast, dialogues: list[Dialogue]
) -> None:
    chains = ids(dialogues)
    assert drawn(chains, "s", 4)[:2] == drawn(chains, "s", 2)
    assert len({tuple(drawn(chains, f"{number}", 2)) for number in range(50)}) > 5
    assert set(drawn(chains, "s", 99)) == chains


def test_it_is_drawn_from_a_unit_with_those_below_a_year_and_steps(cast: Cast, dialogues: list[Dialogue]) -> None:
    house, library = Unit.objects.get(name="Borgernes Hus"), Unit.objects.get(name="Biblioteket")
    archive = Unit.objects.get(name="Arkivet")
    assert population(cast, unit=house) == population(cast, unit=library) == ids(dialogues)
    assert population(cast, unit=archive) == set()
    assert population(cast, year=2026) == ids(dialogues)
    assert population(cast, year=2025) == set()
    for stage in (Stage.FOLLOW_UP, Stage.SIGN_OFF, Stage.CLOSED):
        of_stage = ids([dialogue for dialogue in dialogues if dialogue.stage == stage])
        assert population(cast, stages=(stage,)) == population(cast, stages=(stage,), checkpoint=None) == of_stage
        assert of_stage


def test_the_year_begins_at_midnight_here(cast: Cast, dialogues: list[Dialogue]) -> None:
    eve = NOW.replace(year=2025, month=12, day=31, hour=23, minute=30)
    (old,) = of_others(cast, 1, at=eve)
    (new,) = of_others(cast, 1, at=eve + timedelta(hours=1))
    assert population(cast, checkpoint=None, year=2025) == {old.pk}
    assert new.pk in population(cast, checkpoint=None, year=2026)


def test_a_seed_that_is_made_is_another_one_each_time() -> None:
    assert len({new_seed() for _each in range(100)}) == 100


def test_a_seed_that_is_made_has_128_bits() -> None:
    assert {len(bytes.fromhex(new_seed())) for _each in range(100)} == {16}


def test_the_control_totals_are_hrs_counts_where_none_is_hidden(cast: Cast, dialogues: list[Dialogue]) -> None:
    archive = Unit.objects.get(name="Arkivet")
    HrPartner.objects.filter(user=cast.hr).update(unit=Unit.objects.get(name="Biblioteket"))
    today = NOW.date()
    shown = hr_overview(user=cast.hr, today=today)
    assert not shown.has_hidden
    library = control_totals(user=cast.auditor, unit=Unit.objects.get(name="Biblioteket"), today=today)
    assert (library.units, library.total) == (shown.units, shown.total)
    assert sum(library.total.stages) == 6
    # The auditor's totals of the house hold the archive too, whose one employee HR is not shown.
    house = control_totals(user=cast.auditor, unit=None, today=today)
    assert [unit.name for unit in house.units if unit.unit_id == archive.pk] == ["Arkivet"]
    assert house.total.employees == library.total.employees + 1


def test_the_control_totals_count_the_evidence(cast: Cast, dialogues: list[Dialogue]) -> None:
    totals = control_totals(user=cast.auditor, unit=None, today=NOW.date())
    stages = dict(zip(COUNTED_STAGES, totals.total.stages, strict=True))
    assert stages[Stage.FOLLOW_UP] == stages[Stage.SIGN_OFF] == 2
    assert (totals.dialogues, totals.agreements, totals.in_force, totals.revisions) == (6, 5, 3, 5)
    assert totals.signatures == {"AGREED": 6, "RECEIVED": 0, "DECLINED": 0}
    assert totals.entries == sum(
        LedgerEntry.objects.filter(chain=key).count() for key in Dialogue.objects.values_list("pk", flat=True)
    )


def test_nobody_but_an_auditor_gets_the_totals(cast: Cast, dialogues: list[Dialogue]) -> None:
    make_unit("Et andet hus")
    for name in ("hr", "manager", "admin"):
        totals = control_totals(user=getattr(cast, name), unit=None, today=NOW.date())
        assert (totals.units, totals.dialogues, totals.entries) == ((), 0, 0)
