"""The talk's screen: what both share, last time's items, and the agreement being written by two at once."""

import uuid

import pytest
from bs4 import BeautifulSoup
from django.utils.html import escape

from mus_workflow.actions.save_draft import save_agreement_draft
from mus_workflow.actions.share_preparation import withdraw_preparation
from mus_workflow.actions.sign_agreement import sign_agreement
from mus_workflow.actions.write_revision import present_agreement
from mus_workflow.models import AgreementItem, Outcome, Purpose, Reading, ReadingPurpose, open_sealed
from mus_workflow.stages import Stage
from tests.builders import ITEM, Cast, allowed_ids, item_id_of, make_dialogue, qid, typed, write_agreement
from tests.mus_workflow.views.sheets import ROW, SUMMARY, body_of, field_of, filled_in, form_fields, item_name, url
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db
STRANGERS = ["other_manager", "former_manager", "delegate", "hr", "editor", "auditor", "auditor2", "admin"]


@pytest.fixture
def dialogue(cast: Cast):
    return make_dialogue(cast, Stage.TALK)


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("name", ["talk", "agreement_changes"])
def test_the_talk_does_not_exist_for_anybody_else(cast: Cast, enter, dialogue, who, name):
    assert enter(getattr(cast, who)).get(url(name, dialogue)).status_code == 404


@pytest.mark.parametrize("who", STRANGERS)
@pytest.mark.parametrize("name", ["talk", "talk_hold", "talk_break_off", "agreement_autosave"])
def test_nobody_else_can_post_to_it(cast: Cast, enter, dialogue, who, name):
    assert enter(getattr(cast, who)).post(url(name, dialogue), {}).status_code == 404


def test_what_both_share_stands_side_by_side(cast: Cast, enter, dialogue):
    page = enter(cast.manager).get(url("talk", dialogue)).content.decode()
    assert "Et godt år med mange besøg." in page
    assert "Du har løftet børneområdet." in page
    assert "Jeg er træt om fredagen." not in page


def test_the_reading_is_recorded(cast: Cast, enter, dialogue):
    enter(cast.manager).get(url("talk", dialogue))
    assert Reading.objects.get(dialogue=dialogue).purpose == ReadingPurpose.TALK


def test_what_is_withdrawn_is_gone_at_once(cast: Cast, enter, dialogue):
    withdraw_preparation(dialogue_id=dialogue.pk, by=cast.employee, at=NOW)
    page = enter(cast.manager).get(url("talk", dialogue)).content.decode()
    assert "Et godt år med mange besøg." not in page
    assert "Du har løftet børneområdet." in page


@pytest.mark.parametrize("stage", [Stage.INVITED, Stage.PREPARING])
def test_before_the_talk_a_participant_is_offered_to_open_it(cast: Cast, enter, stage):
    dialogue = make_dialogue(cast, stage)
    page = enter(cast.employee).get(url("talk", dialogue))
    assert url("talk_hold", dialogue) in page.content.decode()
    enter(cast.employee).post(url("talk_hold", dialogue))
    dialogue.refresh_from_db()
    assert dialogue.stage == Stage.TALK


def test_a_talk_that_cannot_be_opened_yet_says_why(cast: Cast, enter):
    page = enter(cast.manager).get(url("talk", make_dialogue(cast, Stage.PLANNED)))
    reason = str(page.context["hold"].reason)
    assert reason
    assert escape(reason) in page.content.decode()


@pytest.mark.parametrize("stage", [Stage.SIGN_OFF, Stage.FOLLOW_UP, Stage.CLOSED, Stage.NOT_HELD])
def test_after_the_talk_the_page_shows_the_way_on(cast: Cast, enter, stage):
    dialogue = make_dialogue(cast, stage)
    page = enter(cast.employee).get(url("talk", dialogue))
    assert page.status_code == 200
    assert url("agreement_detail", dialogue) in page.content.decode()
    assert "questions" not in page.context


