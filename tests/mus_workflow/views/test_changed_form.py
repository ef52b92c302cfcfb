"""Pages whose form has changed: what is told once, what is asked again, and that nothing typed is lost."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mus_workflow.documents.merge import plain_answers
from mus_workflow.documents.moves import standing_answers, unconfirmed_ids
from mus_workflow.formbuilder.fields import field_name
from mus_workflow.models import Draft, DraftKind, Purpose, open_sealed
from mus_workflow.stages import Stage
from mus_workflow.views.changed_form import confirm_name
from tests.builders import Cast, make_dialogue, qid
from tests.republishing import drop, key, republish, reword, row

pytestmark = pytest.mark.django_db

EMPLOYEE = Purpose.EMPLOYEE_PREPARATION
OTHER_WORDS = "Hvem har hjulpet dig mest?"


@pytest.fixture
def dialogue(cast: Cast):
    return make_dialogue(cast, Stage.PREPARING)


@pytest.fixture
def client(cast: Cast, enter):
    return enter(cast.employee)


def of(name: str, dialogue) -> str:
    return reverse(f"mus_workflow:{name}", args=[dialogue.pk])


def q(name: str) -> str:
    return field_name(qid(name))


def soup(response) -> BeautifulSoup:
    return BeautifulSoup(response.content, "html.parser")


def fields_in(page) -> dict[str, str]:
    """What a browser would post from the page's form."""
    form = soup(page).select_one("main form.mus-form")
    values = {box["name"]: box.get("value", "") for box in form.select("input[type=hidden], input[type=text]")}
    values |= {box["name"]: box.text.removeprefix("\n") for box in form.select("textarea")}
    return values | {box["name"]: box.get("value", "on") for box in form.select("input[checked]")}


def autosave(client, dialogue, page, **body: Any):
    form = soup(page).select_one("main form[data-mus-autosave]")
    empty = {"answers": {}, "shared": {}, "confirmed": {}, "items": {}}
    start = {"request": str(uuid.uuid4()), "version": int(form["data-mus-version"]), "form": form["data-mus-form"]}
    return client.post(
        form["data-mus-autosave"],
        json.dumps({**empty, **start, **body}),
        content_type="application/json",
        headers={"accept": "application/json"},
    )


def body_of(dialogue, user) -> dict[str, Any]:
    return open_sealed(Draft.objects.get(dialogue=dialogue, participant__user=user).envelope)


def meaning_changes() -> None:
    republish(EMPLOYEE, reword("year", OTHER_WORDS), {key("MEANING", "year"): "CONFIRM"})


def question_goes() -> None:
    republish(EMPLOYEE, drop("well_being"), {key("REMOVED", "well_being"): "MOVE"})


def text_of(page) -> str:
    return " ".join(soup(page).select_one("main").get_text(" ").split())


def test_what_changed_is_told_once_and_asked_at_the_question(client, dialogue) -> None:
    autosave(client, dialogue, client.get(of("preparation_edit", dialogue)), answers={qid("year"): "Godt"})
    meaning_changes()
    page = client.get(of("preparation_edit", dialogue))
    assert [str(one) for one in page.context["messages"]] == ["1 spørgsmål er ændret, siden du sidst skrev her."]
    box = soup(page).select_one(".mus-changed")
    assert "Hvad lykkedes i år?" in box.get_text()
    assert box.select_one("input[type=checkbox]")["name"] == confirm_name(qid("year"))
    assert OTHER_WORDS in text_of(page)
    again = client.get(of("preparation_edit", dialogue))
    assert not list(again.context["messages"])
    assert soup(again).select_one(".mus-changed")


def test_one_who_had_written_nothing_is_told_nothing(client, dialogue) -> None:
    client.get(of("preparation_edit", dialogue))
    meaning_changes()
    page = client.get(of("preparation_edit", dialogue))
    assert not list(page.context["messages"])
    assert not soup(page).select_one(".mus-changed")
    assert OTHER_WORDS in text_of(page)


