"""Requests for grants: how they are asked for, answered and ended, and who sees the page."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mus_workflow.actions.give_grant import approve_grant, refuse_grant, request_grant
from mus_workflow.models import Dialogue, Grant, GrantScope
from tests.builders import Cast, make_dialogue
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def dialogue(office: Cast) -> Dialogue:
    return make_dialogue(office)


def ask(dialogue: Dialogue, cast: Cast, **asked: Any) -> Grant:
    return request_grant(dialogue_id=dialogue.pk, reason="Klage fra forbundet", by=cast.auditor, at=NOW, **asked)


def page_of(client: Client, person: Any) -> str:
    client.force_login(person)
    return client.get(reverse("mus_audit:grants")).content.decode()


def test_a_grant_is_asked_for_and_answered_by_a_second_person(
    as_auditor: Client, office: Cast, dialogue: Dialogue
) -> None:
    form, grants = reverse("mus_audit:grant_request", args=[dialogue.pk]), reverse("mus_audit:grants")
    asked = {"reason": "Klage fra forbundet", "scope": "COURSE", "days": "3"}
    for wrong in ({"reason": " "}, {"days": "15"}, {"days": "0"}, {"scope": "ALL"}):
        assert as_auditor.post(form, {**asked, **wrong}).status_code == 200
    assert not Grant.objects.exists()
    assert as_auditor.post(form, asked).status_code == 302
    grant = Grant.objects.get()
    assert (grant.scope, grant.days) == (GrantScope.COURSE, 3)
    assert "waits for a second person" in as_auditor.get(form).content.decode()
    page = page_of(as_auditor, office.auditor)
    assert "nobody approves their own request" in page
    assert 'value="approve"' not in page
    as_auditor.post(grants, {"grant": grant.pk, "answer": "approve"})
    grant.refresh_from_db()
    assert grant.approved_at is None
    page = page_of(as_auditor, office.auditor2)
    for shown in ("Klage fra forbundet", "written in its follow-up", "csrfmiddlewaretoken"):
        assert shown in page
    assert re.search(r"<td[^>]*>\s*3\s*</td>", page)
    as_auditor.post(grants, {"grant": grant.pk, "answer": "approve"})
    grant.refresh_from_db()
    assert (grant.approved_at, grant.expires_at) == (NOW, NOW + timedelta(days=3))
    assert "Aksel Munk" in page_of(as_auditor, office.auditor2)


def test_a_request_can_be_refused(office: Cast, client: Client, dialogue: Dialogue) -> None:
    grant = ask(dialogue, office)
    client.force_login(office.auditor2)
    client.post(reverse("mus_audit:grants"), {"grant": grant.pk, "answer": "refuse"})
    grant.refresh_from_db()
    assert grant.refused_at == NOW
    assert "Refused" in page_of(client, office.auditor2)


@pytest.mark.parametrize("name", ["auditor", "auditor2"])
def test_a_live_grant_is_ended_with_a_button(office: Cast, client: Client, dialogue: Dialogue, name: str) -> None:
    grant = approve_grant(grant_id=ask(dialogue, office).pk, by=office.auditor2, at=NOW)
    assert 'value="end"' in page_of(client, getattr(office, name))
    client.post(reverse("mus_audit:grants"), {"grant": grant.pk, "answer": "end"})
    grant.refresh_from_db()
    assert grant.ended_at == NOW
    page = page_of(client, getattr(office, name))
    assert 'value="end"' not in page
    assert "ended by" in page


@pytest.mark.parametrize("data", [{}, {"grant": "x", "answer": "approve"}, {"grant": "0" * 32, "answer": "approve"}])
def test_an_answer_to_nothing_is_not_found(as_auditor: Client, data: dict[str, str]) -> None:
    assert as_auditor.post(reverse("mus_audit:grants"), data, follow=True).status_code == 404


def test_the_data_protection_officer_answers_and_sees_no_agreement(
    office: Cast, client: Client, dialogue: Dialogue, protector: Any
) -> None:
    grant = ask(dialogue, office)
    page = page_of(client, protector)
    for shown in (dialogue.reference, "Klage fra forbundet", "Astrid Friis", "The agreement, all its revisions"):
        assert shown in page
    for hidden in (str(dialogue.pk), "Emma", "Mikkel", "Biblioteket", "formidling"):
        assert hidden not in page
    client.post(reverse("mus_audit:grants"), {"grant": grant.pk, "answer": "approve"})
    grant.refresh_from_db()
    assert grant.approved_by_key == str(protector.pk)
    for name in ("index", "index_results", "history", "history_results", "compare", "grant_request"):
        where = reverse(f"mus_audit:{name}", args=[] if name.startswith("index") else [dialogue.pk])
        assert client.get(where, follow=True).status_code == 404, name


def test_the_menu_of_the_data_protection_officer_leads_to_the_requests(
    client: Client, office: Cast, protector: Any
) -> None:
    client.force_login(protector)
    menu = client.get(reverse("wagtailadmin_home")).content.decode()
    assert reverse("mus_audit:grants") in menu
    assert f'"{reverse("mus_audit:index")}"' not in menu
    mine = client.get(reverse("mus_workflow:my_mus")).content.decode()
    assert reverse("mus_audit:grants") in mine


@pytest.mark.parametrize(
    ("query", "found"), [("", 3), ("state=WAITING", 1), ("state=LIVE", 1), ("state=OVER", 1), ("p=a,x,y", 404)]
)
def test_requests_are_filtered_by_how_they_stand(
    as_auditor: Client, office: Cast, dialogue: Dialogue, query: str, found: int
) -> None:
    refuse_grant(grant_id=ask(dialogue, office).pk, by=office.auditor2, at=NOW)
    approve_grant(grant_id=ask(dialogue, office).pk, by=office.auditor2, at=NOW)
    request_grant(dialogue_id=dialogue.pk, reason="Stikprøve", by=office.auditor2, at=NOW)
    response = as_auditor.get(f"{reverse('mus_audit:grants_results')}?{query}", follow=True)
    assert (len(response.context["object_list"]) if response.status_code == 200 else response.status_code) == found


def test_the_employee_is_told_on_their_own_pages_while_a_grant_is_live(
    office: Cast, client: Client, dialogue: Dialogue
) -> None:
    grant = approve_grant(grant_id=ask(dialogue, office, days=2).pk, by=office.auditor2, at=NOW)
    pages = [reverse(f"mus_workflow:{name}", args=[dialogue.pk]) for name in ("dialogue_detail", "agreement_detail")]
    for person, told in ((office.employee, True), (office.manager, False)):
        client.force_login(person)
        for where in pages:
            page = client.get(where).content.decode()
            assert ("Astrid Friis" in page) is told
            assert ((NOW + timedelta(days=2)).isoformat() in page) is told
            assert "Klage" not in page
    client.force_login(office.auditor)
    client.post(reverse("mus_audit:grants"), {"grant": grant.pk, "answer": "end"})
    client.force_login(office.employee)
    assert "Astrid Friis" not in client.get(pages[0]).content.decode()