def test_a_form_sent_by_its_button_saves_everything(cast: Cast, enter, dialogue):
    client = enter(cast.manager)
    sent = filled_in(client, dialogue, {SUMMARY: "Vi satser.", **{item_name(ROW, k): v for k, v in ITEM.items()}})
    answer = client.post(url("talk", dialogue), {**sent, "action": "save"})
    assert answer.url == url("talk", dialogue)
    body = body_of(dialogue)
    assert body["answers"][qid("summary")]["value"] == "Vi satser."
    assert body["items"][str(uuid.UUID(ROW))]["fields"] == ITEM


def test_the_row_that_was_asked_for_has_an_id_of_its_own(cast: Cast, enter, dialogue):
    client = enter(cast.manager)
    answer = client.post(
        url("talk", dialogue), {**filled_in(client, dialogue, {SUMMARY: "Først."}), "action": "add_item"}
    )
    assert body_of(dialogue)["answers"][qid("summary")]["value"] == "Først."
    fields = form_fields(client, answer.url)
    assert len([name for name in fields if name.endswith("_what")]) == 1
    assert body_of(dialogue)["items"] == {}


def test_an_empty_row_is_no_item(cast: Cast, enter, dialogue):
    client = enter(cast.manager)
    client.post(url("talk", dialogue), {**filled_in(client, dialogue, {}), item_name(ROW, "what"): ""})
    assert body_of(dialogue)["items"] == {}


def test_a_removed_item_is_kept_apart_and_can_come_back(cast: Cast, enter, dialogue):
    write_agreement(dialogue, by=cast.manager)
    client = enter(cast.manager)
    item = item_id_of(dialogue)
    removed = item_name(item.replace("-", ""), "removed")
    client.post(url("talk", dialogue), filled_in(client, dialogue, {removed: "on"}))
    assert body_of(dialogue)["items"][item]["removed"]
    fields = form_fields(client, url("talk", dialogue))
    fields.pop(removed)
    client.post(url("talk", dialogue), fields)
    assert not body_of(dialogue)["items"][item]["removed"]


def test_what_cannot_be_saved_is_shown_again_as_it_was_typed(cast: Cast, enter, dialogue):
    client = enter(cast.manager)
    sent = filled_in(client, dialogue, {SUMMARY: "Gemt.", item_name(ROW, "due_date"): "i morgen"})
    page = client.post(url("talk", dialogue), {**sent, "action": "present"})
    assert page.status_code == 422
    assert "i morgen" in page.content.decode()
    assert {name for name, _text in page.context["errors"]} == {item_name(ROW, "due_date")}
    assert body_of(dialogue)["answers"][qid("summary")]["value"] == "Gemt."
    dialogue.refresh_from_db()
    assert dialogue.stage == Stage.TALK


def test_an_item_without_what_was_agreed_is_pointed_out(cast: Cast, enter, dialogue):
    client = enter(cast.manager)
    sent = filled_in(client, dialogue, {item_name(ROW, "support"): "Tid."})
    page = client.post(url("talk", dialogue), sent)
    assert [name for name, _text in page.context["errors"]] == [item_name(ROW, "what")]
    assert body_of(dialogue)["items"][str(uuid.UUID(ROW))]["fields"] == {"support": "Tid."}


def test_presenting_says_what_is_missing_and_loses_nothing(cast: Cast, enter, dialogue):
    client = enter(cast.manager)
    own_words = {
        item_name(ROW, "what"): "Kursus",
        item_name(ROW, "responsible"): "BOTH",
        item_name(ROW, "category"): "TASKS",
    }
    sent = filled_in(client, dialogue, own_words)
    page = client.post(url("talk", dialogue), {**sent, "action": "present"})
    assert page.status_code == 422
    (link,) = BeautifulSoup(page.content, "html.parser").select(".mus-error-summary a")
    assert (link["href"], "Hvad er I enige om?" in link.text) == (f"#{SUMMARY}", True)
    assert body_of(dialogue)["items"][str(uuid.UUID(ROW))]["fields"]["what"] == "Kursus"
    assert "Kursus" in page.content.decode()


