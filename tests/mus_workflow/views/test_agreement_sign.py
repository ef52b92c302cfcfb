"""Signing: the whole text, a statement, the password; and what happens when something is not right."""

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.utils.html import escape

from mus_workflow.actions.write_revision import present_agreement, take_back_agreement
from mus_workflow.models import Dialogue, Presentation, Signature, open_sealed
from mus_workflow.stages import Stage
from tests.builders import Cast, answer, make_dialogue, sign_by_both, write_agreement
from tests.ledger import payload_of
from tests.mus_workflow.views.sheets import form_fields, url, words_of
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

ANSWERS = ["AGREED", "RECEIVED", "DECLINED"]
ENGLISH = {"Accept-Language": "en"}


@pytest.fixture(autouse=True)
def no_attempts() -> None:
    cache.clear()


@pytest.fixture(scope="module")
def presented(module_cast: Cast):
    return make_dialogue(module_cast, Stage.SIGN_OFF)


@pytest.fixture
def cast(module_cast: Cast) -> Cast:
    return module_cast


@pytest.fixture
def dialogue(presented):
    """One for all these tests, read anew by each: what a test does to it is taken back."""
    return Dialogue.objects.get(pk=presented.pk)


def sent(client, dialogue, meaning="AGREED", **typed):
    page = client.get(url("agreement_sign", dialogue))
    given = {"meaning": meaning, "acknowledgement": words_of(page, meaning), "password": "demo"}
    return {**form_fields(None, page), **given, **typed}


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


def test_what_is_signed_by_all_is_shown_as_such(cast: Cast, enter, dialogue):
    sign_by_both(dialogue, cast)
    page = enter(cast.employee).get(url("agreement_sign", dialogue))
    assert page.context["mine"]


def test_single_sign_on_asks_for_no_password(cast: Cast, enter, dialogue, settings):
    settings.MUS = {**settings.MUS, "REAUTHENTICATE": "tests.mus_workflow.views.sheets.is_present"}
    client = enter(cast.employee)
    fields = sent(client, dialogue)
    assert "password" not in form_fields(client, url("agreement_sign", dialogue))
    fields.pop("password")
    client.post(url("agreement_sign", dialogue), fields)
    assert Signature.objects.get().auth_method == "sso"


@pytest.mark.parametrize("meaning", ANSWERS)
def test_each_answer_is_explained_and_given_by_writing_its_words(cast: Cast, enter, dialogue, meaning):
    client = enter(cast.employee)
    soup = BeautifulSoup(client.get(url("agreement_sign", dialogue)).content, "html.parser")
    radio = soup.select_one(f"input[name=meaning][value={meaning}]")
    assert soup.find(id=radio["aria-describedby"]).text.strip()
    assert not radio.has_attr("checked")
    fields = sent(client, dialogue, meaning, remark="Mine ord.")
    client.post(url("agreement_sign", dialogue), fields)
    signature = Signature.objects.select_related("ledger_entry__payload").get()
    said = payload_of(signature.ledger_entry)
    assert (signature.meaning, said["meaning"], said["acknowledgement"]) == (
        meaning,
        meaning,
        fields["acknowledgement"],
    )
    assert open_sealed(signature.remark) == "Mine ord."


@pytest.mark.parametrize(
    "typed", ["I sign", "i sign.", "  I   SIGN  ", "“I sign”", "I\u00a0sign", '"I sign."', "\uff29 sign"]
)
def test_the_words_may_be_written_in_any_case_with_spaces_and_a_full_stop(cast: Cast, enter, dialogue, typed):
    client = enter(cast.employee, headers=ENGLISH)
    sign(client, dialogue, acknowledgement=typed)
    (signature,) = Signature.objects.select_related("ledger_entry__payload")
    assert payload_of(signature.ledger_entry)["acknowledgement"] == typed.strip()


