"""Who has looked at what I wrote: all of it, and no more than I may know."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from mus_workflow.actions.give_grant import approve_grant, end_grant, refuse_grant, request_grant
from mus_workflow.actions.record_reading import record_reading
from mus_workflow.models import Dialogue, Reading, ReadingPurpose
from mus_workflow.stages import Stage
from tests.builders import Cast, change_manager, make_dialogue
from tests.matrix.walk import audit_address
from tests.mus_workflow.views.reading import says
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

PAGE = reverse("mus_workflow:who_looked")


@pytest.fixture(autouse=True)
def english(settings) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def dialogue(cast: Cast) -> Dialogue:
    return make_dialogue(cast, Stage.FOLLOW_UP, at=NOW - timedelta(days=20))


def rows(client, where: str = PAGE) -> list[list[str]]:
    """The cells of the page's tables, row by row."""
    page = client.get(where, headers={"accept-language": "en"})
    tables = BeautifulSoup(page.content, "html.parser").select("main table tbody tr")
    return [[" ".join(cell.text.split()) for cell in row.select("th, td")] for row in tables]


def look(dialogue: Dialogue, reader, role: str, purpose: ReadingPurpose, *, days: float = 0) -> None:
    record_reading(dialogue=dialogue, reader=reader, role=role, purpose=purpose, at=NOW - timedelta(days=days))


def test_the_managers_reading_of_what_was_shared_is_told_with_their_name(cast: Cast, enter) -> None:
    dialogue = make_dialogue(cast, Stage.TALK)
    enter(cast.manager).get(reverse("mus_workflow:talk", args=[dialogue.pk]))
    (row,) = rows(enter(cast.employee))
    assert row[1:] == [
        "Manager: Mikkel Holm",
        "Preparation for the talk",
        f"Staff development dialogue with Mikkel Holm {dialogue.reference}",
    ]
    assert rows(enter(cast.manager)) == []


def test_a_manager_is_told_who_read_what_they_shared(cast: Cast, enter) -> None:
    dialogue = make_dialogue(cast, Stage.TALK)
    enter(cast.employee).get(reverse("mus_workflow:talk", args=[dialogue.pk]))
    (row,) = rows(enter(cast.manager))
    assert row[1] == "Employee: Emma Lund"


def test_an_auditor_is_told_of_by_role_and_never_by_name(cast: Cast, enter, dialogue: Dialogue) -> None:
    enter(cast.auditor).get(audit_address("history", dialogue))
    for reader in (cast.employee, cast.manager):
        (row,) = rows(enter(reader))
        assert row[1:3] == ["Auditor", "Audit of the history, without the words"]
    text = enter(cast.employee).get(PAGE).content.decode()
    assert "Friis" not in text
    assert "Astrid" not in text


def test_a_new_manager_who_is_no_party_is_told_of_by_role(cast: Cast, enter) -> None:
    earlier = make_dialogue(cast, Stage.CLOSED)
    look(earlier, cast.other_manager, "MANAGER", ReadingPurpose.SUCCESSION)
    (row,) = rows(enter(cast.employee))
    assert row[1:3] == ["Manager", "New manager"]
    assert "Vestergaard" not in enter(cast.employee).get(PAGE).content.decode()


def test_the_latest_stands_first(cast: Cast, enter, dialogue: Dialogue) -> None:
    for days in (3, 1, 2):
        look(dialogue, cast.manager, "MANAGER", ReadingPurpose.TALK, days=days)
    found = list(Reading.objects.visible_to(cast.employee).order_by("-read_at").values_list("read_at", flat=True))
    assert found == [NOW - timedelta(days=days) for days in (1, 2, 3)]
    assert len(rows(enter(cast.employee))) == 3


@pytest.mark.parametrize("stranger", ["other_manager", "delegate", "hr", "editor", "auditor", "admin"])
def test_nobody_else_is_told(cast: Cast, enter, dialogue: Dialogue, stranger: str) -> None:
    look(dialogue, cast.manager, "MANAGER", ReadingPurpose.TALK)
    client = enter(getattr(cast, stranger))
    assert rows(client) == []
    assert says(client.get(PAGE, headers={"accept-language": "da"}), "Nobody has looked")