def test_an_answer_is_confirmed_without_a_script(client, cast, dialogue) -> None:
    autosave(client, dialogue, client.get(of("preparation_edit", dialogue)), answers={qid("year"): "Godt"})
    meaning_changes()
    sent = fields_in(client.get(of("preparation_edit", dialogue)))
    client.post(of("preparation_edit", dialogue), sent)
    assert unconfirmed_ids(body_of(dialogue, cast.employee)) == {qid("year")}
    client.post(of("preparation_edit", dialogue), {**sent, confirm_name(qid("year")): "on"})
    assert unconfirmed_ids(body_of(dialogue, cast.employee)) == set()
    assert not soup(client.get(of("preparation_edit", dialogue))).select_one(".mus-changed")


def test_an_answer_is_confirmed_by_a_script(client, cast, dialogue) -> None:
    autosave(client, dialogue, client.get(of("preparation_edit", dialogue)), answers={qid("year"): "Godt"})
    meaning_changes()
    page = client.get(of("preparation_edit", dialogue))
    answer = autosave(client, dialogue, page, confirmed={qid("year"): True})
    assert answer.json()["saved"] == [qid("year")]
    assert standing_answers(body_of(dialogue, cast.employee)) == {qid("year"): "Godt"}
    assert autosave(client, dialogue, page, confirmed={qid("praise"): True}).status_code == 400


def test_what_is_not_confirmed_is_named_where_it_would_have_been_shared(client, dialogue) -> None:
    page = client.get(of("preparation_edit", dialogue))
    autosave(client, dialogue, page, answers={qid("year"): "Godt", qid("workload"): "3"})
    meaning_changes()
    client.get(of("preparation_edit", dialogue))
    sharing = client.get(of("preparation_share", dialogue))
    assert "Disse svar deles ikke endnu" in text_of(sharing)
    assert OTHER_WORDS in text_of(sharing)
    assert "Godt" not in text_of(sharing)


def test_a_page_that_was_open_during_the_move_loses_nothing(client, cast, dialogue) -> None:
    page = client.get(of("preparation_edit", dialogue))
    question_goes()
    client.get(of("preparation_edit", dialogue))
    answer = autosave(client, dialogue, page, answers={qid("well_being"): "Jeg er træt"})
    assert (answer.status_code, answer.json()["saved"]) == (200, [qid("well_being")])
    shown = text_of(client.get(of("preparation_edit", dialogue)))
    assert "Spørges der ikke længere om" in shown
    assert "Jeg er træt" in shown
    assert "Kun du kan læse det." in shown
    assert autosave(client, dialogue, page, form="999999", answers={qid("well_being"): "x"}).status_code == 400


def test_two_old_windows_still_hear_of_each_other(client, dialogue) -> None:
    page = client.get(of("preparation_edit", dialogue))
    question_goes()
    client.get(of("preparation_edit", dialogue))
    autosave(client, dialogue, page, answers={qid("well_being"): "Den ene"})
    answer = autosave(client, dialogue, page, answers={qid("well_being"): "Den anden"})
    assert answer.status_code == 409
    assert answer.json()["conflicts"][0]["theirs"] == "Den ene"


def test_an_old_page_that_cannot_be_taken_comes_back_with_the_questions_it_had(client, cast, dialogue) -> None:
    sent = fields_in(client.get(of("preparation_edit", dialogue)))
    question_goes()
    client.get(of("preparation_edit", dialogue))
    page = client.post(of("preparation_edit", dialogue), {**sent, q("well_being"): "Træt", q("workload"): "9"})
    assert page.status_code == 422
    assert "Hvordan trives du?" in text_of(page)
    fixed = {**fields_in(page), q("workload"): "3"}
    assert client.post(of("preparation_edit", dialogue), fixed).status_code == 302
    assert plain_answers(body_of(dialogue, cast.employee)) == {qid("well_being"): "Træt", qid("workload"): 3}


def test_text_parked_from_an_old_page_comes_back_to_its_questions(cast, enter, dialogue) -> None:
    client = enter(cast.employee)
    sent = fields_in(client.get(of("preparation_edit", dialogue)))
    question_goes()
    enter(cast.employee).get(of("preparation_edit", dialogue))
    client.logout()
    client.post(of("preparation_edit", dialogue), {**sent, q("well_being"): "Jeg er træt"})
    parked = client.post(of("preparation_edit", dialogue), {**sent, q("well_being"): "Jeg er træt"}).url
    client.force_login(cast.employee)
    address = parked.partition("next=")[2].replace("%2F", "/").replace("%3F", "?").replace("%3D", "=")
    page = client.get(address)
    assert soup(page).select_one(f"[name={q('well_being')}]").text.strip() == "Jeg er træt"


