"""The auditor's section: what it shows, to whom, and what it records."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mus_workflow.actions.amend_agreement import amend_agreement
from mus_workflow.actions.change_manager import appoint_manager, employ
from mus_workflow.actions.give_grant import approve_grant, request_grant
from mus_workflow.actions.save_draft import save_agreement_draft
from mus_workflow.actions.write_revision import present_agreement
from mus_workflow.models import Dialogue, Employment, Grant, Purpose, Reading
from mus_workflow.stages import Stage
from tests.builders import Cast, allowed_ids, item_id_of, make_dialogue, make_person, qid, sign_by_both, typed
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

OLD_WORDS, NEW_WORDS = "formidling", "ledelse"


@pytest.fixture
def dialogue(office: Cast) -> Dialogue:
    """Signed, and amended once: an answer and an item are said anew, and the change waits for signatures."""
    dialogue = make_dialogue(office)
    amend(dialogue, office, "Vi satser på ledelse.", why="Ny retning efter sommer")
    return dialogue


def amend(dialogue: Dialogue, cast: Cast, summary: str, *, why: str) -> None:
    """Change the agreement's answer and item, and present it."""
    amend_agreement(dialogue_id=dialogue.pk, change_note=why, by=cast.manager, at=NOW)
    save_agreement_draft(
        dialogue_id=dialogue.pk,
        typed=typed({"summary": summary}, items={item_id_of(dialogue): {"what": f"{summary} Hemmeligt punkt"}}),
        allowed=allowed_ids(dialogue, Purpose.AGREEMENT, "MANAGER"),
        by=cast.manager,
        at=NOW,
    )
    present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)


def give_grant(dialogue: Dialogue, cast: Cast) -> Grant:
    grant = request_grant(dialogue_id=dialogue.pk, reason="Klage", by=cast.auditor, at=NOW)
    return approve_grant(grant_id=grant.pk, by=cast.auditor2, at=NOW)


def compare_url(dialogue: Dialogue, old: int = 1, new: int = 2) -> str:
    return f"{reverse('mus_audit:compare', args=[dialogue.pk])}?from={old}&to={new}"


# A host whose pages lie under language prefixes sends each 404 on to the prefixed address, which is a 404 too: so the
# tests follow.
def audit_urls(dialogue: Dialogue) -> list[str]:
    names = ("history", "history_results", "compare", "grant_request")
    one = [reverse(f"mus_audit:{name}", args=[dialogue.pk]) for name in names]
    return [*(reverse(f"mus_audit:{name}") for name in ("index", "index_results", "grants", "grants_results")), *one]


def test_every_page_answers_an_auditor_and_is_kept_by_no_cache(as_auditor: Client, dialogue: Dialogue) -> None:
    for url in audit_urls(dialogue):
        response = as_auditor.get(url)
        assert response.status_code == 200, url
        assert {"private", "no-store"} <= set(response["Cache-Control"].replace(" ", "").split(","))


@pytest.mark.parametrize("name", ["admin", "editor"])
def test_nobody_else_in_the_admin_finds_the_section(
    office: Cast, client: Client, dialogue: Dialogue, name: str
) -> None:
    client.force_login(getattr(office, name))
    for url in audit_urls(dialogue):
        assert client.get(url, follow=True).status_code == 404, url
        assert client.post(url, follow=True).status_code == 404, url
    assert not Reading.objects.exists()


@pytest.mark.parametrize("name", ["employee", "manager", "other_manager", "hr"])
def test_people_outside_the_admin_are_sent_away(office: Cast, client: Client, dialogue: Dialogue, name: str) -> None:
    client.force_login(getattr(office, name))
    for url in audit_urls(dialogue):
        assert client.get(url).status_code in (302, 404), url


def test_the_menu_shows_the_audit_to_auditors_only(office: Cast, client: Client) -> None:
    for name, shown in (("auditor", True), ("editor", False), ("admin", False)):
        client.force_login(getattr(office, name))
        page = client.get(reverse("wagtailadmin_home")).content.decode()
        assert (reverse("mus_audit:index") in page) is shown, name


