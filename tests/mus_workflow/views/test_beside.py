"""A sheet that two write: one's own field and the other's saved words for the same question, side by side."""

import uuid

import pytest
from bs4 import BeautifulSoup
from django.template.loader import render_to_string

from mus_workflow.actions.save_draft import save_agreement_draft
from mus_workflow.documents.merge import Typed
from mus_workflow.formbuilder.fields import field_name
from mus_workflow.formbuilder.projection import side_id
from mus_workflow.models import Purpose
from mus_workflow.stages import Stage
from mus_workflow.views.talk_context import Side, side_by_side
from tests.builders import ITEM, Cast, item_id_of, make_dialogue, qid, question, write_agreement
from tests.mus_workflow.views.forms import publish, section
from tests.mus_workflow.views.sheets import body_of, form_fields, item_name, url
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

MINE, THEIRS = "Hvad vil du?", "Hvad vil din medarbejder?"


def id_for(role):
    return side_id(qid("want"), role)


@pytest.fixture
def dialogue(cast: Cast):
    publish(
        Purpose.AGREEMENT,
        section(
            "Sammen",
            question("want", "long_text", MINE, mirrored=THEIRS, audience="BOTH", required=True),
            question("summary", "long_text", "Hvad er I enige om?", audience="AGREED"),
        ),
        section("Lederen", question("promise", "long_text", "Hvad lover du?", audience="MANAGER")),
    )
    return make_dialogue(cast, Stage.TALK)


def write(dialogue, by, answers):
    save_agreement_draft(
        dialogue_id=dialogue.pk,
        typed=Typed(request=str(uuid.uuid4()), base=10_000, answers=answers),
        allowed=set(answers),
        by=by,
        at=NOW,
    )


def soup_of(page):
    return BeautifulSoup(page.content, "html.parser")


def test_each_side_has_its_own_field_and_reads_the_other_beside_it(cast: Cast, enter, dialogue):
    write(dialogue, cast.employee, {id_for("EMPLOYEE"): "Jeg vil lære mere."})
    pair = soup_of(enter(cast.manager).get(url("talk", dialogue))).select_one(".mus-pair")
    assert [one["name"] for one in pair.select("textarea")] == [field_name(id_for("MANAGER"))]
    assert pair.select_one(".mus-question .mus-question__label").text.strip().startswith(THEIRS)
    assert pair.select_one("[data-mus-theirs] .mus-answer__text").text == "Jeg vil lære mere."
    assert cast.employee.get_full_name() in pair.select_one("[data-mus-theirs]").text
    own = soup_of(enter(cast.employee).get(url("talk", dialogue))).select_one(".mus-pair")
    assert own.select_one("textarea").text.strip() == "Jeg vil lære mere."
    assert own.select_one(".mus-question .mus-question__label").text.strip().startswith(MINE)


def test_what_both_agree_on_is_one_field(cast: Cast, enter, dialogue):
    for person in (cast.employee, cast.manager):
        page = soup_of(enter(person).get(url("talk", dialogue)))
        assert len(page.select(f"textarea[name={field_name(qid('summary'))}]")) == 1


def test_the_other_sides_own_question_is_text_in_its_place(cast: Cast, enter, dialogue):
    write(dialogue, cast.manager, {qid("promise"): "<b>To dage</b>"})
    page = soup_of(enter(cast.employee).get(url("talk", dialogue)))
    place = page.select_one(f"#{field_name(qid('promise'))}_theirs")
    assert place.find_parent("section").select_one("h2").text == "Lederen"
    assert place.select_one(".mus-answer__text").text == "<b>To dage</b>"
    assert page.select(f"[name={field_name(qid('promise'))}]") == []


def test_nobody_can_write_in_the_others_half(cast: Cast, enter, dialogue):
    write(dialogue, cast.employee, {id_for("EMPLOYEE"): "Jeg vil lære mere."})
    client = enter(cast.manager)
    sent = {**form_fields(client, url("talk", dialogue)), field_name(id_for("EMPLOYEE")): "Overskrevet"}
    client.post(url("talk", dialogue), {**sent, "action": "save"})
    assert body_of(dialogue)["answers"][id_for("EMPLOYEE")]["value"] == "Jeg vil lære mere."


def test_the_others_saved_words_come_with_the_next_question_of_the_page(cast: Cast, enter, dialogue):
    client = enter(cast.manager)
    where = f"{url('agreement_changes', dialogue)}?version=0"
    write(dialogue, cast.employee, {id_for("EMPLOYEE"): "Jeg vil lære mere."})
    told = client.get(where).json()
    assert told["regions"][field_name(id_for("EMPLOYEE"))] == "Jeg vil lære mere."
    # What is left names both sides' answers; the manager's own is still wanted.
    assert [name for name, _sentence in told["left"]] == [field_name(id_for("MANAGER"))]