@pytest.mark.parametrize("typed", ["I sign it", "sign", "I decline", "ok", "x", "I sing", "I agree"])
def test_other_words_give_no_answer_and_the_page_says_which_to_write(cast: Cast, enter, dialogue, typed):
    client = enter(cast.employee, headers=ENGLISH)
    page = sign(client, dialogue, acknowledgement=typed, remark="Mine ord.")
    assert page.status_code == 422
    assert page.context["form"].errors == {"acknowledgement": ["To give this answer, write: I sign"]}
    assert "Mine ord." in page.content.decode()
    assert not Signature.objects.exists()


def test_the_words_of_one_answer_do_not_give_another(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    fields = {**sent(client, dialogue, "DECLINED"), "meaning": "AGREED"}
    assert client.post(url("agreement_sign", dialogue), fields).status_code == 422
    assert not Signature.objects.exists()


def test_an_answer_that_does_not_exist_is_not_given(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    fields = {**sent(client, dialogue), "meaning": "MAYBE"}
    assert client.post(url("agreement_sign", dialogue), fields).status_code == 422
    assert not Signature.objects.exists()


def test_attempts_are_counted_together_for_all_answers(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    for meaning in [*ANSWERS, "AGREED", "DECLINED"]:
        client.post(url("agreement_sign", dialogue), sent(client, dialogue, meaning, password="not this"))
    for meaning in ANSWERS:
        client.post(url("agreement_sign", dialogue), sent(client, dialogue, meaning))
    assert not Signature.objects.exists()


@pytest.mark.parametrize(
    ("meaning", "heading"),
    [
        ("AGREED", "You have signed revision 1"),
        ("RECEIVED", "You have signed that you received revision 1"),
        ("DECLINED", "You have declined to sign revision 1"),
    ],
)
def test_the_receipt_says_what_was_answered_the_whole_check_number_and_the_place_in_the_ledger(
    cast: Cast, enter, dialogue, meaning, heading
):
    client = enter(cast.employee, headers=ENGLISH)
    page = client.post(url("agreement_sign", dialogue), sent(client, dialogue, meaning), follow=True)
    receipt = BeautifulSoup(page.content, "html.parser").select_one("[aria-labelledby=receipt-heading]").text
    signature = Signature.objects.get()
    assert heading in receipt
    assert signature.document_sha256 in receipt
    assert f"Entry {signature.ledger_entry.n} of this dialogue" in receipt
    assert dialogue.reference in receipt


def test_while_the_other_has_declined_one_can_still_answer_and_is_told(cast: Cast, enter, dialogue):
    answer(dialogue, "DECLINED", by=cast.manager)
    client = enter(cast.employee, headers=ENGLISH)
    page = client.get(url("agreement_sign", dialogue))
    assert "Mikkel Holm declined to sign this revision on 10 March 2026" in page.content.decode()
    page = client.post(url("agreement_sign", dialogue), sent(client, dialogue), follow=True)
    text = page.content.decode()
    assert "no agreement is in force" in text
    assert "Declined to sign" in text
    assert client.get(url("agreement_sign", dialogue)).context["mine"]


def test_the_document_is_in_its_own_language_whatever_the_readers(cast: Cast, enter, dialogue):
    page = enter(cast.employee, headers=ENGLISH).get(url("agreement_sign", dialogue))
    soup = BeautifulSoup(page.content, "html.parser")
    shown = soup.select_one("[data-mus-document]").extract().text
    for danish in ("Aftalepunkter", "Ansvarlig", "Sådan ser I, at det er nået"):
        assert danish in shown
    assert not [english for english in ("Agreed items", "Responsible", "Due date") if english in shown]
    assert "Your answer to revision 1" in soup.text


@pytest.mark.parametrize("count", [1, 20])
def test_the_page_costs_the_same_with_many_revisions(cast: Cast, enter, dialogue, count, django_assert_num_queries):
    for _number in range(count):
        take_back_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
        present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    answer(dialogue, by=cast.manager, remark="Fint.")
    client = enter(cast.employee)
    client.get(url("agreement_sign", dialogue))  # what is kept in memory is read once
    with django_assert_num_queries(13):
        client.get(url("agreement_sign", dialogue))