def test_the_list_tells_metadata_and_no_word_and_no_name(as_auditor: Client, office: Cast, dialogue: Dialogue) -> None:
    page = as_auditor.get(reverse("mus_audit:index")).content.decode()
    for shown in (dialogue.reference, "Biblioteket", "0 of 2", reverse("mus_audit:history", args=[dialogue.pk])):
        assert shown in page
    for hidden in (OLD_WORDS, NEW_WORDS, "Hemmeligt", "Ny retning", "Emma", "Mikkel"):
        assert hidden not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", True),
        ("stage=FOLLOW_UP", True),
        ("stage=TALK", False),
        ("signing=unsigned", True),
        ("signing=signed", False),
        ("revised_at_from=2026-03-10", True),
        ("revised_at_from=2026-03-11", False),
        ("q=ZZZZ", False),
    ],
)
def test_the_list_is_filtered(as_auditor: Client, dialogue: Dialogue, query: str, found: bool) -> None:
    page = as_auditor.get(f"{reverse('mus_audit:index')}?{query}").content.decode()
    assert (dialogue.reference in page) is found


def test_the_list_is_searched_by_reference_and_filtered_by_unit(as_auditor: Client, dialogue: Dialogue) -> None:
    index = reverse("mus_audit:index")
    house, library = dialogue.unit.get_parent(), dialogue.unit
    other = library.get_siblings().exclude(pk=library.pk).get()
    for query, found in (
        (f"q={dialogue.reference[4:].lower()}", True),
        (f"unit={house.pk}", True),
        (f"unit={library.pk}", True),
        (f"unit={other.pk}", False),
    ):
        assert (dialogue.reference in as_auditor.get(f"{index}?{query}").content.decode()) is found, query


def test_a_signed_amendment_is_no_longer_unsigned(as_auditor: Client, office: Cast, dialogue: Dialogue) -> None:
    sign_by_both(dialogue, office)
    index = reverse("mus_audit:index")
    assert dialogue.reference in as_auditor.get(f"{index}?signing=signed").content.decode()
    assert dialogue.reference not in as_auditor.get(f"{index}?signing=unsigned").content.decode()


def test_the_history_tells_who_when_what_why_and_who_signed(as_auditor: Client, dialogue: Dialogue) -> None:
    page = as_auditor.get(reverse("mus_audit:history", args=[dialogue.pk])).content.decode()
    for shown in (
        "Mikkel Holm",
        "Presented for signing",
        "Ny retning efter sommer",
        "Emma Lund",
        "Signed by all",
        "As it was written",
    ):
        assert shown in page
    for hidden in (OLD_WORDS, NEW_WORDS, "Hemmeligt"):
        assert hidden not in page


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("", 2),
        ("event=PRESENTED", 2),
        ("event=REVISION_SAVED", 0),
        ("who=mikkel", 2),
        ("who=emma", 0),
        ("when_to=2026-03-09", 0),
    ],
)
def test_the_history_is_filtered(as_auditor: Client, dialogue: Dialogue, query: str, rows: int) -> None:
    response = as_auditor.get(f"{reverse('mus_audit:history_results', args=[dialogue.pk])}?{query}")
    assert len(response.context["object_list"]) == rows


