"""Two people writing in one agreement with scripts: saving as they type, and seeing what the other has saved."""

import uuid

import pytest

from mus_workflow.actions.amend_agreement import amend_agreement, drop_amendment
from mus_workflow.actions.write_revision import present_agreement
from mus_workflow.stages import Stage
from tests.builders import ITEM, Cast, item_id_of, make_dialogue, qid, write_agreement
from tests.mus_workflow.views.sheets import body_of, field_of, url
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def dialogue(cast: Cast):
    return make_dialogue(cast, Stage.TALK)


def autosave(client, dialogue, version, *, answers=None, items=None, request=""):
    body = {
        "request": request or str(uuid.uuid4()),
        "version": version,
        "answers": {qid(name): value for name, value in (answers or {}).items()},
        "items": items or {},
    }
    address = url("agreement_autosave", dialogue)
    return client.post(address, body, content_type="application/json", headers={"Accept": "application/json"})


def poll(client, dialogue, version, **query):
    return client.get(url("agreement_changes", dialogue), {"version": version, **query})


def test_what_is_typed_is_saved_and_the_version_told(cast: Cast, enter, dialogue):
    answer = autosave(enter(cast.manager), dialogue, 0, answers={"summary": "Vi satser."})
    told = answer.json()
    assert (told["version"], told["saved_at"], told["errors"]) == (1, "09.00", {})
    assert body_of(dialogue)["answers"][qid("summary")]["value"] == "Vi satser."


def test_a_resent_save_is_the_same_save(cast: Cast, enter, dialogue):
    client, request = enter(cast.manager), str(uuid.uuid4())
    for _ in range(2):
        answer = autosave(client, dialogue, 0, answers={"summary": "Vi satser."}, request=request)
    assert answer.json()["version"] == 1


def test_different_places_merge(cast: Cast, enter, dialogue):
    item = {str(uuid.uuid4()): {"what": "Kursus"}}
    assert autosave(enter(cast.manager), dialogue, 0, answers={"summary": "Fælles."}).status_code == 200
    assert autosave(enter(cast.employee), dialogue, 0, answers={"employee_says": "Mit."}).status_code == 200
    assert autosave(enter(cast.employee), dialogue, 0, items=item).status_code == 200
    assert set(body_of(dialogue)["answers"]) == {qid("summary"), qid("employee_says")}


def test_the_same_place_is_a_conflict_told_with_name_and_time(cast: Cast, enter, dialogue):
    autosave(enter(cast.manager), dialogue, 0, answers={"summary": "Lederens."})
    answer = autosave(enter(cast.employee), dialogue, 0, answers={"summary": "Min.", "employee_says": "Ja."})
    assert answer.status_code == 409
    told = answer.json()
    conflict = {"id": qid("summary"), "theirs": "Lederens.", "by": "Mikkel Holm", "at": "09.00"}
    assert told["conflicts"] == [conflict]
    assert told["saved"] == [qid("employee_says")]
    assert body_of(dialogue)["answers"][qid("summary")]["value"] == "Lederens."
    assert autosave(enter(cast.employee), dialogue, told["version"], answers={"summary": "Min."}).status_code == 200


def test_an_item_in_conflict_comes_with_all_its_fields(cast: Cast, enter, dialogue):
    write_agreement(dialogue, by=cast.manager)
    item = item_id_of(dialogue)
    autosave(enter(cast.manager), dialogue, 1, items={item: {"what": "Kursus i teknik"}})
    answer = autosave(enter(cast.employee), dialogue, 1, items={item: {"what": "Noget andet", "support": "Tid"}})
    (conflict,) = answer.json()["conflicts"]
    assert conflict["theirs"] == {**ITEM, "what": "Kursus i teknik", "support": "Tid", "removed": False}


def test_what_is_wrong_is_said_and_the_rest_saved(cast: Cast, enter, dialogue):
    item = str(uuid.uuid4())
    fields = {"what": "Kursus", "due_date": "snart", "responsible": "NOBODY"}
    answer = autosave(enter(cast.manager), dialogue, 0, items={item: fields})
    assert len(answer.json()["errors"][item]) == 2
    assert body_of(dialogue)["items"][item]["fields"] == {"what": "Kursus"}