def test_presenting_says_which_item_lacks_a_person(cast: Cast, enter, dialogue):
    write_agreement(dialogue, by=cast.manager, item={**ITEM, "responsible": ""})
    client = enter(cast.manager)
    page = client.post(url("agreement_present", dialogue), follow=True)
    assert page.redirect_chain[-1][0] == url("talk", dialogue)
    assert "1" in str(next(iter(page.context["messages"])))
    dialogue.refresh_from_db()
    assert dialogue.stage == Stage.TALK


def test_presenting_leads_to_the_signing(cast: Cast, enter, dialogue):
    write_agreement(dialogue, by=cast.manager)
    client = enter(cast.manager)
    answer = client.post(url("talk", dialogue), {**filled_in(client, dialogue, {}), "action": "present"})
    assert answer.url == url("agreement_sign", dialogue)
    dialogue.refresh_from_db()
    assert dialogue.stage == Stage.SIGN_OFF


def test_a_revision_on_the_way_stays_in_the_talk(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    sent = filled_in(client, dialogue, {SUMMARY: "Halvvejs."})
    assert client.post(url("talk", dialogue), {**sent, "action": "save_revision"}).url == url("talk", dialogue)
    assert dialogue.agreement.revision == 1


@pytest.mark.parametrize("who", ["employee", "manager"])
def test_either_side_can_break_it_off_and_the_text_is_kept(cast: Cast, enter, dialogue, who):
    client = enter(getattr(cast, who))
    sent = filled_in(client, dialogue, {SUMMARY: "Vi når det ikke."})
    client.post(url("talk", dialogue), {**sent, "action": "break_off"})
    dialogue.refresh_from_db()
    assert dialogue.stage == Stage.INVITED
    assert body_of(dialogue)["answers"][qid("summary")]["value"] == "Vi når det ikke."


def test_the_verb_breaks_off_too(cast: Cast, enter, dialogue):
    answer = enter(cast.employee).post(url("talk_break_off", dialogue))
    assert answer.url == url("dialogue_detail", dialogue)


def test_only_the_employee_writes_in_the_employees_question_and_both_read_it(cast: Cast, enter, dialogue):
    employee, manager = enter(cast.employee), enter(cast.manager)
    name = field_of("employee_says")
    employee.post(url("talk", dialogue), filled_in(employee, dialogue, {name: "Jeg er glad."}))
    page = manager.get(url("talk", dialogue))
    assert name not in form_fields(manager, url("talk", dialogue))
    assert "Jeg er glad." in page.content.decode()
    manager.post(url("talk", dialogue), {**filled_in(manager, dialogue, {}), name: "Nej."})
    assert body_of(dialogue)["answers"][qid("employee_says")]["value"] == "Jeg er glad."


def test_an_interrupted_post_comes_back_with_its_text(cast: Cast, enter, dialogue):
    client = enter(cast.manager)
    sent = filled_in(client, dialogue, {SUMMARY: "Nåede ikke at gemme."})
    client.logout()
    answer = client.post(url("talk", dialogue), sent)
    client.force_login(cast.manager)
    where = answer.url.split("next=")[1].replace("%3F", "?").replace("%3D", "=").replace("%2F", "/")
    page = client.get(where)
    assert "Nåede ikke at gemme." in page.content.decode()
    assert page.context["is_parked"]


def test_a_post_after_the_talk_moved_on_is_refused_and_comes_back(cast: Cast, enter, dialogue):
    write_agreement(dialogue, by=cast.manager)
    client = enter(cast.employee)
    sent = filled_in(client, dialogue, {field_of("employee_says"): "For sent."})
    present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    answer = client.post(url("talk", dialogue), sent)
    assert answer.url.startswith(url("talk", dialogue) + "?parked=")
    assert client.get(answer.url).context["returned"] == ["For sent."]


class TestTwoPeople:
    """Both write in the same draft."""

    def test_what_they_wrote_in_different_places_merges(self, cast: Cast, enter, dialogue):
        employee, manager = enter(cast.employee), enter(cast.manager)
        first = filled_in(employee, dialogue, {field_of("employee_says"): "Medarbejderens."})
        second = filled_in(manager, dialogue, {SUMMARY: "Fælles."})
        assert employee.post(url("talk", dialogue), first).status_code == 302
        assert manager.post(url("talk", dialogue), second).status_code == 302
        answers = body_of(dialogue)["answers"]
        assert answers[qid("summary")]["value"] == "Fælles."
        assert answers[qid("employee_says")]["value"] == "Medarbejderens."

    def test_the_same_place_is_a_conflict_with_both_texts_name_and_time(self, cast: Cast, enter, dialogue):
        page = self.collide(cast, enter, dialogue)
        text = BeautifulSoup(page.content, "html.parser").select_one(".mus-conflict").get_text(" ", strip=True)
        assert page.status_code == 409
        assert "Lederens tekst." in text
        assert "Mikkel Holm" in text
        assert "09" in text
        assert "Medarbejderens tekst." in page.content.decode()
        assert body_of(dialogue)["answers"][qid("summary")]["value"] == "Lederens tekst."

    @pytest.mark.parametrize(
        ("choice", "kept"),
        [
            ("mine", "Medarbejderens tekst."),
            ("theirs", "Lederens tekst."),
            ("both", "Medarbejderens tekst.\n\nLederens tekst."),
        ],
    )
    def test_a_person_chooses_what_stands(self, cast: Cast, enter, dialogue, choice, kept):
        page = self.collide(cast, enter, dialogue)
        sent = form_fields(None, page)
        enter(cast.employee).post(url("talk", dialogue), {**sent, f"keep_{SUMMARY}": choice})
        assert body_of(dialogue)["answers"][qid("summary")]["value"] == kept

    def test_the_fields_of_an_item_collide_one_by_one(self, cast: Cast, enter, dialogue):
        write_agreement(dialogue, by=cast.manager)
        employee, manager = enter(cast.employee), enter(cast.manager)
        row = item_id_of(dialogue).replace("-", "")
        mine = {item_name(row, "what"): "Kursus i fortælling", item_name(row, "support"): "Fire dage"}
        first = filled_in(employee, dialogue, mine)
        manager.post(url("talk", dialogue), filled_in(manager, dialogue, {item_name(row, "what"): "Kursus i teknik"}))
        page = employee.post(url("talk", dialogue), first)
        assert page.status_code == 409
        fields = body_of(dialogue)["items"][item_id_of(dialogue)]["fields"]
        assert (fields["what"], fields["support"]) == ("Kursus i teknik", "Fire dage")
        assert [name for name, _text in page.context["errors"]] == [item_name(row, "what")]

    def collide(self, cast, enter, dialogue):
        employee, manager = enter(cast.employee), enter(cast.manager)
        first = filled_in(employee, dialogue, {SUMMARY: "Medarbejderens tekst."})
        manager.post(url("talk", dialogue), filled_in(manager, dialogue, {SUMMARY: "Lederens tekst."}))
        return employee.post(url("talk", dialogue), first)


class TestLastTimesItems:
    """Next year's talk opens with what was agreed."""

    @pytest.fixture
    def earlier(self, cast: Cast):
        return make_dialogue(cast)

    @pytest.fixture
    def next_dialogue(self, cast: Cast, earlier):
        return make_dialogue(cast, Stage.TALK)

    def settle(self, earlier, **sent):
        return {f"settle_{item_id_of(earlier).replace('-', '')}_{name}": value for name, value in sent.items()}

    def test_it_asks_for_an_outcome_of_each(self, cast: Cast, enter, earlier, next_dialogue):
        page = enter(cast.manager).get(url("talk", next_dialogue))
        assert "Kursus i formidling" in page.content.decode()
        assert page.context["unsettled"] == 1

    def test_an_outcome_with_a_comment_is_recorded_and_repeated(self, cast: Cast, enter, earlier, next_dialogue):
        client = enter(cast.employee)
        sent = filled_in(
            client, next_dialogue, self.settle(earlier, outcome="PARTLY", comment="Holdet blev fuldt.", repeat="on")
        )
        client.post(url("talk", next_dialogue), {**sent, "action": "outcomes"})
        item = AgreementItem.objects.get(pk=item_id_of(earlier))
        assert item.outcome == Outcome.PARTLY
        assert open_sealed(item.outcome_note) == {"EMPLOYEE": "Holdet blev fuldt."}
        (repeated,) = body_of(next_dialogue)["items"].values()
        assert repeated["lineage"] == str(item.lineage)

    def test_saving_again_records_no_second_outcome(self, cast: Cast, enter, earlier, next_dialogue):
        client = enter(cast.employee)
        client.post(
            url("talk", next_dialogue), filled_in(client, next_dialogue, self.settle(earlier, outcome="REACHED"))
        )
        before = AgreementItem.objects.get(pk=item_id_of(earlier)).history.count()
        client.post(url("talk", next_dialogue), filled_in(client, next_dialogue, {}))
        assert AgreementItem.objects.get(pk=item_id_of(earlier)).history.count() == before

    def test_a_comment_without_an_outcome_is_pointed_out(self, cast: Cast, enter, earlier, next_dialogue):
        client = enter(cast.employee)
        page = client.post(
            url("talk", next_dialogue), filled_in(client, next_dialogue, self.settle(earlier, comment="Hm."))
        )
        assert page.status_code == 422
        assert "Hm." in page.content.decode()

    def test_an_untouched_item_is_not_an_error_on_a_page_shown_again(self, cast: Cast, enter, earlier, next_dialogue):
        client = enter(cast.manager)
        page = client.post(
            url("talk", next_dialogue), filled_in(client, next_dialogue, {item_name(ROW, "support"): "Tid."})
        )
        assert page.status_code == 422
        assert [name for name, _text in page.context["errors"]] == [item_name(ROW, "what")]
        assert not page.context["carried"][0].form.is_bound

    def test_presenting_waits_for_the_outcomes(self, cast: Cast, enter, earlier, next_dialogue):
        write_agreement(next_dialogue, by=cast.manager, item_id=str(uuid.uuid4()))
        page = enter(cast.manager).post(url("agreement_present", next_dialogue), follow=True)
        assert page.redirect_chain[-1][0] == url("talk", next_dialogue)
        assert len(list(page.context["messages"])) == 1

    def test_a_new_manager_reads_them_as_a_successor(self, cast: Cast, enter, earlier, next_dialogue):
        participant = earlier.participants.get(role="MANAGER")
        participant.user = cast.former_manager
        participant.save()
        enter(cast.manager).get(url("talk", next_dialogue))
        assert Reading.objects.filter(dialogue=earlier, purpose=ReadingPurpose.SUCCESSION).count() == 1


@pytest.mark.parametrize("items", [2, 20])
def test_the_talk_costs_the_same_with_many_items(cast: Cast, enter, items, django_assert_max_num_queries):
    earlier = make_dialogue(cast, Stage.TALK)
    rows = {str(uuid.uuid4()): ITEM for _ in range(items)}
    save(earlier, cast.manager, {"summary": "Aftalt."}, rows)
    sha = present_agreement(dialogue_id=earlier.pk, by=cast.manager, at=NOW).document_sha256
    for party in (cast.employee, cast.manager):
        sign_agreement(dialogue_id=earlier.pk, document_sha256=sha, remark="", auth_method="password", by=party, at=NOW)
    dialogue = make_dialogue(cast, Stage.TALK)
    save(dialogue, cast.manager, {"summary": "Nyt."}, {str(uuid.uuid4()): ITEM for _ in range(items)})
    client = enter(cast.manager)
    client.post(url("agreement_save", dialogue))
    client.get(url("talk", dialogue))
    with django_assert_max_num_queries(14):
        client.get(url("talk", dialogue))


def save(dialogue, by, answers, items):
    save_agreement_draft(
        dialogue_id=dialogue.pk,
        typed=typed(answers, items=items),
        allowed=allowed_ids(dialogue, Purpose.AGREEMENT, "MANAGER"),
        by=by,
        at=NOW,
    )
