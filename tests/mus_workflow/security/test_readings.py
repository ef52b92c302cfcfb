"""Whoever reads what was agreed before they came is written down, on every page that shows it."""

from datetime import timedelta

import pytest
from django.urls import reverse

from mus_workflow.actions.hold_talk import hold_talk
from mus_workflow.actions.invite import invite
from mus_workflow.actions.plan_dialogue import plan_dialogue
from mus_workflow.models import Dialogue, Employment, Reading, ReadingPurpose
from mus_workflow.stages import Stage
from tests.builders import ITEM, Cast, change_manager, make_dialogue
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def earlier(cast: Cast) -> Dialogue:
    """A dialogue with the manager, which the other manager has taken over since."""
    dialogue = make_dialogue(cast, Stage.CLOSED)
    change_manager(cast.employee, cast.other_manager, by=cast.hr, confirmed_by=cast.manager, at=NOW)
    return dialogue


@pytest.fixture
def dialogue(cast: Cast, earlier: Dialogue) -> Dialogue:
    employment = Employment.objects.get(user=cast.employee)
    dialogue = plan_dialogue(employment=employment, due_date=NOW.date(), by=cast.other_manager, at=NOW)
    meeting_at = NOW + timedelta(days=20)
    invite(dialogue_id=dialogue.pk, meeting_at=meeting_at, minutes=90, place="", by=cast.other_manager, at=NOW)
    return hold_talk(dialogue_id=dialogue.pk, by=cast.other_manager, at=NOW)


@pytest.mark.parametrize("page", ["dialogue_detail", "preparation_edit", "talk", "item_list"])
def test_a_new_managers_reading_is_recorded(
    cast: Cast, enter, earlier: Dialogue, dialogue: Dialogue, page: str
) -> None:
    shown = enter(cast.other_manager).get(reverse(f"mus_workflow:{page}", args=[dialogue.pk]))
    assert ITEM["what"] in shown.content.decode()
    reading = Reading.objects.get(purpose=ReadingPurpose.SUCCESSION)
    assert (reading.dialogue, reading.reader) == (earlier, cast.other_manager)


@pytest.mark.parametrize("page", ["dialogue_detail", "preparation_edit", "item_list"])
def test_those_who_signed_read_their_own(cast: Cast, enter, earlier: Dialogue, dialogue: Dialogue, page: str) -> None:
    enter(cast.employee).get(reverse(f"mus_workflow:{page}", args=[dialogue.pk]))
    assert not Reading.objects.filter(purpose=ReadingPurpose.SUCCESSION).exists()