def test_opening_the_history_is_recorded_before_it_is_shown(
    as_auditor: Client, office: Cast, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_auditor.get(reverse("mus_audit:history", args=[dialogue.pk]))
    reading = Reading.objects.get()
    assert (reading.dialogue, reading.reader, reading.reader_role, reading.purpose) == (
        dialogue,
        office.auditor,
        "AUDITOR",
        "HISTORY",
    )

    def fail(**kwargs: object) -> None:
        raise RuntimeError("the disk is full")

    monkeypatch.setattr("mus_workflow.viewsets.audit_gate.record_reading", fail)
    for url in (reverse("mus_audit:history", args=[dialogue.pk]), compare_url(dialogue)):
        with pytest.raises(RuntimeError, match="disk is full"):
            as_auditor.get(url)


def test_without_a_grant_the_questions_are_named_and_the_words_hidden(as_auditor: Client, dialogue: Dialogue) -> None:
    response = as_auditor.get(compare_url(dialogue))
    page = response.content.decode()
    changed = {change.key: change.kind for change, _labels in response.context["changes"]}
    assert changed[qid("summary")] == "CHANGED"
    assert changed[f"{item_id_of(dialogue)}.what"] == "CHANGED"
    assert changed[f"{item_id_of(dialogue)}.support"] == "SAME"
    assert all(not change.pieces for change, _labels in response.context["changes"])
    for hidden in (OLD_WORDS, NEW_WORDS, "Hemmeligt", "arbejdsdage", "<ins>", "<del>"):
        assert hidden not in page
    for shown in ("Hvad er I enige om?", "Ny retning efter sommer", "Mikkel Holm"):
        assert shown in page
    assert Reading.objects.get().purpose == "HISTORY"


def test_the_masked_comparison_is_the_same_bytes_whatever_was_written(
    as_auditor: Client, office: Cast, dialogue: Dialogue
) -> None:
    sign_by_both(dialogue, office)
    amend(dialogue, office, "Kort.", why="Ny retning efter sommer")
    sign_by_both(dialogue, office)
    amend(dialogue, office, "Langt. " * 300, why="Ny retning efter sommer")
    short = as_auditor.get(compare_url(dialogue, 2, 3)).context["changes"]
    long = as_auditor.get(compare_url(dialogue, 3, 4)).context["changes"]
    assert [change for change, _labels in short] == [change for change, _labels in long]


def test_a_live_grant_opens_the_words_and_their_difference(
    as_auditor: Client, office: Cast, dialogue: Dialogue
) -> None:
    give_grant(dialogue, office)
    page = as_auditor.get(compare_url(dialogue)).content.decode()
    for word, kind, mark in ((OLD_WORDS, "removed:", "del"), (NEW_WORDS, "added:", "ins")):
        assert f'<{mark}><span class="w-sr-only">{kind} </span>{word}</{mark}>' in page
    assert Reading.objects.get().purpose == "AUDIT"


def test_a_grant_opens_nothing_for_another_auditor_or_after_its_time(
    office: Cast, client: Client, dialogue: Dialogue
) -> None:
    grant = give_grant(dialogue, office)
    client.force_login(office.auditor2)
    assert NEW_WORDS not in client.get(compare_url(dialogue)).content.decode()
    grant.expires_at = NOW
    grant.approved_at = NOW - timedelta(days=20)
    grant.save()
    client.force_login(office.auditor)
    assert NEW_WORDS not in client.get(compare_url(dialogue)).content.decode()


@pytest.mark.parametrize("query", ["from=1&to=9", "from=x&to=1", "from=0&to=1", "from=-1", "to=99999999999999999999"])
def test_a_revision_that_does_not_exist_is_not_found(as_auditor: Client, dialogue: Dialogue, query: str) -> None:
    url = f"{reverse('mus_audit:compare', args=[dialogue.pk])}?{query}"
    assert as_auditor.get(url, follow=True).status_code == 404


def test_a_dialogue_without_an_agreement_is_not_found(as_auditor: Client, office: Cast) -> None:
    dialogue = make_dialogue(office, Stage.INVITED)
    for name in ("history", "compare", "grant_request"):
        assert as_auditor.get(reverse(f"mus_audit:{name}", args=[dialogue.pk]), follow=True).status_code == 404


def queries(client: Client, url: str) -> int:
    client.get(url)  # content types and permissions are remembered after the first
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_the_history_takes_as_many_queries_for_2_revisions_as_for_20(
    as_auditor: Client, office: Cast, dialogue: Dialogue
) -> None:
    url = reverse("mus_audit:history", args=[dialogue.pk])
    for_two = queries(as_auditor, url)
    for number in range(18):
        sign_by_both(dialogue, office)
        amend(dialogue, office, f"Udgave {number}.", why=f"Ændring {number}")
    assert queries(as_auditor, url) == for_two
    assert len(as_auditor.get(url).context["object_list"]) == 20


def test_the_list_and_the_grants_take_as_many_queries_for_2_rows_as_for_20(
    as_auditor: Client, office: Cast, dialogue: Dialogue
) -> None:
    index, grants = reverse("mus_audit:index"), reverse("mus_audit:grants")
    request_grant(dialogue_id=dialogue.pk, reason="Klage", by=office.auditor2, at=NOW)
    give_grant(another(office, 1), office)
    for_two = queries(as_auditor, index), queries(as_auditor, grants)
    for number in range(2, 20):
        give_grant(another(office, number), office)
    assert (queries(as_auditor, index), queries(as_auditor, grants)) == for_two
    assert len(as_auditor.get(index).context["object_list"]) == 20
    assert len(as_auditor.get(grants).context["object_list"]) == 20


def another(cast: Cast, number: int) -> Dialogue:
    """A signed dialogue of the manager with somebody else."""
    person = make_person(f"employee{number}", "Medarbejder", str(number))
    unit = Employment.objects.get(user=cast.employee).unit
    employ(user=person, unit=unit, title="", start_date=NOW.date())
    appoint_manager(employee=person, manager=cast.manager, start_date=NOW.date(), at=NOW)
    return make_dialogue(replace(cast, employee=person), Stage.SIGN_OFF)
