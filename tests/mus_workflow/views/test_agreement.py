"""The agreement to read, and a change of it: the old one stays in force until both have signed the new one."""

import uuid
from datetime import timedelta

import pytest
import time_machine
from django.utils.html import escape

from mus_workflow.actions.amend_agreement import amend_agreement
from mus_workflow.actions.sign_agreement import sign_agreement
from mus_workflow.actions.write_revision import present_agreement, save_revision
from mus_workflow.models import DataKey, Event, LedgerEntry, Reading, ReadingPurpose, Signature
from mus_workflow.stages import Stage
from tests.builders import (
    ITEM,
    Cast,
    change_manager,
    item_id_of,
    make_dialogue,
    make_person,
    qid,
    sign_by_both,
    write_agreement,
)
from tests.mus_workflow.views.sheets import SUMMARY, body_of, filled_in, item_name, url
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db
STRANGERS = ["other_manager", "former_manager", "delegate", "hr", "editor", "auditor", "auditor2", "admin"]
NOTE = "Holdet blev flyttet."


@pytest.fixture
def dialogue(cast: Cast):
    return make_dialogue(cast)


@pytest.fixture
def changing(cast: Cast, dialogue):
    """The dialogue with a change begun by the employee."""
    amend_agreement(dialogue_id=dialogue.pk, change_note=NOTE, by=cast.employee, at=NOW)
    return dialogue


@pytest.fixture
def changed(cast: Cast, changing):
    """The dialogue with a change that waits for signatures."""
    write_agreement(changing, by=cast.manager, item={**ITEM, "due_date": "2026-11-01"})
    present_agreement(dialogue_id=changing.pk, by=cast.manager, at=NOW)
    return changing


PAGES = [
    ("agreement_detail", ()),
    ("agreement_edit", ()),
    ("agreement_amend", ()),
    ("agreement_sign", ()),
    ("agreement_revision", (1,)),
    ("agreement_compare", (1, 2)),
]


@pytest.mark.parametrize("who", STRANGERS)
def test_the_agreement_does_not_exist_for_anybody_else(cast: Cast, enter, changed, who):
    client = enter(getattr(cast, who))
    assert {client.get(url(name, changed, *args)).status_code for name, args in PAGES} == {404}


@pytest.mark.parametrize("who", STRANGERS)
def test_nobody_else_can_act_on_it(cast: Cast, enter, changed, who):
    client = enter(getattr(cast, who))
    verbs = ["save", "present", "take_back", "amend", "drop", "sign", "edit", "autosave"]
    assert {client.post(url(f"agreement_{verb}", changed), {}).status_code for verb in verbs} == {404}


@pytest.mark.parametrize("who", ["employee", "manager"])
def test_the_agreement_in_force_stands_first_with_its_signatures(cast: Cast, enter, dialogue, who):
    page = enter(getattr(cast, who)).get(url("agreement_detail", dialogue))
    assert page.context["shown"].number == 1
    assert all(signing.signed_at for signing in page.context["signings"])
    assert "Vi satser på formidling." in page.content.decode()


@pytest.mark.parametrize("stage", [Stage.PLANNED, Stage.PREPARING, Stage.TALK, Stage.NOT_HELD])
def test_before_there_is_one_the_page_says_what_will_come(cast: Cast, enter, stage):
    page = enter(cast.employee).get(url("agreement_detail", make_dialogue(cast, stage)))
    assert page.context["record"] is None
    assert url("talk", page.context["dialogue"]) in page.content.decode()


def test_what_waits_shows_who_has_signed_and_who_has_not(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.SIGN_OFF)
    sha = dialogue.agreement.presentations.get().document_sha256
    sign_agreement(
        dialogue_id=dialogue.pk, document_sha256=sha, remark="Fint.", auth_method="password", by=cast.employee, at=NOW
    )
    page = enter(cast.manager).get(url("agreement_detail", dialogue))
    assert [(one.name, bool(one.signed_at)) for one in page.context["signings"]] == [
        ("Emma Lund", True),
        ("Mikkel Holm", False),
    ]
    assert "Fint." in page.content.decode()


def test_a_waiting_change_stands_apart_and_the_old_one_is_in_force(cast: Cast, enter, changed):
    page = enter(cast.employee).get(url("agreement_detail", changed))
    assert (page.context["shown"].number, page.context["change"].number) == (1, 2)
    assert [change.label for change in page.context["comparison"].changes]
    text = page.content.decode()
    assert NOTE in text
    assert "<ins>" in text
    assert "<del>" in text


def test_when_both_have_signed_the_change_is_in_force(cast: Cast, enter, changed):
    sign_by_both(changed, cast)
    page = enter(cast.employee).get(url("agreement_detail", changed))
    assert page.context["shown"].number == 2
    assert [row.standing for row in page.context["record"].rows] == ["IN_FORCE", "FORMER"]


