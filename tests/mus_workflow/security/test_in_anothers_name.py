"""Whoever acts under another's name is named in the evidence, opens nothing private, and signs nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from mus_workflow.actions.record_progress import record_progress
from mus_workflow.actions.save_draft import save_agreement_draft, save_preparation
from mus_workflow.actions.share_preparation import share_preparation, withdraw_preparation
from mus_workflow.actions.write_revision import present_agreement, save_revision
from mus_workflow.models import Dialogue, Grant, ParkedPost, Progress, SealedFile, Signature, user_key
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage
from mus_workflow.views.impersonation import hijacker
from mus_workflow.who_acts import Acting, acting_as
from tests.builders import Cast, answer, make_dialogue, qid, typed, write_agreement
from tests.ledger import entries, everything
from tests.matrix.rows import MATRIX
from tests.matrix.walk import address
from tests.mus_workflow.views.sheets import form_fields, url, words_of
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

PRIVATE = "Jeg er træt om fredagen."
DRAFTED = "Vi satser på formidling."
# Of the pages that show content, those that are closed; the others are open to whoever may see the person's pages.
CLOSED = {
    "preparation_edit",
    "preparation_autosave",
    "preparation_share",
    "preparation_withdraw",
    "talk",
    "agreement_edit",
    "agreement_autosave",
    "agreement_changes",
    "my_data",
}


@pytest.fixture
def cast(module_cast: Cast) -> Cast:
    return module_cast


@pytest.fixture(scope="module")
def held(module_cast: Cast) -> Dialogue:
    """A talk with what is private, what is shared, and a draft of the agreement."""
    dialogue = make_dialogue(module_cast, Stage.TALK)
    write_agreement(dialogue, by=module_cast.manager)
    return dialogue


@pytest.fixture
def dialogue(held: Dialogue) -> Dialogue:
    return Dialogue.objects.get(pk=held.pk)


@pytest.fixture
def masked(cast: Cast) -> Client:
    """A browser in which the administrator has taken over the employee's account with django-hijack."""
    return taken_over(cast.employee, cast.admin)


@pytest.fixture
def mask(cast: Cast) -> Iterator[None]:
    """Whatever is done is done by the administrator in the employee's name."""
    with acting_as(Acting(user_key(cast.employee), user_key(cast.admin), in_request=True)):
        yield


def taken_over(user: Any, by: Any) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(user)
    session = client.session
    session["hijack_history"] = [user_key(by)]
    session.save()
    return client


@pytest.mark.parametrize("name", sorted(CLOSED))
def test_what_is_private_is_closed_with_a_reason_by_every_method(masked: Client, dialogue: Dialogue, name: str) -> None:
    where = address(name, dialogue)
    for method in sorted(MATRIX[name].methods):
        before = everything()
        page = getattr(masked, method.lower())(where, {"action": "share"})
        text = page.content.decode()
        assert page.status_code == 403
        assert "in another person" in text
        assert [words for words in (PRIVATE, DRAFTED) if words in text] == []
        assert everything() == before
        assert not ParkedPost.objects.exists()


@pytest.mark.parametrize("name", ["preparation_autosave", "agreement_autosave"])
def test_a_script_is_told_the_reason_too(masked: Client, dialogue: Dialogue, name: str) -> None:
    sent = {"request": "1", "version": 0, "answers": {qid("year"): "Fra en anden"}}
    answered = masked.post(
        address(name, dialogue), sent, content_type="application/json", headers={"Accept": "application/json"}
    )
    assert answered.status_code == 403
    assert "in another person" in answered.json()["reason"]


def test_no_page_shows_what_is_private_or_drafted(masked: Client, dialogue: Dialogue) -> None:
    found = []
    for name, row in MATRIX.items():
        if "GET" in row.methods and name != "file_detail":
            text = masked.get(address(name, dialogue), follow=True).content.decode()
            found += [name for words in (PRIVATE, DRAFTED) if words in text]
    assert found == []


def test_the_person_finds_it_all_there(cast: Cast, dialogue: Dialogue) -> None:
    """Were nothing there, nothing could be closed."""
    client = Client()
    client.force_login(cast.employee)
    assert PRIVATE in client.get(address("preparation_edit", dialogue)).content.decode()
    assert DRAFTED in client.get(address("talk", dialogue)).content.decode()


@pytest.mark.parametrize("is_own", [True, False])
def test_a_file_in_a_preparation_is_closed_and_one_in_the_agreement_is_not(
    cast: Cast, masked: Client, dialogue: Dialogue, is_own: bool
) -> None:
    address("file_detail", dialogue)  # makes one that both have added
    participant = dialogue.participants.get(role="EMPLOYEE") if is_own else None
    shared = SealedFile.objects.get()
    file = SealedFile.objects.create(
        dialogue=dialogue, participant=participant, question_id=qid("f"), envelope=shared.envelope, added_at=NOW
    )
    answered = masked.get(reverse("mus_workflow:file_detail", args=[file.pk]))
    assert (answered.status_code == 200) is not is_own


