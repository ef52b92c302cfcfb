"""The page that draws a sample and takes a bundle out: what it shows, what it sends, and what it records."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mus_workflow.actions.give_grant import approve_grant, request_grant
from mus_workflow.actions.hold_talk import close_dialogue
from mus_workflow.history import sampling
from mus_workflow.models import ChainHead, Checkpoint, Dialogue, LedgerEntry, Reading
from mus_workflow.stages import Stage
from mus_workflow.viewsets import audit_bundle
from tests.builders import Cast, make_dialogue
from tests.ledger import events, tear_down_the_wall
from tests.matrix.canaries import AUDITORS, CANARIES, GRANTED, PARTIES, tell
from tests.mus_workflow.exports.bundling import check, checkpoint, of_others, unpacked, wrong
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

PAGE, FILE = reverse("mus_audit:bundle"), reverse("mus_audit:bundle_file")


@pytest.fixture
def cast(module_cast: Cast) -> Cast:
    return module_cast


@pytest.fixture(scope="module")
def dialogues(module_cast: Cast) -> list[Dialogue]:
    """Four signed agreements that a checkpoint knows."""
    made = of_others(module_cast, 4)
    checkpoint(NOW)
    return made


def taken_out(response: Any) -> dict[str, bytes]:
    """The files of the bundle that was sent."""
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/zip"
    return unpacked(b"".join(response.streaming_content))


def fields_of(response: Any) -> dict[str, Any]:
    """What the page's button sends."""
    fields: dict[str, Any] = {}
    for name, value in response.context["fields"]:
        fields.setdefault(name, []).append(str(value))
    return fields


def test_the_page_draws_shows_the_seed_and_the_totals(as_auditor: Client, dialogues: list[Dialogue]) -> None:
    page = as_auditor.get(PAGE, {"size": 2, "seed": ""})
    shown = page.content.decode()
    sample = page.context["choice"].sample
    assert re.fullmatch(r"[0-9a-f]{32}", sample.seed)
    assert sample.seed in shown
    assert "2 of 4" in shown
    drawn = {dialogue.reference for dialogue in dialogues if dialogue.pk in sample.drawn}
    assert {dialogue.reference for dialogue in dialogues if dialogue.reference in shown} == drawn
    assert dict(page.context["counts"])["Agreements in force"] == 4
    again = as_auditor.get(PAGE, {"size": 2, "seed": sample.seed})
    assert again.context["choice"].sample.drawn == sample.drawn


def test_showing_a_sample_takes_nothing_out(as_auditor: Client, dialogues: list[Dialogue]) -> None:
    before = LedgerEntry.objects.count()
    as_auditor.get(PAGE, {"size": 4})
    as_auditor.get(PAGE, {"dialogue": dialogues[0].pk})
    assert (LedgerEntry.objects.count(), Reading.objects.count()) == (before, 0)
    assert as_auditor.get(FILE).status_code == 405


def test_the_file_holds_what_the_page_shows_though_a_checkpoint_was_made_in_between(
    as_auditor: Client, office: Cast, dialogues: list[Dialogue], tmp_path: Any
) -> None:
    page = as_auditor.get(PAGE, {"size": 3, "seed": "s", "stage": [Stage.FOLLOW_UP, Stage.CLOSED], "year": 2026})
    of_others(office, 2)
    checkpoint(NOW)
    files = taken_out(as_auditor.post(FILE, fields_of(page)))
    references = {agreement.dialogue.reference for agreement in page.context["choice"].agreements}
    assert {name[10:-5] for name in files if name.startswith("dialogues/")} == references
    assert len(references) == 3
    assert wrong(check(files, tmp_path)[1]) == []


def test_each_agreement_is_recorded_as_taken_out(as_auditor: Client, dialogues: list[Dialogue]) -> None:
    taken_out(as_auditor.post(FILE, {"size": 4}))
    for dialogue in dialogues:
        assert events(dialogue.pk)[-1] == "EXPORTED"
        assert Reading.objects.get(dialogue=dialogue).purpose == "EVIDENCE"