def test_what_is_missing_is_named_with_links_to_the_fields_and_all_of_it_is_saved(cast: Cast, enter, dialogue):
    write_agreement(dialogue, by=cast.manager, item={**ITEM, "responsible": "", "category": ""})
    client = enter(cast.manager)
    sent = {**form_fields(client, url("talk", dialogue)), field_name(qid("promise")): "To dage"}
    page = client.post(url("talk", dialogue), {**sent, "action": "present"})
    links = [link["href"] for link in soup_of(page).select(".mus-error-summary a")]
    hexadecimal = item_id_of(dialogue).replace("-", "")
    assert links == [
        f"#{field_name(id_for('EMPLOYEE'))}_theirs",
        f"#{field_name(id_for('MANAGER'))}",
        f"#{item_name(hexadecimal, 'responsible')}",
    ]
    assert page.status_code == 422
    assert all(soup_of(page).select_one(link) for link in links)
    assert body_of(dialogue)["answers"][qid("promise")]["value"] == "To dage"
    dialogue.refresh_from_db()
    assert dialogue.stage == Stage.TALK


def test_a_text_in_dispute_is_shown_as_markup_that_works(cast: Cast, enter, dialogue):
    client = enter(cast.manager)
    sent = form_fields(client, url("talk", dialogue))
    write(dialogue, cast.employee, {qid("summary"): "Medarbejderens"})
    page = client.post(url("talk", dialogue), {**sent, field_name(qid("summary")): "Lederens", "action": "save"})
    assert page.status_code == 409
    box = soup_of(page).select_one(f"#keep_{field_name(qid('summary'))}")
    assert box.select_one("blockquote").text == "Medarbejderens"
    assert [one["value"] for one in box.select("input[type=radio]")] == ["mine", "theirs", "both"]


def document(*sections):
    return {"sections": [{"id": key, "heading": heading, "answers": answers} for key, heading, answers in sections]}


def answer(key, label, text):
    return {"id": key, "label": label, "text": text}


def test_preparations_in_one_form_stand_side_by_side_by_id_whatever_their_headings_say():
    mine = Side("Emma", is_viewer=False, document=document(("s1", "Året", [answer("a", "Hvad vil du?", "Mere")])))
    theirs = Side("Mikkel", is_viewer=True, document=document(("s1", "The year", [answer("a", "Hvad vil hun?", "Ro")])))
    (only,) = side_by_side([mine, theirs])
    (pair,) = only["pairs"]
    # The wording is the viewer's own.
    assert (only["heading"], pair["label"]) == ("The year", "Hvad vil hun?")
    assert [(side.name, one["text"]) for side, one in pair["cells"]] == [("Emma", "Mere"), ("Mikkel", "Ro")]


def test_two_forms_meet_in_sections_with_the_same_heading():
    mine = Side("Emma", is_viewer=True, document=document(("s1", "Året", [answer("a", "Gik det?", "Ja")])))
    theirs = Side(
        "Mikkel",
        is_viewer=False,
        document=document(
            ("s2", "Året", [answer("b", "Hvad roser du?", "Alt")]), ("s3", "Ros", [answer("c", "?", "!")])
        ),
    )
    year, rest = side_by_side([mine, theirs])
    assert [[part["answers"][0]["text"] for part in parts] for _side, parts in year["columns"]] == [["Ja"], ["Alt"]]
    assert [[part["heading"] for part in parts] for _side, parts in rest["columns"]] == [[], ["Ros"]]


def test_what_both_say_in_a_wheel_is_drawn_in_one_with_a_table_for_each():
    def wheel(points):
        table = {"columns": ["", "Nu"], "rows": [["At skrive", points]], "wheel": {"lowest": 1, "highest": 5}}
        return document(("s1", "Evner", [{**answer("a", "Hvad kan du?", ""), "table": table}]))

    sides = [Side("Emma", True, is_shared=True, document=wheel("4")), Side("Mikkel", False, document=wheel("2"))]
    context = {"sides": sides, "sections": side_by_side(sides)}
    soup = BeautifulSoup(render_to_string("mus_workflow/components/shared_answers.html", context), "html.parser")
    (drawn,) = soup.select("svg[role=img]")
    assert [key.text for key in soup.select(".mus-wheel__legend li")] == ["Emma: Nu", "Mikkel: Nu"]
    assert len(drawn.select(".mus-wheel__series")) == 2
    assert [cell.text for cell in soup.select("td") if cell.text] == ["4", "2"]


def test_a_wheel_alone_is_drawn_beside_its_table():
    table = {"columns": ["", "Nu"], "rows": [["At skrive", "4"]], "wheel": {"lowest": 1, "highest": 5}}
    context = {"answer": {**answer("a", "Hvad kan du?", ""), "table": table}}
    words = BeautifulSoup(render_to_string("mus_workflow/components/answer_words.html", context), "html.parser")
    assert len(words.select("svg[role=img]")) == len(words.select("table")) == 1
