"""The auditor's list: what is found, what a page costs, and what stands above it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mus_workflow.actions.write_revision import take_back_agreement
from mus_workflow.models import Checkpoint, Concept, Delivery, Verification
from mus_workflow.sinks import configured_sinks
from mus_workflow.stages import Stage
from mus_workflow.viewsets.audit_index import AuditIndexView
from tests.builders import Cast, make_dialogue
from tests.many_agreements import fill_agreements
from tests.mus_workflow.viewsets.paging import RESULTS, links
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


def queries(client: Client, where: str) -> int:
    client.get(where)  # content types and permissions are remembered after the first
    with CaptureQueriesContext(connection) as captured:
        assert client.get(where).status_code == 200
    assert not [one["sql"] for one in captured if "OFFSET" in one["sql"]]
    return len(captured)


LISTS = ["/admin/mus/audit/", RESULTS, f"{RESULTS}?signing=signed&stage=FOLLOW_UP"]


@pytest.mark.parametrize("where", LISTS)
def test_the_list_takes_as_many_queries_for_30_rows_as_for_100_and_on_every_page(
    office: Cast, as_auditor: Client, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(AuditIndexView, "paginate_by", 5)
    costs(as_auditor, where, 100)


@pytest.mark.prove
@pytest.mark.parametrize("where", LISTS)
def test_the_list_takes_as_many_queries_for_30_rows_as_for_10000(office: Cast, as_auditor: Client, where: str) -> None:
    costs(as_auditor, where, 10_000)


def costs(client: Client, where: str, count: int) -> None:
    fill_agreements(30, until=NOW)
    for_thirty = queries(client, where)
    fill_agreements(count - 30, until=NOW)
    assert queries(client, where) == for_thirty
    further = links(client.get(where).content.decode())["next"]
    assert queries(client, f"{where.partition('?')[0]}{further}") == for_thirty


def found(client: Client, query: str) -> set[str]:
    return {row.dialogue.reference for row in client.get(f"{RESULTS}?{query}").context["object_list"]}


def test_a_reference_is_found_however_it_is_written(office: Cast, as_auditor: Client) -> None:
    dialogue = make_dialogue(office)
    letters = dialogue.reference.replace("MUS-", "").replace("-", "")
    for written in (
        dialogue.reference,
        dialogue.reference.lower(),
        letters,
        f"{letters[:4]} {letters[4:]}",
        letters[:4],
    ):
        assert found(as_auditor, f"q={written}") == {dialogue.reference}, written
    assert found(as_auditor, "q=MUS-ZZZZ-ZZZZ") == set()


def test_agreements_are_filtered_by_how_far_their_signing_is(office: Cast, as_auditor: Client) -> None:
    waiting = make_dialogue(office, Stage.SIGN_OFF)
    assert {state for state in STATES if found(as_auditor, f"signing={state}")} == {"unsigned", "waiting"}
    take_back_agreement(dialogue_id=waiting.pk, by=office.manager, at=NOW)
    assert {state for state in STATES if found(as_auditor, f"signing={state}")} == {"unsigned", "taken_back"}
    page = as_auditor.get(RESULTS).content.decode()
    assert "0 of 2, taken back" in page


STATES = ("signed", "unsigned", "waiting", "saved", "taken_back", "refused")


def test_a_signed_agreement_and_its_concept_and_period_are_found(office: Cast, as_auditor: Client) -> None:
    dialogue = make_dialogue(office)
    assert {state for state in STATES if found(as_auditor, f"signing={state}")} == {"signed"}
    concept = Concept.objects.get()
    other = Concept.objects.create(title="Andet", **{field: getattr(concept, field) for field in FORMS})
    for query, there in (
        (f"concept={concept.pk}", True),
        (f"concept={other.pk}", False),
        ("held_at_from=2026-03-10&held_at_to=2026-03-10", True),
        ("held_at_from=2026-03-11", False),
    ):
        assert (dialogue.reference in found(as_auditor, query)) is there, query


FORMS = ("employee_form", "manager_form", "agreement_form", "follow_up_form")


def check(**result: object) -> None:
    ended = result.pop("ended_at", NOW)
    Verification.objects.create(
        **{"started_at": ended, "ended_at": ended, "dialogues": 3, "entries": 40, "found": 0, **result}
    )


def checkpoint(number: int, at: object) -> Checkpoint:
    return Checkpoint.objects.create(
        pk=number,
        number=number,
        made_at=at,
        chains=1,
        entries=1,
        root=bytes(32),
        readings=0,
        readings_root=bytes(32),
        readings_until=at,
        note="",
    )


def test_above_the_list_stands_when_everything_was_checked(
    office: Cast, as_auditor: Client, settings, tmp_path
) -> None:
    index = reverse("mus_audit:index")
    page = as_auditor.get(index).content.decode()
    for said in ("Never", "has not been checked within two days", "No checkpoint", "No place outside the database"):
        assert said in page
    settings.MUS = {**settings.MUS, "CHECKPOINT_SINKS": [{"type": "file", "folder": str(tmp_path)}]}
    check(ended_at=NOW - timedelta(hours=7))
    # One of a part of the dialogues says nothing of the whole.
    check(since=NOW - timedelta(days=1), found=7)
    checkpoint(1, NOW - timedelta(days=1))
    last = checkpoint(2, NOW - timedelta(hours=6))
    page = as_auditor.get(index).content.decode()
    for said in ("As it was written", "3 dialogues, 40 entries", "Number 2", "2 checkpoints have not arrived at"):
        assert said in page
    assert "within two days" not in page
    (sink,) = configured_sinks()
    for one in (last, Checkpoint.objects.get(number=1)):
        Delivery.objects.create(checkpoint=one, sink=sink.name, tried_at=NOW)
    assert "Tell whoever operates" not in as_auditor.get(index).content.decode()


def test_a_check_that_found_something_or_is_old_is_a_warning(office: Cast, as_auditor: Client) -> None:
    check(ended_at=NOW - timedelta(days=2, seconds=1), found=3)
    page = as_auditor.get(reverse("mus_audit:index")).content.decode()
    assert "3 findings" in page
    assert "help-critical" in page
    assert "Everything has not been checked within two days" in page
