"""Whatever goes wrong with what was typed, it is not lost, and nobody else gets it."""

import logging
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from mus_workflow.formbuilder.fields import field_name
from mus_workflow.models import ParkedPost
from mus_workflow.stages import Stage
from mus_workflow.views import preparation
from tests.builders import Cast, make_dialogue, qid
from tests.mus_workflow.views.test_preparation import fields_in

pytestmark = pytest.mark.django_db

SECRET = "En hemmelig sætning, som ingen andre må læse"


@pytest.fixture
def page(cast: Cast) -> str:
    return reverse("mus_workflow:preparation_edit", args=[make_dialogue(cast, Stage.PREPARING).pk])


def typed_on(client: Client, page: str) -> dict[str, str]:
    return {**fields_in(client.get(page)), field_name(qid("year")): SECRET}


def test_a_post_after_the_session_ran_out_comes_back_after_login(cast: Cast, enter, page):
    sent = typed_on(enter(cast.employee), page)
    answer = Client().post(page, sent)
    address = parse_qs(urlsplit(answer.url).query)["next"][0]
    assert answer.url.startswith("/login/")
    assert SECRET not in answer.url
    shown = enter(cast.employee).get(address)
    assert fields_in(shown)[field_name(qid("year"))] == SECRET
    assert "data-mus-unsaved" in shown.content.decode()


def test_it_is_given_back_once(cast: Cast, enter, page):
    address = parse_qs(urlsplit(Client().post(page, typed_on(enter(cast.employee), page)).url).query)["next"][0]
    client = enter(cast.employee)
    client.get(address)
    assert SECRET not in client.get(address).content.decode()
    assert not ParkedPost.objects.exists()


@pytest.mark.parametrize("who", ["manager", "other_manager", "admin"])
def test_nobody_else_gets_it(cast: Cast, enter, page, who):
    address = parse_qs(urlsplit(Client().post(page, typed_on(enter(cast.employee), page)).url).query)["next"][0]
    assert SECRET not in enter(getattr(cast, who)).get(address).content.decode()
    assert fields_in(enter(cast.employee).get(address))[field_name(qid("year"))] == SECRET


def test_without_an_author_nothing_is_kept(cast: Cast, enter, page):
    sent = typed_on(enter(cast.employee), page)
    Client().post(page, {**sent, "mus_author": "forged"})
    assert not ParkedPost.objects.exists()


def test_it_is_kept_sealed(cast: Cast, enter, page):
    Client().post(page, typed_on(enter(cast.employee), page))
    assert SECRET.encode() not in bytes(ParkedPost.objects.get().envelope)


def test_an_old_token_brings_the_text_back(cast: Cast, enter, page):
    client = enter(cast.employee, enforce_csrf_checks=True)
    sent = {**typed_on(client, page), "csrfmiddlewaretoken": "x" * 64}
    shown = client.post(page, sent, follow=True)
    assert shown.status_code == 200
    assert fields_in(shown)[field_name(qid("year"))] == SECRET


def test_a_genuine_token_is_accepted(cast: Cast, enter, page):
    client = enter(cast.employee, enforce_csrf_checks=True)
    assert client.post(page, typed_on(client, page)).url == page


def test_a_server_error_keeps_the_text_and_tells_nobody_what_it_says(cast: Cast, enter, page, monkeypatch, caplog):
    client = enter(cast.employee)
    sent = typed_on(client, page)

    def fail(**kwargs):
        raise ValueError(f"could not save {kwargs['typed']}")

    with monkeypatch.context() as patch, caplog.at_level(logging.DEBUG):
        patch.setattr(preparation, "save_preparation", fail)
        answer = client.post(page, sent)
    assert answer.status_code == 500
    reference = answer.context["reference"]
    assert reference in answer.content.decode()
    assert reference in caplog.text
    assert SECRET not in answer.content.decode() + caplog.text
    assert fields_in(client.get(answer.context["address"]))[field_name(qid("year"))] == SECRET


def test_a_stranger_is_told_at_once_that_there_is_nothing(cast: Cast, enter, page):
    assert enter(cast.other_manager).get(page).status_code == 404


def test_no_page_may_be_kept_by_a_cache(cast: Cast, enter, page):
    for path in (page, reverse("mus_workflow:my_mus")):
        answer = enter(cast.employee).get(path)
        assert answer["Cache-Control"] == "private, no-store"
        assert "Cookie" in answer["Vary"]


def test_a_method_the_page_does_not_take_is_refused(cast: Cast, enter, page):
    assert enter(cast.employee).delete(page).status_code == 405
