"""The follow-up between two talks: written together, recorded, and read again."""

import uuid

import pytest
from django.utils.html import escape

from mus_workflow.models import DataKey, DraftKind, FollowUp
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, qid
from tests.mus_workflow.views.sheets import body_of, field_of, filled_in, url
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db
STRANGERS = ["other_manager", "former_manager", "delegate", "hr", "editor", "auditor", "auditor2", "admin"]
HOW = field_of("how")


@pytest.fixture
def dialogue(cast: Cast):
    return make_dialogue(cast)


@pytest.mark.parametrize("who", STRANGERS)
def test_it_does_not_exist_for_anybody_else(cast: Cast, enter, dialogue, who):
    client = enter(getattr(cast, who))
    assert client.get(url("follow_up_edit", dialogue)).status_code == 404
    verbs = ["follow_up_edit", "follow_up_autosave", "follow_up_record"]
    assert {client.post(url(verb, dialogue), {}).status_code for verb in verbs} == {404}


def test_what_is_written_is_saved_and_then_recorded(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    sent = filled_in(client, dialogue, {HOW: "Det går godt."}, page="follow_up_edit")
    client.post(url("follow_up_edit", dialogue), {**sent, "action": "save"})
    assert body_of(dialogue, DraftKind.FOLLOW_UP)["answers"][qid("how")]["value"] == "Det går godt."
    assert client.post(url("follow_up_record", dialogue)).url == url("follow_up_edit", dialogue)
    page = enter(cast.manager).get(url("follow_up_edit", dialogue))
    assert len(page.context["earlier"]) == 1
    assert "Det går godt." in page.content.decode()
    assert body_of(dialogue, DraftKind.FOLLOW_UP)["answers"] == {}


def test_the_button_records_what_was_just_typed(cast: Cast, enter, dialogue):
    client = enter(cast.manager)
    sent = filled_in(client, dialogue, {HOW: "Fint."}, page="follow_up_edit")
    client.post(url("follow_up_edit", dialogue), {**sent, "action": "record"})
    assert FollowUp.objects.get(dialogue=dialogue).number == 1


def test_an_empty_follow_up_is_not_recorded(cast: Cast, enter, dialogue):
    page = enter(cast.manager).post(url("follow_up_record", dialogue), follow=True)
    assert not FollowUp.objects.exists()
    assert len(list(page.context["messages"])) == 1


def test_both_typing_at_once_is_a_conflict(cast: Cast, enter, dialogue):
    employee, manager = enter(cast.employee), enter(cast.manager)
    first = filled_in(employee, dialogue, {HOW: "Godt."}, page="follow_up_edit")
    manager.post(url("follow_up_edit", dialogue), filled_in(manager, dialogue, {HOW: "Skidt."}, page="follow_up_edit"))
    page = employee.post(url("follow_up_edit", dialogue), first)
    assert page.status_code == 409
    assert "Skidt." in page.content.decode()
    assert "Godt." in page.content.decode()


def test_a_script_saves_as_one_types(cast: Cast, enter, dialogue):
    body = {"request": str(uuid.uuid4()), "version": 0, "answers": {qid("how"): "Godt."}, "items": {}}
    answer = enter(cast.employee).post(
        url("follow_up_autosave", dialogue),
        body,
        content_type="application/json",
        headers={"Accept": "application/json"},
    )
    assert answer.json()["version"] == 1


@pytest.mark.parametrize("stage", [Stage.INVITED, Stage.TALK, Stage.SIGN_OFF, Stage.CLOSED, Stage.NOT_HELD])
def test_outside_its_time_the_page_says_why(cast: Cast, enter, stage):
    dialogue = make_dialogue(cast, stage)
    client = enter(cast.employee)
    page = client.get(url("follow_up_edit", dialogue))
    assert escape(str(page.context["may"].reason)) in page.content.decode()
    assert client.post(url("follow_up_edit", dialogue), {HOW: "For sent."}).url.startswith(
        url("follow_up_edit", dialogue)
    )


def test_an_erased_follow_up_is_said_to_be_erased(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    sent = filled_in(client, dialogue, {HOW: "Fint."}, page="follow_up_edit")
    client.post(url("follow_up_edit", dialogue), {**sent, "action": "record"})
    DataKey.objects.filter(dialogue=dialogue, artefact="FOLLOW_UP").update(
        wrapped=None, destroyed_at=NOW, destroyed_rule="five years"
    )
    text = client.get(url("follow_up_edit", dialogue)).content.decode()
    assert "five years" in text
    assert "Fint." not in text


@pytest.mark.parametrize("count", [2, 20])
def test_the_page_costs_the_same_with_many_follow_ups(
    cast: Cast, enter, dialogue, count, django_assert_max_num_queries
):
    client = enter(cast.employee)
    for number in range(count):
        sent = filled_in(client, dialogue, {HOW: f"Nr. {number}"}, page="follow_up_edit")
        client.post(url("follow_up_edit", dialogue), {**sent, "action": "record"})
    client.get(url("follow_up_edit", dialogue))
    with django_assert_max_num_queries(9):
        client.get(url("follow_up_edit", dialogue))
