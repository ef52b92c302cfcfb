"""The page of the holds: who has it, what it tells, and what is done there."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mus_workflow.actions.legal_hold import place_hold
from mus_workflow.models import Dialogue, LegalHold, Participant, Role
from tests.builders import Cast, make_dialogue
from tests.erasing import YEARS_ON, erase, everybody_leaves, let_hold, with_another_employee
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

PAGE = "/admin/mus/holds/"


@pytest.fixture
def cast(module_cast: Cast) -> Cast:
    return module_cast


@pytest.fixture
def dialogue(office: Cast) -> Dialogue:
    return make_dialogue(office)


@pytest.fixture
def keeper(client: Client, protector: Any) -> Client:
    client.force_login(protector)
    return client


def place(client: Client, reference: str, reason: str = "Klagesag 17") -> Any:
    return client.post(PAGE, {"reference": reference, "reason": reason}, follow=True)


def test_the_address_is_the_one_that_is_documented() -> None:
    assert reverse("mus_holds:index") == PAGE


def test_a_hold_is_placed_by_reference_and_lifted(keeper: Client, dialogue: Dialogue) -> None:
    page = place(keeper, f" {dialogue.reference.lower()} ").content.decode()
    hold = LegalHold.objects.get()
    assert hold.dialogue == dialogue
    for shown in (dialogue.reference, "Klagesag 17", "Dorthe Skov", "is kept until the hold is lifted", "Kept"):
        assert shown in page
    page = keeper.post(PAGE, {"hold": str(hold.pk)}, follow=True).content.decode()
    assert "What is due is erased the next time" in page
    assert "By Dorthe Skov" in page
    assert not LegalHold.objects.standing().exists()


@pytest.mark.parametrize(
    ("reference", "reason", "said"),
    [
        ("MUS-0000-0000", "Sag", "There is no dialogue with this reference."),
        ("", "Sag", "This field is required."),
        (None, "  ", "This field is required."),
    ],
)
def test_what_cannot_be_placed_is_explained_and_kept_on_the_page(
    keeper: Client, dialogue: Dialogue, reference: str | None, reason: str, said: str
) -> None:
    page = place(keeper, dialogue.reference if reference is None else reference, reason).content.decode()
    assert said in page
    assert reason.strip() in page
    assert not LegalHold.objects.exists()


def test_a_second_hold_and_one_of_ones_own_dialogue_are_refused_on_the_page(
    keeper: Client, protector: Any, office: Cast, dialogue: Dialogue
) -> None:
    place(keeper, dialogue.reference)
    assert "is kept by a hold already" in place(keeper, dialogue.reference).content.decode()
    own = make_dialogue(with_another_employee(office))
    Participant.objects.filter(dialogue=own, role=Role.EMPLOYEE).update(user=protector)
    assert "You take part in this dialogue" in place(keeper, own.reference).content.decode()
    assert LegalHold.objects.count() == 1


def test_one_may_not_lift_the_hold_of_ones_own_dialogue(
    keeper: Client, protector: Any, office: Cast, dialogue: Dialogue
) -> None:
    place(keeper, dialogue.reference)
    Participant.objects.filter(dialogue=dialogue, role=Role.EMPLOYEE).update(user=protector)
    page = keeper.get(PAGE).content.decode()
    assert "You take part in this dialogue" in page
    assert 'name="hold"' not in page
    keeper.post(PAGE, {"hold": str(LegalHold.objects.get().pk)})
    assert LegalHold.objects.standing().exists()


@pytest.mark.parametrize("text", ["", "x", "00000000-0000-4000-8000-000000000000"])
def test_a_hold_that_does_not_exist_is_not_found(keeper: Client, text: str) -> None:
    assert keeper.post(PAGE, {"hold": text}, follow=True).status_code == 404


@pytest.mark.parametrize("name", ["auditor", "editor", "admin"])
def test_it_does_not_exist_for_others_in_the_admin(office: Cast, client: Client, dialogue: Dialogue, name: str) -> None:
    client.force_login(getattr(office, name))
    assert client.get(PAGE, follow=True).status_code == 404
    assert place(client, dialogue.reference).status_code == 404
    assert PAGE not in client.get(reverse("wagtailadmin_home")).content.decode()
    assert not LegalHold.objects.exists()


def test_an_auditor_with_the_task_has_it_too(office: Cast, client: Client, dialogue: Dialogue) -> None:
    let_hold(office.auditor)
    client.force_login(office.auditor)
    assert client.get(PAGE).status_code == 200
    assert PAGE in client.get(reverse("wagtailadmin_home")).content.decode()


def test_it_is_kept_by_no_cache_and_filtered(keeper: Client, dialogue: Dialogue) -> None:
    place(keeper, dialogue.reference)
    page = keeper.get(PAGE)
    assert {"private", "no-store"} <= set(page["Cache-Control"].replace(" ", "").split(","))
    assert dialogue.reference in keeper.get(f"{PAGE}results/?state=STANDING").content.decode()
    assert dialogue.reference not in keeper.get(f"{PAGE}results/?state=LIFTED").content.decode()


def test_reasons_whose_key_is_gone_say_so(keeper: Client, office: Cast, dialogue: Dialogue) -> None:
    place(keeper, dialogue.reference)
    keeper.post(PAGE, {"hold": str(LegalHold.objects.get().pk)})
    everybody_leaves()
    erase(YEARS_ON)
    page = keeper.get(PAGE).content.decode()
    assert "agreements go some years after the employee has left" in page
    assert "Klagesag" not in page


def test_the_list_costs_as_many_queries_for_many_as_for_one(
    keeper: Client, office: Cast, protector: Any, dialogue: Dialogue
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            keeper.get(PAGE)
        return len(captured)

    place(keeper, dialogue.reference)
    queries()
    before = queries()
    for number in range(4):
        other = make_dialogue(with_another_employee(office, f"employee{number}"))
        place_hold(dialogue_id=other.pk, reason="Sag", by=protector, at=NOW)
    assert queries() == before
