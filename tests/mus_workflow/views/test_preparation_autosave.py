"""What a script saves while a person writes."""

import json
import uuid
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse

from mus_workflow.documents.merge import plain_answers
from mus_workflow.models import Draft, open_sealed
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, qid

pytestmark = pytest.mark.django_db


@pytest.fixture
def dialogue(cast: Cast):
    return make_dialogue(cast, Stage.PREPARING)


def save(client, dialogue, **body: Any):
    body = {"request": str(uuid.uuid4()), "version": 0, "answers": {}, "shared": {}, "items": {}, **body}
    return send(client, dialogue, json.dumps(body))


def send(client, dialogue, text: str):
    return client.post(
        reverse("mus_workflow:preparation_autosave", args=[dialogue.pk]),
        text,
        content_type="application/json",
        headers={"accept": "application/json"},
    )


def body_of(dialogue, user):
    return open_sealed(Draft.objects.get(dialogue=dialogue, participant__user=user).envelope) or {}


def test_it_saves_and_says_when(cast: Cast, enter, dialogue):
    answer = save(enter(cast.employee), dialogue, answers={qid("year"): "Godt"}, shared={qid("year"): False})
    assert answer.status_code == 200
    told = answer.json()
    assert {name: told[name] for name in ("version", "saved_at", "saved", "errors")} == {
        "version": 1,
        "saved_at": "09.00",
        "saved": [qid("year")],
        "errors": {},
    }
    body = body_of(dialogue, cast.employee)
    assert plain_answers(body) == {qid("year"): "Godt"}
    assert body["sharing"] == {qid("year"): False}


def test_valid_answers_are_saved_beside_wrong_ones(cast: Cast, enter, dialogue):
    answer = save(enter(cast.employee), dialogue, answers={qid("year"): "Godt", qid("workload"): "9"}).json()
    assert list(answer["errors"]) == [qid("workload")]
    assert answer["saved"] == [qid("year")]
    assert plain_answers(body_of(dialogue, cast.employee)) == {qid("year"): "Godt"}


def test_the_same_request_twice_saves_once(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    first = save(client, dialogue, request="same", answers={qid("year"): "Godt"}).json()
    assert save(client, dialogue, request="same", answers={qid("year"): "Godt"}).json()["version"] == first["version"]


def test_a_collision_answers_409_with_both_texts_as_the_page_holds_them(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    save(client, dialogue, answers={qid("workload"): "2", qid("year"): "Godt"})
    answer = save(client, dialogue, answers={qid("workload"): "5", qid("well_being"): "Fint"})
    assert answer.status_code == 409
    conflict = answer.json()["conflicts"][0]
    assert {key: conflict[key] for key in ("id", "mine", "theirs")} == {
        "id": qid("workload"),
        "mine": "5",
        "theirs": "2",
    }
    assert conflict["at"] == "09.00"
    assert conflict["by"]
    assert answer.json()["saved"] == [qid("well_being")]
    assert plain_answers(body_of(dialogue, cast.employee))[qid("well_being")] == "Fint"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nonsense",
        "[]",
        "{}",
        '{"request": "a", "version": "0", "answers": {}}',
        '{"request": "a", "version": true, "answers": {}}',
        '{"request": "a", "version": -1, "answers": {}}',
        '{"request": "", "version": 0, "answers": {}}',
        '{"request": "a", "version": 0, "answers": []}',
        '{"request": "a", "version": 0, "shared": {"a": "yes"}}',
        '{"request": "a", "version": 0, "shared": {"nowhere": true}}',
        '{"request": "a", "version": 0, "answers": {"nowhere": "x"}}',
    ],
)
def test_a_body_that_no_page_of_ours_sends_is_refused(cast: Cast, enter, dialogue, text):
    assert send(enter(cast.employee), dialogue, text).status_code == 400
    assert body_of(dialogue, cast.employee) == {}


def test_the_other_sides_question_is_unknown_here(cast: Cast, enter, dialogue):
    assert save(enter(cast.employee), dialogue, answers={qid("praise"): "x"}).status_code == 400


def test_too_late_is_refused_with_the_reason(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.SIGN_OFF)
    answer = save(enter(cast.employee), dialogue, answers={qid("year"): "x"})
    assert answer.status_code == 422
    assert answer.json()["reason"]


def test_one_who_is_logged_out_is_told_so(client, dialogue):
    assert save(client, dialogue, answers={qid("year"): "x"}).status_code == 401


def test_a_page_whose_token_is_too_old_is_told_so(cast: Cast, enter, dialogue):
    answer = save(enter(cast.employee, enforce_csrf_checks=True), dialogue, answers={qid("year"): "x"})
    assert answer.status_code == 403
    assert answer.json()["csrf"] is True


def test_it_takes_few_queries(cast: Cast, enter, dialogue, django_assert_num_queries):
    client = enter(cast.employee)
    save(client, dialogue, answers={qid("year"): "Godt"})
    # Session, person, which form; savepoint, lock and draft (one statement where reading can lock), key, save, release.
    with django_assert_num_queries(8 if connection.features.has_select_for_update else 9):
        save(client, dialogue, version=1, answers={qid("year"): "Bedre"})
