"""The auditor's other pages about one dialogue: timeline, state as of a date, follow-up; and the changed rules."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mus_workflow.actions.give_grant import approve_grant, end_grant, request_grant
from mus_workflow.actions.publish_concept import publish_concept
from mus_workflow.actions.record_progress import record_follow_up
from mus_workflow.actions.record_reading import record_reading
from mus_workflow.actions.save_draft import save_follow_up_draft
from mus_workflow.actions.set_up_groups import DATA_PROTECTION
from mus_workflow.actions.write_revision import present_agreement
from mus_workflow.models import (
    Artefact,
    Concept,
    DataKey,
    Dialogue,
    Grant,
    GrantScope,
    LedgerEntry,
    Reading,
    ReadingPurpose,
)
from tests.builders import Cast, item_id_of, qid, typed, write_agreement
from tests.matrix.canaries import AUDITORS, CANARIES, Story, tell
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

IN_COURSE = {"kanaripunkt", "kanarifremdrift", "kanariopfoelgning", "kanariudfald"}


@pytest.fixture
def story(office: Cast) -> Story:
    return tell(office)


def url(name: str, dialogue: Dialogue) -> str:
    return reverse(f"mus_audit:{name}", args=[dialogue.pk])


def canaries_in(page: str) -> set[str]:
    return {canary for canary in CANARIES if canary in page}


def cover_course(cast: Cast, dialogue: Dialogue) -> Grant:
    """Give the second auditor a grant that covers the follow-up."""
    asked = request_grant(
        dialogue_id=dialogue.pk, reason="Klage", scope=GrantScope.COURSE, days=3, by=cast.auditor2, at=NOW
    )
    return approve_grant(grant_id=asked.pk, by=cast.auditor, at=NOW)


def test_the_timeline_shows_each_event_with_its_place_in_the_ledger(as_auditor: Client, story: Story) -> None:
    response = as_auditor.get(url("timeline", story.earlier))
    page = response.content.decode()
    for shown in ("Revision 2 was signed.", "Emma Lund", "Auditor", "2 answers, 1 item", "Why:", "State then"):
        assert shown in page
    assert canaries_in(page) == {canary for canary, who in CANARIES.items() if who >= AUDITORS}
    assert Reading.objects.get().purpose == "HISTORY"
    assert reverse("mus_audit:as_of", args=[story.earlier.pk]) in page


def test_the_timeline_is_filtered_and_turned_page_by_page(
    as_auditor: Client, story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mus_workflow.viewsets.audit_timeline.AuditTimelineView.paginate_by", 5)
    where = url("timeline_results", story.earlier)
    first = as_auditor.get(where, {"kind": ["AGREEMENT", "SIGNATURES"]})
    assert {line.kind for line in first.context["object_list"]} <= {"AGREEMENT", "SIGNATURES"}
    assert "kind=AGREEMENT&amp;kind=SIGNATURES" in first.content.decode()
    second = as_auditor.get(where, {"kind": ["AGREEMENT", "SIGNATURES"], "p": first.context["page_obj"].next})
    numbers = [line.number for page in (first, second) for line in page.context["object_list"]]
    told = LedgerEntry.objects.filter(
        chain=story.earlier.pk,
        event__in=["REVISION_SAVED", "PRESENTED", "TAKEN_BACK", "AMENDMENT_BEGUN", "SIGNED", "DECLINED"],
    )
    assert numbers == list(told.order_by("-n").values_list("n", flat=True))
    assert as_auditor.get(where, {"p": "x"}, follow=True).status_code == 404


def test_every_line_leads_to_the_state_of_its_moment(as_auditor: Client, story: Story) -> None:
    lines = as_auditor.get(url("timeline", story.earlier)).context["object_list"]
    for line in (lines[0], lines[-1]):
        response = as_auditor.get(url("as_of", story.earlier), {"at": line.at.isoformat()})
        assert response.context["state"].at == line.at
        assert response.context["state"].entry is not None
    assert (
        "The dialogue had not been planned yet."
        in as_auditor.get(url("as_of", story.earlier), {"at": "2020-01-01T00:00"}).content.decode()
    )


def test_the_state_of_a_day_is_shown_without_a_word(as_auditor: Client, story: Story) -> None:
    page = as_auditor.get(url("as_of", story.earlier), {"at": "2026-03-01T12:00:00"}).content.decode()
    for shown in ("Emma Lund, Employee", "Mikkel Holm, Manager", "Follow-up", "Saved, not presented", "1 of 1"):
        assert shown in page
    assert canaries_in(page) == set()
    today = as_auditor.get(url("as_of", story.earlier))
    assert today.context["state"].at == NOW
    assert {one.purpose for one in Reading.objects.all()} == {"HISTORY"}


@pytest.mark.parametrize("at", ["x", "2026-02-30T10:00", "0001-01-01T00:00", "9999-12-31T23:59:59"])
def test_a_moment_that_is_none_is_not_found(as_auditor: Client, story: Story, at: str) -> None:
    assert as_auditor.get(url("as_of", story.earlier), {"at": at}, follow=True).status_code == 404


def test_the_follow_up_is_shown_under_a_grant_that_covers_it_and_the_opening_is_in_the_ledger(
    office: Cast, client: Client, story: Story
) -> None:
    where = url("course", story.earlier)
    # The auditor of the story has a grant for the agreement alone, the second one has none yet.
    for person in (office.auditor, office.auditor2):
        client.force_login(person)
        assert canaries_in(client.get(where).content.decode()) == set()
    assert not Reading.objects.exists()
    client.force_login(office.auditor)
    way = f"{url('grant_request', story.earlier)}?scope=COURSE"
    assert way in client.get(where).content.decode()
    assert 'value="COURSE" required id="id_scope_1" checked' in client.get(way).content.decode().replace(
        " checked", "", 0
    )
    client.force_login(office.auditor2)
    grant = cover_course(office, story.earlier)
    page = client.get(where).content.decode()
    assert canaries_in(page) == IN_COURSE
    for shown in ("Under way", "Partly reached", "Hvordan går det?"):
        assert shown in page
    assert (Reading.objects.get().purpose, Reading.objects.get().reader) == ("AUDIT", office.auditor2)
    assert LedgerEntry.objects.filter(chain=story.earlier.pk, event="OPENED").count() == 1
    end_grant(grant_id=grant.pk, by=office.auditor2, at=NOW)
    assert canaries_in(client.get(where).content.decode()) == set()


def test_what_is_erased_of_the_follow_up_is_said_to_be(office: Cast, client: Client, story: Story) -> None:
    cover_course(office, story.earlier)
    keys = DataKey.objects.filter(dialogue=story.earlier, artefact__in=[Artefact.ITEM, Artefact.FOLLOW_UP])
    keys.update(wrapped=None, destroyed_at=NOW, destroyed_rule="five years")
    client.force_login(office.auditor2)
    page = client.get(url("course", story.earlier)).content.decode()
    assert page.count("five years") >= 3
    assert canaries_in(page) == set()


@pytest.mark.parametrize("name", ["timeline", "as_of", "course"])
def test_a_page_takes_as_many_queries_however_much_has_happened(
    office: Cast, client: Client, story: Story, name: str
) -> None:
    cover_course(office, story.earlier)
    client.force_login(office.auditor2)
    counted = []
    for _round in range(2):
        client.get(url(name, story.earlier))
        with CaptureQueriesContext(connection) as captured:
            client.get(url(name, story.earlier))
        counted.append(len(captured))
        more_happens(office, story.earlier)
    assert counted[0] == counted[1]


def more_happens(cast: Cast, dialogue: Dialogue) -> None:
    """Another follow-up, and another reading."""
    how = typed({"how": "Videre"})
    save_follow_up_draft(dialogue_id=dialogue.pk, typed=how, allowed=[qid("how")], by=cast.employee, at=NOW)
    record_follow_up(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    record_reading(dialogue=dialogue, reader=cast.manager, role="MANAGER", purpose=ReadingPurpose.TALK, at=NOW)


def test_the_words_of_two_years_are_compared_under_a_grant_for_each(
    as_auditor: Client, office: Cast, story: Story
) -> None:
    this_year = next_years_agreement(office, story)
    where = url("compare", this_year)
    asked = {"from": f"{story.earlier.reference}.2", "to": "1"}
    page = as_auditor.get(where, asked)
    assert canaries_in(page.content.decode()) == set()
    assert f"Ask for a grant to read the words of {this_year.reference}" in page.content.decode()
    kinds = {change.key: change.kinds for change, _labels in page.context["changes"]}
    assert kinds[qid("summary")] == ("CHANGED",)
    assert kinds[qid("employee_says")] == ("REMOVED",)
    assert kinds[f"{item_id_of(story.earlier)}.what"] == ("REMOVED",)
    assert set(Reading.objects.values_list("dialogue", "purpose")) == {
        (story.earlier.pk, "HISTORY"),
        (this_year.pk, "HISTORY"),
    }
    approve_grant(
        grant_id=request_grant(dialogue_id=this_year.pk, reason="Klage", by=office.auditor, at=NOW).pk,
        by=office.auditor2,
        at=NOW,
    )
    page = as_auditor.get(where, asked).content.decode()
    assert "kanariaftale" in page
    assert "formidling" in page
    assert Reading.objects.filter(purpose="AUDIT").count() == 2


def test_only_the_dialogues_of_one_row_are_compared(as_auditor: Client, office: Cast, story: Story) -> None:
    this_year = next_years_agreement(office, story)
    for name in (f"{this_year.reference}.1", f"{story.earlier.reference}.1", "1"):
        assert as_auditor.get(url("compare", this_year), {"from": name}).status_code == 200, name
    for name in (f"{story.not_held.reference}.1", "MUS-2222-2222.1", f"{story.earlier.reference}.x", "0", ".", "1.1.1"):
        assert as_auditor.get(url("compare", this_year), {"from": name}, follow=True).status_code == 404, name


def next_years_agreement(cast: Cast, story: Story) -> Dialogue:
    """Write and present an agreement in the talk of this year."""
    write_agreement(story.current, by=cast.manager)
    present_agreement(dialogue_id=story.current.pk, by=cast.manager, at=NOW)
    return Dialogue.objects.get(pk=story.current.pk)


def test_changed_rules_and_powers_are_told_with_who_did_it(as_auditor: Client, office: Cast, client: Client) -> None:
    concept = Concept.objects.get()
    concept.title = "MUS, ny udgave"
    concept.save()
    publish_concept(concept=concept, by=office.editor, at=NOW + timedelta(seconds=1))
    Group.objects.get(name=DATA_PROTECTION).user_set.add(office.hr)
    where = reverse("mus_audit:rules")
    page = as_auditor.get(where).content.decode()
    for shown in (
        "The concept “MUS, ny udgave” was published as version 2.",
        "Erik Dahl",
        "Hanne Riis may from now on: answer an auditor&#x27;s requests, keep dialogues from being erased.",
        f"Through: {DATA_PROTECTION}.",
        "Hanne Riis may from now on: follow units in counts.",
    ):
        assert shown in page
    told = LedgerEntry.objects.filter(event="RULE_CHANGED").count()
    assert len(as_auditor.get(where).context["object_list"]) == told
    counted: list[Any] = []
    for _round in range(2):
        with CaptureQueriesContext(connection) as captured:
            as_auditor.get(where)
        counted.append(len(captured))
        Group.objects.get(name=DATA_PROTECTION).user_set.clear()
    assert counted[0] == counted[1]