def test_who_has_left_is_told_of_their_own_time_only_and_who_came_of_theirs(cast: Cast, enter) -> None:
    dialogue = make_dialogue(cast, Stage.TALK, at=NOW - timedelta(days=20))
    look(dialogue, cast.employee, "EMPLOYEE", ReadingPurpose.TALK, days=10)
    change_manager(cast.employee, cast.other_manager, by=cast.hr, confirmed_by=cast.manager, at=NOW - timedelta(days=5))
    look(dialogue, cast.employee, "EMPLOYEE", ReadingPurpose.TALK, days=2)
    left, came = rows(enter(cast.manager)), rows(enter(cast.other_manager))
    assert [row[0] for row in left] == ["28 February 2026 at 09:00"]
    assert [row[0] for row in came] == ["8 March 2026 at 09:00"]


def test_a_grant_is_told_once_it_is_given_with_its_scope_and_end(cast: Cast, enter, dialogue: Dialogue) -> None:
    asked = request_grant(dialogue_id=dialogue.pk, reason="Klage", by=cast.auditor, at=NOW - timedelta(days=2))
    assert rows(enter(cast.employee)) == []
    approve_grant(grant_id=asked.pk, by=cast.auditor2, at=NOW - timedelta(days=1))
    for reader in (cast.employee, cast.manager):
        (row,) = rows(enter(reader))
        assert row[2] == "The agreement, all its revisions and the remarks"
        assert "run out" not in row[3]
    assert "Klage" not in enter(cast.employee).get(PAGE).content.decode()
    assert rows(enter(cast.auditor)) == []


def test_a_refused_request_opened_nothing_and_is_not_told(cast: Cast, enter, dialogue: Dialogue) -> None:
    asked = request_grant(dialogue_id=dialogue.pk, reason="Klage", by=cast.auditor, at=NOW)
    refuse_grant(grant_id=asked.pk, by=cast.auditor2, at=NOW)
    assert rows(enter(cast.employee)) == []


def test_a_grant_that_has_run_out_says_so(cast: Cast, enter, dialogue: Dialogue) -> None:
    at = NOW - timedelta(days=16)
    asked = request_grant(dialogue_id=dialogue.pk, reason="Klage", by=cast.auditor, at=at)
    approve_grant(grant_id=asked.pk, by=cast.auditor2, at=at)
    (row,) = rows(enter(cast.employee))
    assert "(has run out)" in row[3]


def test_a_grant_that_was_ended_says_when(cast: Cast, enter, dialogue: Dialogue) -> None:
    asked = request_grant(dialogue_id=dialogue.pk, reason="Klage", by=cast.auditor, at=NOW - timedelta(days=2))
    approve_grant(grant_id=asked.pk, by=cast.auditor2, at=NOW - timedelta(days=2))
    end_grant(grant_id=asked.pk, by=cast.auditor, at=NOW - timedelta(days=1))
    (row,) = rows(enter(cast.employee))
    assert row[3] == "9 March 2026 at 09:00 (ended before its time)"


@pytest.mark.parametrize(("days", "words"), [(730, "2 years"), (365, "1 year"), (90, "90 days"), (1, "1 day")])
def test_how_long_it_is_kept_follows_the_setting(cast: Cast, enter, settings, days: int, words: str) -> None:
    settings.MUS = {**settings.MUS, "READING_DAYS": days}
    page = enter(cast.employee).get(PAGE, headers={"accept-language": "en"})
    assert f"Kept for {words}, and longer only where" in page.content.decode()


def test_many_readings_come_in_pages_for_as_many_queries(
    cast: Cast, enter, dialogue: Dialogue, django_assert_max_num_queries
) -> None:
    look(dialogue, cast.manager, "MANAGER", ReadingPurpose.TALK)
    client = enter(cast.employee)
    client.get(PAGE)
    with django_assert_max_num_queries(8) as few:
        client.get(PAGE)
    for quarter in range(1, 60):
        look(dialogue, cast.manager, "MANAGER", ReadingPurpose.TALK, days=quarter / 96)
    with django_assert_max_num_queries(8) as many:
        client.get(PAGE)
    assert len(many.captured_queries) == len(few.captured_queries)
    assert (len(rows(client)), len(rows(client, f"{PAGE}?page=2")), len(rows(client, f"{PAGE}?page=x"))) == (50, 10, 50)


@pytest.mark.parametrize("page", ["my_mus", "dialogue_detail"])
def test_the_page_is_led_to(cast: Cast, enter, dialogue: Dialogue, page: str) -> None:
    where = reverse(f"mus_workflow:{page}", args=[] if page == "my_mus" else [dialogue.pk])
    for reader in (cast.employee, cast.manager):
        assert f'href="{PAGE}"' in enter(reader).get(where).content.decode()
