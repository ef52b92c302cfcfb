"""Refusals: logged with who and where, without a word of content, and never a way to another site."""

import logging

import pytest
from django.urls import reverse

from mus_workflow.formbuilder.fields import field_name
from mus_workflow.models import user_key
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, qid
from tests.matrix.rows import MATRIX
from tests.matrix.walk import address, undone

pytestmark = pytest.mark.django_db

WORDS = "En sætning, som ingen log må gemme"
ELSEWHERE = "https://evil.example/"
WAYS_ON = ("next", "go", "part", "returns_to", "action", "onward", "HTTP_REFERER")


def logged(caplog):
    return [record.getMessage() for record in caplog.records if record.name == "mus_workflow.views"]


def test_a_page_that_is_not_theirs_is_logged_with_who_and_where(cast: Cast, enter, caplog):
    page = reverse("mus_workflow:preparation_edit", args=[make_dialogue(cast, Stage.PREPARING).pk])
    client = enter(cast.other_manager)
    caplog.clear()
    assert client.get(page).status_code == 404
    assert logged(caplog) == [f"not there: GET {page} by user {user_key(cast.other_manager)}"]


def test_what_may_not_be_done_is_logged_without_reason_or_words(cast: Cast, enter, caplog):
    page = reverse("mus_workflow:preparation_edit", args=[make_dialogue(cast, Stage.FOLLOW_UP).pk])
    client = enter(cast.employee)
    caplog.set_level(logging.DEBUG)
    client.post(page, {field_name(qid("year")): WORDS, "version": "0", "seen": "{}"})
    assert logged(caplog) == [f"refused: POST {page} by user {user_key(cast.employee)}"]
    assert WORDS not in caplog.text


def test_the_auditors_pages_log_who_is_not_let_in(cast: Cast, enter, caplog):
    client = enter(cast.admin)
    caplog.clear()
    assert client.get(reverse("mus_audit:index"), follow=True).status_code == 404
    assert logged(caplog) == [f"not there: GET {reverse('mus_audit:index')} by user {user_key(cast.admin)}"]


def test_what_is_allowed_is_no_refusal(cast: Cast, enter, caplog):
    page = reverse("mus_workflow:preparation_edit", args=[make_dialogue(cast, Stage.PREPARING).pk])
    assert enter(cast.employee).get(page).status_code == 200
    assert logged(caplog) == []


@pytest.mark.parametrize("stage", [Stage.PREPARING, Stage.TALK])
def test_no_answer_leads_to_another_site(cast: Cast, enter, stage):
    dialogue = make_dialogue(cast, stage)
    client = enter(cast.employee)
    followed = 0
    for name, row in MATRIX.items():
        path = f"{address(name, dialogue)}?next={ELSEWHERE}&parked={ELSEWHERE}"
        for method in row.methods & {"GET", "POST"}:
            with undone():
                sent = dict.fromkeys(WAYS_ON, ELSEWHERE) if method == "POST" else {}
                answer = client.generic(method, path) if not sent else client.post(path, sent, HTTP_REFERER=ELSEWHERE)
            if answer.status_code == 302:
                followed += 1
                where = answer.headers["Location"]
                assert where.startswith("/"), (name, where)
                assert not where.startswith(("//", "/\\")), (name, where)
    assert followed > 5
