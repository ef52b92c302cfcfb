"""Planning: whom, by whom, under which concept and forms, and after which dialogue."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from mus_workflow.actions.change_manager import appoint_manager, employ
from mus_workflow.actions.hold_talk import close_dialogue, mark_not_held
from mus_workflow.actions.plan_dialogue import plan_dialogue
from mus_workflow.actions.publish_concept import publish_concept
from mus_workflow.models import Concept, ConceptVersion, Delegation, Dialogue, Employment, FormDefinition, FormVersion
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage
from tests.builders import Cast, make_person, make_unit
from tests.ledger import entries, payload_of
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

DUE = date(2026, 5, 1)


def plan(cast: Cast, **changes: Any) -> Dialogue:
    employment = Employment.objects.filter(user=cast.employee).earliest("start_date")
    given = {"employment": employment, "due_date": DUE, "by": cast.manager, "at": NOW}
    return plan_dialogue(**{**given, **changes})


def test_a_planned_dialogue_has_its_people_forms_and_an_empty_preparation_each(cast: Cast) -> None:
    dialogue = plan(cast)
    assert dialogue.stage == Stage.PLANNED
    assert {person.role: person.user for person in dialogue.participants.all()} == {
        "EMPLOYEE": cast.employee,
        "MANAGER": cast.manager,
    }
    assert dialogue.forms.count() == 4
    assert {person.preparation.draft.envelope for person in dialogue.participants.all()} == {None}


def test_the_ledger_names_the_concept_and_the_forms_by_their_digests(cast: Cast) -> None:
    dialogue = plan(cast)
    told = payload_of(entries(dialogue.pk)[0])
    assert told["concept"] == dialogue.concept_version.digest
    assert set(told["forms"].values()) == {form.form_version.digest for form in dialogue.forms.all()}


def test_a_delegate_plans_with_the_manager_as_the_other_side(cast: Cast) -> None:
    dialogue = plan(cast, by=cast.delegate)
    assert dialogue.participants.get(role="MANAGER").user == cast.manager


@pytest.mark.parametrize("stage", [Stage.PLANNED, Stage.INVITED, Stage.PREPARING, Stage.TALK, Stage.SIGN_OFF])
def test_nobody_has_two_dialogues_under_way(cast: Cast, dialogue_at: Callable[..., Dialogue], stage: str) -> None:
    dialogue_at(stage)
    with pytest.raises(Refused, match="already a dialogue under way"):
        plan(cast)


def test_a_second_employment_gives_no_second_dialogue(cast: Cast) -> None:
    plan(cast)
    second = employ(user=cast.employee, unit=make_unit("Museet"), title="", start_date=date(2024, 2, 1))
    with pytest.raises(Refused, match="already a dialogue under way"):
        plan(cast, employment=second)


@pytest.mark.parametrize("stage", [Stage.FOLLOW_UP, Stage.CLOSED])
def test_the_next_dialogue_follows_the_last_one_held(
    cast: Cast, dialogue_at: Callable[..., Dialogue], stage: str
) -> None:
    last = dialogue_at(stage)
    assert plan(cast).previous == last


def test_a_dialogue_that_was_not_held_does_not_break_the_line_of_years(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    last = dialogue_at(Stage.FOLLOW_UP)
    missed = plan(cast)
    mark_not_held(dialogue_id=missed.pk, reason="", by=cast.manager, at=NOW)
    assert plan(cast).previous == last


def test_the_newest_published_forms_are_taken_and_pinned(cast: Cast) -> None:
    first = plan(cast)
    old = first.forms.get(purpose="AGREEMENT").form_version
    newer = FormVersion.objects.create(
        form=old.form, number=2, schema={**old.schema, "title": "Ny aftale"}, digest="0" * 64, created_at=NOW
    )
    mark_not_held(dialogue_id=first.pk, reason="", by=cast.manager, at=NOW)
    assert plan(cast).forms.get(purpose="AGREEMENT").form_version == newer
    assert first.forms.get(purpose="AGREEMENT").form_version == old


def test_without_a_published_concept_nothing_is_planned(cast: Cast) -> None:
    Concept.objects.update(live=False)
    with pytest.raises(Refused, match="No concept is published yet"):
        plan(cast)


def test_a_concept_whose_form_was_never_published_plans_nothing(cast: Cast) -> None:
    concept = Concept.objects.get()
    concept.follow_up_form = FormDefinition.objects.create(title="Ny", slug="ny", purpose="FOLLOW_UP", language="da")
    concept.save()
    publish_concept(concept=concept, by=None, at=NOW)
    assert ConceptVersion.objects.count() == 2
    with pytest.raises(Refused, match="never been published"):
        plan(cast)
    assert not Dialogue.objects.exists()


def test_an_employee_without_a_manager_is_not_planned_with_by_anybody(cast: Cast) -> None:
    alone = make_person("alone")
    employment = employ(user=alone, unit=make_unit("Kontoret"), title="", start_date=date(2025, 1, 1))
    with pytest.raises(Refused, match="Only the manager"):
        plan(cast, employment=employment)


def test_a_line_that_begins_today_counts_from_midnight_in_the_organisations_own_time(cast: Cast) -> None:
    """Half past midnight in Copenhagen is still yesterday in UTC."""
    newcomer = make_person("newcomer")
    employment = employ(user=newcomer, unit=make_unit("Kontoret"), title="", start_date=NOW.date())
    appoint_manager(employee=newcomer, manager=cast.manager, start_date=NOW.date(), at=NOW)
    just_begun = datetime(2026, 3, 10, 0, 30, tzinfo=ZoneInfo("Europe/Copenhagen")).astimezone(ZoneInfo("UTC"))
    assert plan(cast, employment=employment, at=just_begun).stage == Stage.PLANNED
    with pytest.raises(Refused, match="Only the manager"):
        plan(cast, employment=employment, at=just_begun - timedelta(hours=1))


def test_a_delegation_that_has_ended_gives_no_right(cast: Cast) -> None:
    Delegation.objects.update(end_date=NOW.date() - timedelta(days=1))
    with pytest.raises(Refused, match="Only the manager"):
        plan(cast, by=cast.delegate)


def test_the_employment_keeps_the_date_that_another_gave_it_meanwhile(cast: Cast) -> None:
    stale = Employment.objects.get(user=cast.employee)
    Employment.objects.filter(pk=stale.pk).update(start_date=date(2025, 6, 1))
    plan(cast, employment=stale)
    assert Employment.objects.get(pk=stale.pk).start_date == date(2025, 6, 1)


def test_a_closed_year_is_followed_even_where_a_newer_one_was_never_held(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    last = dialogue_at(Stage.FOLLOW_UP)
    close_dialogue(dialogue_id=last.pk, by=cast.manager, at=NOW)
    mark_not_held(dialogue_id=plan(cast).pk, reason="", by=cast.manager, at=NOW)
    assert plan(cast).previous == last