def test_a_change_begins_with_a_reason(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    page = client.post(url("agreement_amend", dialogue), {"change_note": "  "})
    assert page.status_code == 422
    assert page.context["form"].errors["change_note"]
    answer = client.post(url("agreement_amend", dialogue), {"change_note": NOTE})
    assert answer.url == url("agreement_edit", dialogue)
    assert body_of(dialogue)["change_note"] == NOTE


@pytest.mark.parametrize("stage", [Stage.TALK, Stage.SIGN_OFF, Stage.CLOSED])
def test_a_change_that_cannot_begin_says_why_and_keeps_the_reason(cast: Cast, enter, stage):
    client, dialogue = enter(cast.employee), make_dialogue(cast, stage)
    page = client.get(url("agreement_amend", dialogue))
    assert escape(str(page.context["amend"].reason)) in page.content.decode()
    page = client.post(url("agreement_amend", dialogue), {"change_note": NOTE})
    assert page.status_code in (302, 422)
    assert not LedgerEntry.objects.filter(chain=dialogue.pk, event=Event.AMENDMENT_BEGUN).exists()


def test_the_change_is_written_by_both_and_presented(cast: Cast, enter, changing):
    client = enter(cast.manager)
    due = item_name(item_id_of(changing).replace("-", ""), "due_date")
    sent = filled_in(client, changing, {due: "2026-12-01", "change_note": "Ny dato."}, page="agreement_edit")
    answer = client.post(url("agreement_edit", changing), {**sent, "action": "present"})
    assert answer.url == url("agreement_sign", changing)
    changing.refresh_from_db()
    assert changing.stage == Stage.FOLLOW_UP
    assert changing.agreement.revision == 2
    page = enter(cast.employee).get(url("agreement_detail", changing))
    assert page.context["change"].note == "Ny dato."


def test_a_refused_presenting_keeps_what_was_written(cast: Cast, enter, changing):
    client = enter(cast.manager)
    sent = filled_in(client, changing, {SUMMARY: ""}, page="agreement_edit")
    page = client.post(url("agreement_edit", changing), {**sent, "action": "present", "change_note": "Igen."})
    assert page.status_code == 422
    assert [name for name, _sentence in page.context["errors"]] == [SUMMARY]
    assert f'href="#{SUMMARY}"' in page.content.decode()
    assert "Igen." in page.content.decode()
    assert body_of(changing)["change_note"] == "Igen."


def test_a_change_keeps_its_reason(cast: Cast, enter, changing):
    client = enter(cast.manager)
    sent = filled_in(client, changing, {"change_note": " "}, page="agreement_edit")
    page = client.post(url("agreement_edit", changing), {**sent, "action": "present"})
    assert page.status_code == 422
    assert [name for name, _text in page.context["errors"]] == ["change_note"]
    assert body_of(changing)["change_note"] == NOTE


def test_what_is_sent_after_the_change_was_dropped_comes_back_to_be_copied(cast: Cast, enter, changing):
    client = enter(cast.manager)
    sent = filled_in(client, changing, {SUMMARY: "For sent."}, page="agreement_edit")
    enter(cast.employee).post(url("agreement_drop", changing))
    page = client.post(url("agreement_edit", changing), sent, follow=True)
    assert "For sent." in page.context["returned"]
    assert "For sent." in page.content.decode()


def test_a_change_can_be_dropped_from_its_page_or_by_the_verb(cast: Cast, enter, changing):
    client = enter(cast.employee)
    sent = filled_in(client, changing, {}, page="agreement_edit")
    assert client.post(url("agreement_edit", changing), {**sent, "action": "drop"}).url == url(
        "agreement_detail", changing
    )
    assert client.get(url("agreement_edit", changing)).url == url("agreement_detail", changing)
    amend_agreement(dialogue_id=changing.pk, change_note=NOTE, by=cast.employee, at=NOW)
    assert client.post(url("agreement_drop", changing)).url == url("agreement_detail", changing)


def test_a_change_that_waits_cannot_be_written_in_until_it_is_taken_back(cast: Cast, enter, changed):
    client = enter(cast.employee)
    page = client.get(url("agreement_edit", changed))
    assert escape(str(page.context["write"].reason)) in page.content.decode()
    assert client.post(url("agreement_take_back", changed)).url == url("agreement_edit", changed)
    assert "questions" in client.get(url("agreement_edit", changed)).context


def test_taking_back_before_it_is_signed_leads_to_the_talk(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.SIGN_OFF)
    assert enter(cast.employee).post(url("agreement_take_back", dialogue)).url == url("talk", dialogue)
    dialogue.refresh_from_db()
    assert dialogue.stage == Stage.TALK


def test_the_writing_of_a_talk_is_on_the_talks_page(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.TALK)
    assert enter(cast.employee).get(url("agreement_edit", dialogue)).url == url("talk", dialogue)


def test_the_verbs_save_and_present(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.TALK)
    write_agreement(dialogue, by=cast.manager)
    client = enter(cast.manager)
    assert client.post(url("agreement_save", dialogue)).url == url("talk", dialogue)
    assert client.post(url("agreement_present", dialogue)).url == url("agreement_sign", dialogue)
    assert client.get(url("agreement_save", dialogue)).status_code == 405


class TestRevisions:
    """Every recorded revision can be read and compared."""

    def test_each_is_listed_with_who_and_why(self, cast: Cast, enter, changed):
        text = enter(cast.employee).get(url("agreement_detail", changed)).content.decode()
        assert text.count(url("agreement_revision", changed, 1)) >= 1
        assert url("agreement_compare", changed, 1, 2) in text
        assert "Mikkel Holm" in text

    def test_an_old_revision_is_read_as_it_was(self, cast: Cast, enter, changed):
        sign_by_both(changed, cast)
        page = enter(cast.manager).get(url("agreement_revision", changed, 1))
        assert page.context["shown"].document["items"][0]["due_date"] == "2026-09-01"
        assert all(signing.signed_at for signing in page.context["signings"])

    def test_the_difference_is_told_in_words_too(self, cast: Cast, enter, changed):
        text = enter(cast.employee).get(url("agreement_compare", changed, 1, 2)).content.decode()
        assert '<span class="mus-visually-hidden">' in text.split("<ins>")[1][:60]
        assert "november" in text.lower()

    @pytest.mark.parametrize(("old", "new"), [(2, 1), (1, 1), (1, 9)])
    def test_a_pair_that_is_none_does_not_exist(self, cast: Cast, enter, changed, old, new):
        assert enter(cast.employee).get(url("agreement_compare", changed, old, new)).status_code == 404

    def test_a_revision_that_is_none_does_not_exist(self, cast: Cast, enter, dialogue):
        assert enter(cast.employee).get(url("agreement_revision", dialogue, 7)).status_code == 404

    def test_an_erased_text_is_said_to_be_erased_by_its_rule(self, cast: Cast, enter, changed):
        keys = DataKey.objects.filter(dialogue=changed, artefact="AGREEMENT")
        keys.update(wrapped=None, destroyed_at=NOW, destroyed_rule="five years")
        client = enter(cast.employee)
        for name, args in PAGES:
            page = client.get(url(name, changed, *args))
            assert page.status_code == 200, name
            assert "Vi satser" not in page.content.decode()
        assert "five years" in client.get(url("agreement_revision", changed, 1)).content.decode()


class TestSuccessor:
    """A manager who joined after the signing."""

    @pytest.fixture
    def successor(self, cast: Cast, dialogue):
        person = make_person("successor", "Sune", "Krogh")
        change_manager(cast.employee, person, by=cast.hr, confirmed_by=cast.manager, at=NOW + timedelta(minutes=1))
        return person

    def test_reads_the_agreement_and_the_reading_is_recorded(self, enter, dialogue, successor):
        with time_machine.travel(NOW + timedelta(minutes=2), tick=False):
            page = enter(successor).get(url("agreement_detail", dialogue))
        assert "Vi satser på formidling." in page.content.decode()
        assert Reading.objects.get(dialogue=dialogue).purpose == ReadingPurpose.SUCCESSION

    def test_does_not_read_what_was_shared_in_the_talk(self, enter, dialogue, successor):
        assert "Et godt år" not in enter(successor).get(url("talk", dialogue)).content.decode()

    def test_the_manager_who_left_reads_nothing(self, cast: Cast, enter, dialogue, successor):
        assert enter(cast.manager).get(url("agreement_detail", dialogue)).status_code == 404


@pytest.mark.parametrize("count", [2, 20])
def test_the_page_costs_the_same_with_many_revisions_and_items(cast: Cast, enter, count, django_assert_max_num_queries):
    dialogue = make_dialogue(cast, Stage.TALK)
    for _ in range(count):
        write_agreement(dialogue, by=cast.manager, item_id=str(uuid.uuid4()))
        save_revision(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    sign_by_both(dialogue, cast)
    client = enter(cast.manager)
    client.get(url("agreement_detail", dialogue))
    with django_assert_max_num_queries(16):
        client.get(url("agreement_detail", dialogue))


def test_a_changed_answer_keeps_the_old_agreements_words(cast: Cast, enter, changing):
    client = enter(cast.employee)
    client.post(url("agreement_edit", changing), filled_in(client, changing, {SUMMARY: "Nyt."}, page="agreement_edit"))
    assert body_of(changing)["answers"][qid("summary")]["value"] == "Nyt."
    assert "Vi satser på formidling." in client.get(url("agreement_detail", changing)).content.decode()


@pytest.mark.parametrize("stage", [Stage.INVITED, Stage.TALK])
def test_before_it_is_presented_there_is_nothing_to_sign(cast: Cast, enter, stage):
    dialogue = make_dialogue(cast, stage)
    client = enter(cast.employee)
    assert client.get(url("agreement_sign", dialogue)).status_code == 200
    given = {"meaning": "AGREED", "acknowledgement": "I sign", "password": "demo"}
    sent = {"document_sha256": "0" * 64, **given}
    assert client.post(url("agreement_sign", dialogue), sent, headers={"Accept-Language": "en"}).status_code == 302
    assert not Signature.objects.exists()