def test_a_cleared_field_is_cleared(cast: Cast, enter, dialogue):
    write_agreement(dialogue, by=cast.manager)
    item = item_id_of(dialogue)
    autosave(enter(cast.manager), dialogue, 1, items={item: {"due_date": None, "support": None}})
    fields = body_of(dialogue)["items"][item]["fields"]
    assert (fields["due_date"], fields["support"]) == ("", "")


@pytest.mark.parametrize("sent", ["", "[]", "{}", '{"request": "x", "version": "1"}', '{"request": "x"'])
def test_a_body_that_no_page_of_ours_sends_is_refused(cast: Cast, enter, dialogue, sent):
    answer = enter(cast.manager).post(
        url("agreement_autosave", dialogue),
        sent,
        content_type="application/json",
        headers={"Accept": "application/json"},
    )
    assert answer.status_code == 400
    assert answer.json()["reason"]


def test_the_managers_script_cannot_write_the_employees_answer(cast: Cast, enter, dialogue):
    answer = autosave(enter(cast.manager), dialogue, 0, answers={"employee_says": "Jeg er glad."})
    assert answer.status_code == 400
    assert body_of(dialogue)["answers"] == {}


def test_saving_in_what_waits_for_signatures_is_refused_with_the_reason(cast: Cast, enter):
    answer = autosave(enter(cast.manager), make_dialogue(cast, Stage.SIGN_OFF), 1, answers={"summary": "For sent."})
    assert answer.status_code == 422
    assert answer.json()["reason"]


class TestPolling:
    """What the other has saved, within one small query while nothing moves."""

    def test_nothing_new_costs_one_query_beyond_session_and_user(
        self, cast: Cast, enter, dialogue, django_assert_num_queries
    ):
        client = enter(cast.employee)
        with django_assert_num_queries(3):
            assert poll(client, dialogue, 0).json() == {"version": 0}

    def test_the_others_saved_words_are_told_as_the_form_holds_them(self, cast: Cast, enter, dialogue):
        autosave(enter(cast.manager), dialogue, 0, answers={"summary": "Fælles."})
        item = str(uuid.uuid4())
        autosave(enter(cast.manager), dialogue, 1, items={item: {"what": "Kursus"}})
        told = poll(enter(cast.employee), dialogue, 0).json()
        assert told["version"] == 2
        assert told["answers"] == {qid("summary"): "Fælles."}
        assert told["items"][item]["what"] == "Kursus"
        assert "Mikkel Holm" in told["regions"]["last_writer"]
        later = poll(enter(cast.employee), dialogue, 1).json()
        assert later["answers"] == {}

    def test_the_employees_own_question_is_words_for_the_manager(self, cast: Cast, enter, dialogue):
        autosave(enter(cast.employee), dialogue, 0, answers={"employee_says": "Jeg er glad."})
        told = poll(enter(cast.manager), dialogue, 0).json()
        assert told["answers"] == {}
        assert told["regions"][field_of("employee_says")] == "Jeg er glad."

    def test_it_tells_when_the_agreement_was_presented(self, cast: Cast, enter, dialogue):
        write_agreement(dialogue, by=cast.manager)
        present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
        assert poll(enter(cast.employee), dialogue, 1, stage="TALK", presented="0").json()["moved"]

    def test_it_tells_when_a_change_was_presented_or_dropped(self, cast: Cast, enter):
        dialogue = make_dialogue(cast)
        client = enter(cast.employee)
        for act in (drop_amendment, present_agreement):
            amend_agreement(dialogue_id=dialogue.pk, change_note="Nyt hold.", by=cast.manager, at=NOW)
            assert "moved" not in poll(client, dialogue, 0, stage="FOLLOW_UP", presented="1").json()
            act(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
            assert poll(client, dialogue, 0, stage="FOLLOW_UP", presented="1").json()["moved"]