@pytest.mark.parametrize("verb", ["write", "share", "withdraw", "draft", "save", "present", "sign"])
def test_the_actions_refuse_it_themselves(cast: Cast, dialogue: Dialogue, mask: None, verb: str) -> None:
    here = {"dialogue_id": dialogue.pk, "by": cast.employee, "at": NOW}
    verbs = {
        "write": lambda: save_preparation(typed=typed({"year": "Nyt"}), allowed=[qid("year")], **here),
        "share": lambda: share_preparation(chosen=[qid("year")], **here),
        "withdraw": lambda: withdraw_preparation(**here),
        "draft": lambda: save_agreement_draft(typed=typed({"summary": "Nyt"}), allowed=[qid("summary")], **here),
        "save": lambda: save_revision(**here),
        "present": lambda: present_agreement(**here),
    }
    if verb == "sign":
        with acting_as(Acting()):
            present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
        verbs["sign"] = lambda: answer(dialogue, by=cast.employee)
    before = everything()
    with translation.override("en"), pytest.raises(Refused, match="in another person's name"):
        verbs[verb]()
    assert everything() == before


def test_nobody_signs_for_the_person_they_have_taken_over(cast: Cast, dialogue: Dialogue, masked: Client) -> None:
    present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    page = masked.get(url("agreement_sign", dialogue))
    assert "in another person" in page.content.decode()
    assert "password" not in page.content.decode()
    own = Client(headers={"Accept-Language": "en"})
    own.force_login(cast.employee)
    theirs = own.get(url("agreement_sign", dialogue))
    given = {"meaning": "AGREED", "acknowledgement": words_of(theirs), "password": "demo"}
    masked.post(url("agreement_sign", dialogue), {**form_fields(None, theirs), **given})
    assert not Signature.objects.exists()
    own.post(url("agreement_sign", dialogue), {**form_fields(None, theirs), **given})
    assert Signature.objects.count() == 1


def test_everything_else_is_recorded_with_who_really_did_it(cast: Cast, dialogue: Dialogue, masked: Client) -> None:
    present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    masked.post(url("agreement_take_back", dialogue))
    entry = entries(dialogue.pk)[-1]
    told = (user_key(cast.employee), user_key(cast.admin))
    assert (entry.event, entry.actor, entry.real_actor) == ("TAKEN_BACK", *told)


def test_what_people_do_themselves_names_nobody_else(cast: Cast, dialogue: Dialogue) -> None:
    client = Client()
    client.force_login(cast.employee)
    client.post(url("agreement_present", dialogue))
    assert {entry.real_actor for entry in entries(dialogue.pk)} == {""}
    assert entries(dialogue.pk)[-1].event == "STAGE_CHANGED"


def by_header(request: HttpRequest) -> Any:
    """A host's own means."""
    return get_user_model().objects.filter(username=request.headers.get("X-Acts-As", "")).first()


def test_a_host_says_by_a_callable_of_its_own_who_acts(cast: Cast, dialogue: Dialogue, settings: Any) -> None:
    settings.MUS = {**settings.MUS, "IMPERSONATOR": f"{__name__}.by_header"}
    client = Client()
    client.force_login(cast.employee)
    assert client.get(url("preparation_edit", dialogue)).status_code == 200
    assert client.get(url("preparation_edit", dialogue), headers={"X-Acts-As": "admin"}).status_code == 403
    assert client.get(url("preparation_edit", dialogue), headers={"X-Acts-As": "employee"}).status_code == 200


def test_of_several_who_took_over_the_first_is_at_the_keyboard(cast: Cast) -> None:
    request = HttpRequest()
    assert hijacker(request) is None
    request.session = {"hijack_history": []}
    assert hijacker(request) is None
    request.session = {"hijack_history": [user_key(cast.admin), user_key(cast.hr)]}
    assert user_key(hijacker(request)) == user_key(cast.admin)


def test_nobody_audits_in_an_auditors_name(cast: Cast, dialogue: Dialogue) -> None:
    present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    client = taken_over(cast.auditor, cast.admin)
    for name, args in (("index", []), ("history", [dialogue.pk]), ("grant_request", [dialogue.pk]), ("grants", [])):
        where = reverse(f"mus_audit:{name}", args=args)
        assert client.get(where).status_code == client.post(where, {"reason": "Stikprøve"}).status_code == 404, name
    assert not Grant.objects.exists()


def form_of(client: Client, where: str) -> dict[str, Any]:
    form = client.get(where).context["form"]
    return {name: form[name].value() for name in form.fields if form[name].value() is not None}


def test_progress_is_recorded_under_a_mask_with_both_names(cast: Cast, dialogue: Dialogue) -> None:
    present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    for by in (cast.employee, cast.manager):
        answer(dialogue, by=by)
    item = Dialogue.objects.get(pk=dialogue.pk).agreement.items.get()
    given = {"item_id": item.pk, "progress": Progress.DONE, "note": "", "by": cast.employee, "at": NOW}
    with acting_as(Acting(user_key(cast.employee), user_key(cast.admin), in_request=True)):
        record_progress(dialogue_id=dialogue.pk, **given)
    assert entries(dialogue.pk)[-1].real_actor == user_key(cast.admin)
