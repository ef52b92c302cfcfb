"""Signing: the whole text, a statement, the password; and what happens when something is not right."""

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.utils.html import escape

from mus_workflow.actions.write_revision import present_agreement, take_back_agreement
from mus_workflow.models import Presentation, Signature, open_sealed
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, sign_by_both, write_agreement
from tests.mus_workflow.views.sheets import form_fields, url
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

ANSWER = {"meaning": "AGREED", "acknowledgement": "I sign"}


@pytest.fixture(autouse=True)
def no_attempts() -> None:
    cache.clear()


@pytest.fixture
def dialogue(cast: Cast):
    return make_dialogue(cast, Stage.SIGN_OFF)


def sent(client, dialogue, **typed):
    fields = form_fields(client, url("agreement_sign", dialogue))
    return {**fields, **ANSWER, "password": "demo", **typed}


def sign(client, dialogue, **typed):
    return client.post(url("agreement_sign", dialogue), sent(client, dialogue, **typed))


def test_the_page_shows_the_document_that_is_signed(cast: Cast, enter, dialogue):
    page = enter(cast.employee).get(url("agreement_sign", dialogue))
    text = page.content.decode()
    presentation = Presentation.objects.get()
    assert presentation.document_sha256 in text
    document = page.context["shown"].document
    for words in (document["statement"], document["items"][0]["what"], document["sections"][0]["answers"][0]["text"]):
        assert escape(words) in text


def test_a_signature_leaves_a_receipt(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    answer = sign(client, dialogue, remark="Tak for en god samtale.")
    assert answer.url == url("agreement_sign", dialogue)
    signature = Signature.objects.get()
    assert (signature.auth_method, open_sealed(signature.remark)) == ("password", "Tak for en god samtale.")
    page = client.get(answer.url)
    assert page.context["mine"]
    assert not BeautifulSoup(page.content, "html.parser").select("input[name=password]")


def test_the_last_signature_puts_it_in_force(cast: Cast, enter, dialogue):
    for party in (cast.employee, cast.manager):
        sign(enter(party), dialogue)
    dialogue.refresh_from_db()
    assert dialogue.stage == Stage.FOLLOW_UP
    page = enter(cast.manager).get(url("agreement_sign", dialogue))
    assert page.context["mine"]
    assert not page.context["is_waiting"]


@pytest.mark.parametrize("missing", ["meaning", "acknowledgement", "password"])
def test_what_is_missing_is_pointed_out_and_the_remark_kept(cast: Cast, enter, dialogue, missing):
    client = enter(cast.employee)
    fields = sent(client, dialogue, remark="Min bemærkning.")
    fields.pop(missing)
    page = client.post(url("agreement_sign", dialogue), fields)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [missing]
    assert "Min bemærkning." in page.content.decode()
    assert not Signature.objects.exists()


def test_a_wrong_password_signs_nothing_and_keeps_the_remark(cast: Cast, enter, dialogue):
    page = sign(enter(cast.employee), dialogue, password="not this", remark="Min bemærkning.")
    assert list(page.context["form"].errors) == ["password"]
    assert "Min bemærkning." in page.content.decode()
    assert "not this" not in page.content.decode()
    assert not Signature.objects.exists()


def test_too_many_wrong_passwords_close_the_door_for_a_while(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    for _ in range(5):
        sign(client, dialogue, password="not this")
    sign(client, dialogue)
    assert not Signature.objects.exists()


def test_a_revision_that_is_not_the_newest_cannot_be_signed_and_the_remark_comes_back(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    fields = sent(client, dialogue, remark="Min bemærkning.")
    take_back_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    write_agreement(dialogue, by=cast.manager, item={"what": "Noget andet", "responsible": "BOTH"})
    present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    page = client.post(url("agreement_sign", dialogue), fields, follow=True)
    assert not Signature.objects.exists()
    assert page.context["shown"].number == 2
    assert "Min bemærkning." in page.content.decode()
    assert "Noget andet" in page.content.decode()


def test_a_made_up_check_number_is_refused(cast: Cast, enter, dialogue):
    sign(enter(cast.employee), dialogue, document_sha256="0" * 64)
    assert not Signature.objects.exists()


def test_signing_twice_is_one_signature(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    fields = sent(client, dialogue)
    client.post(url("agreement_sign", dialogue), fields)
    page = client.post(url("agreement_sign", dialogue), fields, follow=True)
    assert Signature.objects.count() == 1
    assert page.context["mine"]


@pytest.mark.parametrize("stage", [Stage.INVITED, Stage.TALK])
def test_before_it_is_presented_there_is_nothing_to_sign(cast: Cast, enter, stage):
    dialogue = make_dialogue(cast, stage)
    client = enter(cast.employee)
    assert client.get(url("agreement_sign", dialogue)).status_code == 200
    client.post(url("agreement_sign", dialogue), {"document_sha256": "0" * 64, **ANSWER, "password": "demo"})
    assert not Signature.objects.exists()


def test_what_is_signed_by_all_is_shown_as_such(cast: Cast, enter, dialogue):
    sign_by_both(dialogue, cast)
    page = enter(cast.employee).get(url("agreement_sign", dialogue))
    assert page.context["mine"]


def test_single_sign_on_asks_for_no_password(cast: Cast, enter, dialogue, settings):
    settings.MUS = {**settings.MUS, "REAUTHENTICATE": "tests.mus_workflow.views.sheets.is_present"}
    client = enter(cast.employee)
    fields = form_fields(client, url("agreement_sign", dialogue))
    assert "password" not in fields
    client.post(url("agreement_sign", dialogue), {**fields, **ANSWER})
    assert Signature.objects.get().auth_method == "sso"
