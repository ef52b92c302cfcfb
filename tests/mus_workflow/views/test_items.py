"""Agreed items through the year: progress, and their outcome in the next talk."""

import uuid

import pytest
from django.utils.html import escape

from mus_workflow.actions.amend_agreement import amend_agreement
from mus_workflow.actions.save_draft import save_agreement_draft
from mus_workflow.actions.write_revision import present_agreement
from mus_workflow.models import AgreementItem, Outcome, Progress, Purpose, open_sealed
from mus_workflow.stages import Stage
from tests.builders import ITEM, Cast, allowed_ids, item_id_of, make_dialogue, sign_by_both, typed
from tests.mus_workflow.views.sheets import body_of, url
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db
STRANGERS = ["other_manager", "former_manager", "delegate", "hr", "editor", "auditor", "auditor2", "admin"]


@pytest.fixture
def dialogue(cast: Cast):
    return make_dialogue(cast)


@pytest.mark.parametrize("who", STRANGERS)
def test_the_items_do_not_exist_for_anybody_else(cast: Cast, enter, dialogue, who):
    client, item = enter(getattr(cast, who)), item_id_of(dialogue)
    assert client.get(url("item_list", dialogue)).status_code == 404
    assert client.get(url("item_progress", dialogue, item)).status_code == 404
    assert client.post(url("item_progress", dialogue, item), {"progress": "DONE"}).status_code == 404
    assert client.post(url("item_outcome", dialogue, item), {}).status_code == 404


@pytest.mark.parametrize("who", ["employee", "manager"])
def test_either_side_records_progress_with_a_note_both_read(cast: Cast, enter, dialogue, who):
    client, item = enter(getattr(cast, who)), item_id_of(dialogue)
    answer = client.post(url("item_progress", dialogue, item), {"progress": "UNDER_WAY", "note": "Tilmeldt."})
    assert answer.url == url("item_list", dialogue)
    assert AgreementItem.objects.get(pk=item).progress == Progress.UNDER_WAY
    assert "Tilmeldt." in enter(cast.employee).get(url("item_list", dialogue)).content.decode()


def test_progress_must_be_one_of_its_steps_and_the_note_is_kept(cast: Cast, enter, dialogue):
    item = item_id_of(dialogue)
    page = enter(cast.employee).post(url("item_progress", dialogue, item), {"progress": "SOON", "note": "Snart."})
    assert page.status_code == 422
    assert "Snart." in page.content.decode()


def test_a_closed_dialogues_item_says_why_it_cannot_be_recorded(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.CLOSED)
    client, address = enter(cast.employee), url("item_progress", dialogue, item_id_of(dialogue))
    page = client.get(address)
    assert escape(str(page.context["may"].reason)) in page.content.decode()
    sent = {"progress": "DONE", "note": "Nåede det.", "mus_author": page.context["author_token"]}
    answer = client.post(address, sent)
    assert answer.url.startswith(f"{address}?parked=")
    assert "Nåede det." in client.get(answer.url).content.decode()
    assert AgreementItem.objects.get().progress == Progress.NOT_STARTED


def test_an_item_of_another_dialogue_does_not_exist_here(cast: Cast, enter, dialogue):
    later = make_dialogue(cast, Stage.TALK)
    assert enter(cast.employee).get(url("item_progress", later, item_id_of(dialogue))).status_code == 404


def test_before_the_signing_the_page_says_what_will_come(cast: Cast, enter):
    page = enter(cast.employee).get(url("item_list", make_dialogue(cast, Stage.TALK)))
    assert page.status_code == 200
    assert page.context["items"] == []


def settle(client, later, item, **typed_):
    fields = {f"settle_{item.replace('-', '')}_{name}": value for name, value in typed_.items()}
    return client.post(url("item_outcome", later, item), fields)


def test_next_years_talk_settles_the_item_and_repeats_it(cast: Cast, enter, dialogue):
    later, item = make_dialogue(cast, Stage.TALK), item_id_of(dialogue)
    assert "Kursus i formidling" in enter(cast.manager).get(url("item_list", later)).content.decode()
    answer = settle(enter(cast.manager), later, item, outcome="NOT_REACHED", comment="Aflyst.", repeat="on")
    assert answer.url == url("item_list", later)
    settled = AgreementItem.objects.get(pk=item)
    assert settled.outcome == Outcome.NOT_REACHED
    assert open_sealed(settled.outcome_note) == {"MANAGER": "Aflyst."}
    assert len(body_of(later)["items"]) == 1


def test_an_outcome_must_be_chosen_and_the_comment_is_kept(cast: Cast, enter, dialogue):
    later = make_dialogue(cast, Stage.TALK)
    page = settle(enter(cast.manager), later, item_id_of(dialogue), comment="Aflyst.")
    assert page.status_code == 422
    assert "Aflyst." in page.content.decode()


def test_before_the_talk_the_outcome_waits_and_says_why(cast: Cast, enter, dialogue):
    later = make_dialogue(cast, Stage.PREPARING)
    page = enter(cast.manager).get(url("item_list", later))
    assert escape(str(page.context["settle"].reason)) in page.content.decode()
    settle(enter(cast.manager), later, item_id_of(dialogue), outcome="REACHED")
    assert AgreementItem.objects.get().outcome == ""


@pytest.mark.parametrize("count", [2, 20])
def test_the_list_costs_the_same_with_many_items(cast: Cast, enter, dialogue, count, django_assert_max_num_queries):
    amend_agreement(dialogue_id=dialogue.pk, change_note="Flere.", by=cast.employee, at=NOW)
    save_agreement_draft(
        dialogue_id=dialogue.pk,
        typed=typed(items={str(uuid.uuid4()): ITEM for _ in range(count)}),
        allowed=allowed_ids(dialogue, Purpose.AGREEMENT, "MANAGER"),
        by=cast.manager,
        at=NOW,
    )
    present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    sign_by_both(dialogue, cast)
    client = enter(cast.manager)
    client.get(url("item_list", dialogue))
    with django_assert_max_num_queries(11):
        client.get(url("item_list", dialogue))