def test_what_cannot_be_recorded_is_not_sent(
    as_auditor: Client, dialogues: list[Dialogue], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(**kwargs: Any) -> None:
        raise RuntimeError("disk is full")

    monkeypatch.setattr("mus_workflow.actions.take_out_evidence.record_reading", full)
    with pytest.raises(RuntimeError, match="disk is full"):
        as_auditor.post(FILE, {"size": 4})


def test_a_bundle_of_one_agreement(as_auditor: Client, dialogues: list[Dialogue], tmp_path: Any) -> None:
    dialogue = dialogues[1]
    page = as_auditor.get(PAGE, {"dialogue": dialogue.pk})
    assert dialogue.reference in page.content.decode()
    assert "form" not in page.context
    files = taken_out(as_auditor.post(FILE, fields_of(page)))
    assert [name for name in files if name.startswith("dialogues/")] == [f"dialogues/{dialogue.reference}.json"]
    assert "sample.json" not in files
    assert wrong(check(files, tmp_path)[1]) == []


@pytest.mark.parametrize("wanted", ["x", "00000000-0000-4000-8000-000000000000"])
def test_a_dialogue_that_does_not_exist_is_not_found(as_auditor: Client, wanted: str) -> None:
    assert as_auditor.get(PAGE, {"dialogue": wanted}, follow=True).status_code == 404
    assert as_auditor.post(FILE, {"dialogue": wanted}, follow=True).status_code == 404


def test_a_dialogue_without_an_agreement_is_not_found(as_auditor: Client, office: Cast) -> None:
    dialogue = make_dialogue(office, Stage.INVITED)
    assert as_auditor.get(PAGE, {"dialogue": dialogue.pk}, follow=True).status_code == 404


@pytest.mark.parametrize("data", [{}, {"size": "0"}, {"size": "201"}, {"size": "x"}, {"size": "5", "unit": "x"}])
def test_what_cannot_be_drawn_is_said(as_auditor: Client, dialogues: list[Dialogue], data: dict[str, str]) -> None:
    before = LedgerEntry.objects.count()
    page = as_auditor.post(FILE, data, follow=True)
    assert "Say how many agreements to draw." in page.content.decode()
    if data:
        assert as_auditor.get(PAGE, data).context["form"].errors
    assert LedgerEntry.objects.count() == before


def test_no_more_is_taken_out_at_once_than_the_setting_says(
    as_auditor: Client, dialogues: list[Dialogue], settings: Any
) -> None:
    settings.MUS = {**settings.MUS, "BUNDLE_AGREEMENTS": 3}
    before = LedgerEntry.objects.count()
    said = "At most 3 agreements can be taken out at once."
    assert said in as_auditor.get(PAGE, {"size": 4}).content.decode()
    assert said in as_auditor.post(FILE, {"size": 4}, follow=True).content.decode()
    assert (LedgerEntry.objects.count(), Reading.objects.count()) == (before, 0)
    assert as_auditor.get(PAGE).context["form"]["size"].initial == 3
    assert len(as_auditor.get(PAGE, {"size": 3}).context["rows"]) == 3


def test_a_checkpoint_that_there_is_not_is_refused(as_auditor: Client, dialogues: list[Dialogue]) -> None:
    before = LedgerEntry.objects.count()
    asked = {"size": 2, "checkpoint": 2}
    assert "There is no such checkpoint." in as_auditor.get(PAGE, asked).content.decode()
    assert "There is no such checkpoint." in as_auditor.post(FILE, asked, follow=True).content.decode()
    assert LedgerEntry.objects.count() == before
    assert len(as_auditor.get(PAGE, {**asked, "checkpoint": 1}).context["rows"]) == 2


def test_an_old_checkpoint_opens_no_more_entries_than_the_setting_says(
    as_auditor: Client, office: Cast, dialogues: list[Dialogue], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    for dialogue in dialogues[:3]:
        close_dialogue(dialogue_id=dialogue.pk, by=office.manager, at=NOW)
    checkpoint(NOW)
    asked = {"size": 9, "checkpoint": 1, "stage": [Stage.FOLLOW_UP]}
    assert len(as_auditor.get(PAGE, asked).context["rows"]) == 4
    settings.MUS = {**settings.MUS, "BUNDLE_MOVES": 2}
    monkeypatch.setattr(sampling, "open_entries", lambda *given: pytest.fail("opened"))
    before = LedgerEntry.objects.count()
    said = "3 agreements have come to another step since checkpoint 1, and at most 2 can be opened at once"
    assert said in as_auditor.get(PAGE, asked).content.decode()
    assert said in as_auditor.post(FILE, asked, follow=True).content.decode()
    assert (LedgerEntry.objects.count(), Reading.objects.count()) == (before, 0)
    # By the newest checkpoint nothing has to be opened.
    assert len(as_auditor.get(PAGE, {**asked, "checkpoint": 2, "stage": [Stage.CLOSED]}).context["rows"]) == 3


def test_whoever_draws_or_takes_out_too_often_is_told_when_to_come_back(
    as_auditor: Client, dialogues: list[Dialogue], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit_bundle, "DRAWS", {"most": 2, "seconds": 300})
    for _time in range(2):
        assert as_auditor.get(PAGE, {"size": 1}).status_code == 200
    before = LedgerEntry.objects.count()
    for answer in (as_auditor.get(PAGE, {"size": 1}), as_auditor.post(FILE, {"size": 1})):
        assert (answer.status_code, answer["Retry-After"]) == (429, "300")
        assert "Ask again at 09:05." in answer.content.decode()
    # The page itself costs nothing.
    assert as_auditor.get(PAGE).status_code == 200
    monkeypatch.setattr(audit_bundle, "BUNDLES", {"most": 2, "seconds": 300})
    one = {"dialogue": dialogues[0].pk}
    assert as_auditor.post(FILE, one).status_code == 200
    taken = LedgerEntry.objects.count()
    assert taken > before
    assert as_auditor.post(FILE, one).status_code == 429
    assert LedgerEntry.objects.count() == taken


def test_nothing_to_draw_is_said(as_auditor: Client, dialogues: list[Dialogue]) -> None:
    page = as_auditor.get(PAGE, {"size": 3, "year": 2020}).content.decode()
    assert "There is no such agreement to draw." in page
    assert "data-mus-download" not in page


def test_it_is_said_where_there_is_no_checkpoint_yet(as_auditor: Client, dialogues: list[Dialogue]) -> None:
    assert "There is no checkpoint yet" not in as_auditor.get(PAGE, {"size": 3}).content.decode()
    tear_down_the_wall()
    ChainHead.objects.all().delete()
    Checkpoint.objects.all().delete()
    assert "There is no checkpoint yet" in as_auditor.get(PAGE, {"size": 3}).content.decode()


def test_words_leave_only_for_whom_a_grant_opens_them(office: Cast, client: Client) -> None:
    story = tell(office)
    checkpoint(NOW)
    theirs = {canary for canary, allowed in CANARIES.items() if allowed in (PARTIES | GRANTED, PARTIES | AUDITORS)}
    for person, expected in ((office.auditor, theirs), (office.auditor2, set())):
        client.force_login(person)
        for data in ({"size": 9}, {"dialogue": story.earlier.pk}):
            page = client.get(PAGE, data).content.decode()
            assert not [canary for canary in CANARIES if canary in page]
            files = taken_out(client.post(FILE, data))
            assert f"dialogues/{story.earlier.reference}.json" in files
            seen = {canary for canary in CANARIES for content in files.values() if canary.encode() in content}
            assert seen == expected


def test_the_page_says_which_agreements_bring_their_words(
    as_auditor: Client, office: Cast, dialogues: list[Dialogue]
) -> None:
    request = request_grant(dialogue_id=dialogues[2].pk, reason="Klage", by=office.auditor, at=NOW)
    approve_grant(grant_id=request.pk, by=office.auditor2, at=NOW)
    rows = dict(as_auditor.get(PAGE, {"size": 4}).context["rows"])
    assert {dialogue.pk for dialogue, opened in rows.items() if opened} == {dialogues[2].pk}


def test_the_page_takes_as_many_queries_for_2_agreements_as_for_12(
    as_auditor: Client, office: Cast, dialogues: list[Dialogue]
) -> None:
    of_others(office, 8)
    checkpoint(NOW)

    def queries(size: int) -> int:
        as_auditor.get(PAGE, {"size": size, "seed": "s"})
        with CaptureQueriesContext(connection) as captured:
            assert len(as_auditor.get(PAGE, {"size": size, "seed": "s"}).context["rows"]) == size
        return len(captured)

    assert queries(2) == queries(12)


def test_no_cache_keeps_it(as_auditor: Client, dialogues: list[Dialogue]) -> None:
    for response in (as_auditor.get(PAGE, {"size": 2}), as_auditor.post(FILE, {"size": 2})):
        assert response.headers["Cache-Control"].startswith("private, no-store")