def test_what_cannot_be_answered_any_more_is_shown_and_not_offered(client, cast, dialogue) -> None:
    autosave(client, dialogue, client.get(of("preparation_edit", dialogue)), answers={qid("workload"): "5"})
    republish(EMPLOYEE, lambda rows: row(rows, "workload").update(max=4), {key("MEANING", "workload"): "CONFIRM"})
    box = soup(client.get(of("preparation_edit", dialogue))).select_one(".mus-changed")
    assert not box.select("input")
    assert "5" in box.select_one("blockquote").get_text()


def test_a_closed_preparation_shows_what_is_no_longer_asked(client, cast, dialogue) -> None:
    autosave(client, dialogue, client.get(of("preparation_edit", dialogue)), answers={qid("well_being"): "Jeg er træt"})
    question_goes()
    client.get(of("preparation_edit", dialogue))
    dialogue.stage = Stage.CLOSED
    dialogue.save()
    assert "Jeg er træt" in text_of(client.get(of("preparation_edit", dialogue)))


def test_the_page_takes_no_query_more_for_knowing_that_it_stays(client, dialogue) -> None:
    def queries() -> int:
        client.get(of("preparation_edit", dialogue))
        with CaptureQueriesContext(connection) as captured:
            client.get(of("preparation_edit", dialogue))
        return len(captured)

    autosave(client, dialogue, client.get(of("preparation_edit", dialogue)), answers={qid("course"): "yes"})
    before = queries()
    republish(EMPLOYEE, reword("year", OTHER_WORDS), {})
    assert queries() == before
    meaning_changes()
    assert queries() == before


class TestTogether:
    @pytest.fixture
    def dialogue(self, cast: Cast):
        return make_dialogue(cast, Stage.TALK)

    def changes(self) -> None:
        republish(
            Purpose.AGREEMENT,
            lambda rows: (reword("summary", "Hvem gør hvad?")(rows), drop("employee_says")(rows)),
            {key("MEANING", "summary"): "CONFIRM", key("REMOVED", "employee_says"): "MOVE"},
        )

    def test_the_sheet_moves_for_both_and_old_pages_still_save(self, cast, enter, dialogue) -> None:
        employee, manager = enter(cast.employee), enter(cast.manager)
        old = employee.get(of("talk", dialogue))
        autosave(employee, dialogue, old, answers={qid("summary"): "Enige", qid("employee_says"): "Før"})
        self.changes()
        shown = manager.get(of("talk", dialogue))
        assert soup(shown).select_one(".mus-changed")
        assert "Før" in text_of(shown)
        assert "Spørges der ikke længere om" in text_of(shown)
        assert "Kun du kan læse det." not in text_of(shown)
        later = autosave(employee, dialogue, old, version=1, answers={qid("employee_says"): "Efter"})
        assert later.status_code == 200
        assert "Efter" in text_of(manager.get(of("talk", dialogue)))
        sent = {**fields_in(old), q("employee_says"): "Uden script", "version": "99"}
        assert employee.post(of("talk", dialogue), {**sent, "action": "save"}).status_code == 302
        assert "Uden script" in text_of(manager.get(of("talk", dialogue)))

    def test_one_of_them_says_that_the_answer_stands(self, cast, enter, dialogue) -> None:
        manager = enter(cast.manager)
        autosave(manager, dialogue, manager.get(of("talk", dialogue)), answers={qid("summary"): "Enige"})
        self.changes()
        page = manager.get(of("talk", dialogue))
        assert autosave(manager, dialogue, page, confirmed={qid("summary"): True}).status_code == 200
        draft = Draft.objects.get(dialogue=dialogue, kind=DraftKind.AGREEMENT)
        assert standing_answers(open_sealed(draft.envelope)) == {qid("summary"): "Enige"}
        sent = {**fields_in(manager.get(of("talk", dialogue))), "action": "present"}
        assert manager.post(of("talk", dialogue), sent).status_code == 302
