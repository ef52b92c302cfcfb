"""When a dialogue is erased, every page still answers, says so, and shows nothing of what was written."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from mus_workflow.documents.retention import Rule, rule_in_words
from mus_workflow.exports.subject_access.collected import archive_of
from mus_workflow.history.verification import verify_everything
from mus_workflow.models import DataKey
from tests.builders import Cast
from tests.erasing import YEARS_ON, erase, leave, years_on
from tests.matrix.canaries import CANARIES, IN_CLEAR, Story, tell
from tests.matrix.rows import AUDIT_MATRIX, EVERYBODY, MATRIX
from tests.matrix.walk import address, ask, audit_address, undone

pytestmark = pytest.mark.django_db

PARTIES = ("employee", "manager")


@pytest.fixture(scope="module")
def story(module_cast: Cast) -> Story:
    """Told, the employee gone, and erased after the years that agreements are kept."""
    told = tell(module_cast)
    leave(module_cast.employee)
    erase(YEARS_ON)
    return told


@pytest.fixture
def erased(story: Story) -> Iterator[Story]:
    with years_on():
        yield story


@pytest.fixture
def cast(module_cast: Cast) -> Cast:
    return module_cast


@pytest.mark.parametrize("persona", PARTIES)
def test_every_page_of_an_erased_dialogue_answers_and_tells_nothing(cast: Cast, erased: Story, persona: str) -> None:
    assert not DataKey.objects.filter(dialogue__isnull=False, destroyed_at=None).exists()
    browser, wrong = enter(cast, persona), []
    for dialogue in (erased.earlier, erased.current, erased.not_held):
        # What is sent to a dialogue that was not held is refused, erased or not.
        methods = {"GET"} if dialogue == erased.not_held else {"GET", "POST"}
        for name, row in MATRIX.items():
            # The copy of all data, which is sent for, has a test of its own below.
            for method in sorted((methods & row.methods) - ({"POST"} if name == "my_data" else set())):
                answer = ask(browser, method, address(name, dialogue))
                if answer.status_code >= 500 or canaries_in(answer):
                    wrong.append(f"{method} {name} at {dialogue.stage}: {answer.status_code}")
    assert wrong == []


@pytest.mark.parametrize("persona", sorted(EVERYBODY - set(PARTIES)))
def test_the_pages_of_everybody_else_answer_and_tell_nothing(cast: Cast, erased: Story, persona: str) -> None:
    browser = enter(cast, persona)
    for name, row in MATRIX.items():
        where = address(name, erased.earlier)
        if "GET" in row.methods and "dialogues" not in where:
            answer = ask(browser, "GET", where)
            assert (answer.status_code < 500, canaries_in(answer)) == (True, set()), name


def test_the_auditors_pages_of_an_erased_dialogue_answer_and_tell_nothing(cast: Cast, erased: Story) -> None:
    browser = enter(cast, "auditor")
    for name, row in AUDIT_MATRIX.items():
        if "GET" in row.methods:
            for query in ("", "?from=1&to=2") if name == "compare" else ("",):
                answer = ask(browser, "GET", audit_address(name, erased.earlier) + query)
                assert (answer.status_code, canaries_in(answer)) == (200, set()), name


def test_a_copy_of_all_that_is_held_about_a_person_holds_what_is_left(cast: Cast, erased: Story) -> None:
    archive = archive_of(cast.employee, at=YEARS_ON)
    assert words_in(archive.content) == set()
    with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
        (data,) = (opened.read(name) for name in opened.namelist() if name.endswith(".json"))
    assert b"AGREEMENT_AFTER_LEAVING" in data


def test_a_bundle_of_evidence_proves_what_is_left(cast: Cast, erased: Story, tmp_path: Path) -> None:
    out = tmp_path / "bundle.zip"
    order = ["--auditor", cast.auditor.username, "--dialogue", erased.earlier.reference, "--out", str(out)]
    call_command("mus_bundle", *order, stdout=io.StringIO())
    assert words_in(out.read_bytes()) == set()
    assert list(verify_everything()) == []


@pytest.mark.parametrize(
    ("where", "rule"),
    [
        ("preparation_edit", Rule.PREPARATION_AFTER_SIGNING),
        ("agreement_detail", Rule.AGREEMENT_AFTER_LEAVING),
        ("agreement_revision", Rule.AGREEMENT_AFTER_LEAVING),
        ("follow_up_edit", Rule.AGREEMENT_AFTER_LEAVING),
        ("talk", Rule.SHARED_AFTER_SIGNING),
    ],
)
@pytest.mark.parametrize("persona", PARTIES)
def test_a_page_says_by_which_rule_its_text_was_erased(
    cast: Cast, erased: Story, where: str, rule: str, persona: str
) -> None:
    page = ask(enter(cast, persona), "GET", address(where, erased.earlier))
    assert escape(rule_in_words(rule)) in page.content.decode()


def test_a_comparison_and_the_items_say_that_they_are_erased(cast: Cast, erased: Story) -> None:
    browser = enter(cast, "employee")
    compare = reverse("mus_workflow:agreement_compare", args=[erased.earlier.pk, 1, 2])
    assert escape(rule_in_words(Rule.AGREEMENT_AFTER_LEAVING)) in ask(browser, "GET", compare).content.decode()
    items = ask(browser, "GET", address("item_list", erased.earlier))
    assert items.context["items"][0].is_erased


def test_who_signed_an_erased_agreement_is_still_told(cast: Cast, erased: Story) -> None:
    page = ask(enter(cast, "employee"), "GET", address("agreement_detail", erased.earlier))
    assert {one.name for one in page.context["signings"]} == {"Emma Lund", "Mikkel Holm"}
    assert all(one.signed_at and not one.remark for one in page.context["signings"])


def test_what_cannot_be_done_any_more_is_refused_with_the_rule(cast: Cast, erased: Story) -> None:
    browser = enter(cast, "manager")
    with undone():
        answer = browser.post(address("follow_up_record", erased.earlier), follow=True)
    assert answer.status_code == 200
    assert escape(rule_in_words(Rule.AGREEMENT_AFTER_LEAVING)) in answer.content.decode()


def enter(cast: Cast, persona: str) -> Client:
    browser = Client()
    browser.force_login(getattr(cast, persona))
    return browser


def words_in(archive: bytes) -> set[str]:
    """The canaries in any file of an archive, or in its archives."""
    found = set()
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        for name in opened.namelist():
            content = opened.read(name)
            found |= words_in(content) if name.endswith(".zip") else canaries_among(content.decode(errors="replace"))
    return found


def canaries_in(answer: HttpResponse) -> set[str]:
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    seen = body.decode(errors="replace") + str(answer.headers)
    return canaries_among(seen)


def canaries_among(text: str) -> set[str]:
    return {canary for canary in CANARIES if canary in text and canary not in IN_CLEAR}
