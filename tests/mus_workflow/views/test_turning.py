"""A form page by page: what is in sight, where its buttons lead, what is left; and nothing typed is ever lost."""

import json
import uuid

import pytest
from bs4 import BeautifulSoup
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mus_workflow.documents.merge import plain_answers
from mus_workflow.formbuilder.fields import field_name
from mus_workflow.models import Draft, Purpose, open_sealed
from mus_workflow.stages import Stage
from mus_workflow.views.preparation_page import share_name
from tests.builders import Cast, make_dialogue, qid, question
from tests.mus_workflow.views.forms import publish, section
from tests.mus_workflow.views.sheets import form_fields

pytestmark = pytest.mark.django_db

DOG = {"question": qid("pet"), "op": "equals", "value": "yes"}


def q(name):
    return field_name(qid(name))


def three_sections(layout):
    publish(
        Purpose.EMPLOYEE_PREPARATION,
        section("Året", question("year", "long_text", "Hvordan gik året?", required=True)),
        section("Hjemme", question("pet", "yes_no", "Har du hund?")),
        section("Hunden", question("dog", "short_text", "Hvad hedder den?", condition=DOG)),
        section("Ønsker", question("wish", "long_text", "Hvad ønsker du?"), question("why", "long_text", "Hvorfor?")),
        layout=layout,
    )


def address(dialogue, name="preparation_edit", part=None):
    path = reverse(f"mus_workflow:{name}", args=[dialogue.pk])
    return f"{path}?part={part}" if part else path


def soup_of(page):
    return BeautifulSoup(page.content, "html.parser")


def in_sight(page):
    """The names of the controls that are neither on another page nor hidden by a condition."""
    boxes = soup_of(page).select("form.mus-form [data-question]")
    shown = [
        box for box in boxes if not any("data-mus-off" in up.attrs or "hidden" in up.attrs for up in with_parents(box))
    ]
    return [box.select_one("[name^=q_]")["name"] for box in shown]


def with_parents(box):
    return [box, *box.parents]


def answers_of(dialogue, user):
    return plain_answers(open_sealed(Draft.objects.get(dialogue=dialogue, participant__user=user).envelope) or {})


@pytest.fixture
def by_section(cast: Cast):
    three_sections("SECTIONS")
    return make_dialogue(cast, Stage.PREPARING)


@pytest.fixture
def by_question(cast: Cast):
    three_sections("QUESTIONS")
    return make_dialogue(cast, Stage.PREPARING)


def test_one_section_is_in_sight_and_all_of_the_form_is_sent(cast: Cast, enter, by_section):
    page = enter(cast.employee).get(address(by_section, part=4))
    assert in_sight(page) == [q("wish"), q("why")]
    assert {q("year"), q("wish"), q("why")} <= set(form_fields(None, page))


def test_one_question_is_in_sight(cast: Cast, enter, by_question):
    client = enter(cast.employee)
    assert in_sight(client.get(address(by_question))) == [q("year")]
    assert in_sight(client.get(address(by_question, part=5))) == [q("why")]


@pytest.mark.parametrize("part", ["0", "99", "²", "x", "-1", ""])
def test_an_address_that_names_no_page_shows_one_all_the_same(cast: Cast, enter, by_section, part):
    assert in_sight(enter(cast.employee).get(f"{address(by_section)}?part={part}"))


def test_next_saves_everything_and_passes_over_a_page_without_questions(cast: Cast, enter, by_section):
    client = enter(cast.employee)
    sent = {**form_fields(client, address(by_section, part=2)), q("year"): "Godt", q("wish"): "Mere"}
    answer = client.post(address(by_section, part=2), {**sent, "go": "next"})
    assert answer.url == address(by_section, part=4)
    assert answers_of(by_section, cast.employee) == {qid("year"): "Godt", qid("wish"): "Mere"}


def test_next_follows_the_answer_that_was_sent_with_it(cast: Cast, enter, by_section):
    client = enter(cast.employee)
    sent = {**form_fields(client, address(by_section, part=2)), q("pet"): "yes", "go": "next"}
    answer = client.post(address(by_section, part=2), sent)
    assert answer.url == address(by_section, part=3)
    assert in_sight(client.get(answer.url)) == [q("dog")]


@pytest.mark.parametrize(
    ("part", "go", "there"),
    [(4, "back", "2"), (1, "back", "1"), (4, "next", "4"), (1, "4", "4"), (1, "3", "4"), (4, "nonsense", "1")],
)
def test_where_a_button_leads(cast: Cast, enter, by_section, part, go, there):
    client = enter(cast.employee)
    sent = form_fields(client, address(by_section, part=part))
    assert client.post(address(by_section), {**sent, "go": go}).url == address(by_section, part=there)


def test_what_is_left_leads_to_the_page_of_the_question(cast: Cast, enter, by_section):
    client = enter(cast.employee)
    page = client.get(address(by_section, part=4))
    (button,) = soup_of(page).select("[data-mus-left-list] button")
    assert "Hvordan gik året?" in button.text
    answer = client.post(address(by_section), {**form_fields(None, page), "go": button["value"], q("why"): "Derfor"})
    assert answer.url == f"{address(by_section, part=1)}#{q('year')}"
    assert answers_of(by_section, cast.employee)[qid("why")] == "Derfor"


def test_saving_stays_on_the_page(cast: Cast, enter, by_section):
    client = enter(cast.employee)
    sent = {**form_fields(client, address(by_section, part=4)), "action": "save"}
    assert client.post(address(by_section), sent).url == address(by_section, part=4)


def test_a_page_that_is_sent_back_shows_all_of_the_form(cast: Cast, enter, by_section):
    client = enter(cast.employee)
    sent = {**form_fields(client, address(by_section, part=4)), q("year"): "x" * 30_000, "go": "next"}
    page = client.post(address(by_section), sent)
    assert page.status_code == 422
    assert in_sight(page) == [q("year"), q("pet"), q("wish"), q("why")]
    assert page.content.decode().count("x" * 30_000) == 1


def test_only_the_last_page_has_the_button_that_ends_the_form(cast: Cast, enter, by_section):
    client = enter(cast.employee)

    def buttons(part):
        page = soup_of(client.get(address(by_section, part=part)))
        return [one.get("value") for one in page.select(".mus-form__actions button") if "hidden" not in one.attrs]

    assert buttons(1) == ["next", "save"]
    assert buttons(2) == ["back", "next", "save"]
    assert buttons(4) == ["back", "share", "save"]


def test_sections_say_how_much_of_what_is_asked_is_answered(cast: Cast, enter, by_section):
    client = enter(cast.employee)
    sent = {**form_fields(client, address(by_section)), q("wish"): "Mere", q("pet"): "no"}
    client.post(address(by_section), sent)
    rows = {row.find("span").text: row for row in soup_of(client.get(address(by_section))).select("[data-mus-entry]")}
    told = {name: [int(word) for word in row.text.split() if word.isdigit()] for name, row in rows.items()}
    # A question that a condition hides is not asked, so its section tells nothing.
    assert told == {"Året": [0, 1], "Hjemme": [1, 1], "Hunden": [], "Ønsker": [1, 2]}


def test_a_save_by_the_script_tells_what_the_page_would_say(cast: Cast, enter, by_section):
    client = enter(cast.employee)
    body = {"request": str(uuid.uuid4()), "version": 0, "answers": {qid("wish"): "Mere"}, "shared": {}}
    where = reverse("mus_workflow:preparation_autosave", args=[by_section.pk])
    told = client.post(where, json.dumps(body), content_type="application/json", headers={"accept": "application/json"})
    page = soup_of(client.get(address(by_section)))
    shown = {row["data-mus-entry"]: row.select_one("[data-mus-done]").text for row in page.select("[data-mus-entry]")}
    assert told.json()["progress"] == {key: words for key, words in shown.items() if words}
    assert [[one["value"], one.text] for one in page.select("[data-mus-left-list] button")] == told.json()["left"]


def test_what_is_always_shared_has_no_switch_and_no_post_changes_that(cast: Cast, enter):
    publish(
        Purpose.EMPLOYEE_PREPARATION,
        section(
            "Året",
            question("year", "long_text", "Hvordan gik året?", sharing="ALWAYS"),
            question("wish", "long_text", "Hvad ønsker du?", sharing="PRIVATE"),
        ),
    )
    dialogue = make_dialogue(cast, Stage.PREPARING)
    client = enter(cast.employee)
    page = client.get(address(dialogue))
    names = [one["name"] for one in soup_of(page).select("input[role=switch]")]
    assert names == [share_name(qid("wish"))]
    typed = {q("year"): "Godt", q("wish"): "Mere", share_name(qid("year")): "off"}
    client.post(address(dialogue), {**form_fields(None, page), **typed})
    assert qid("year") not in open_sealed(Draft.objects.get(participant__user=cast.employee).envelope)["sharing"]
    shown = client.get(address(dialogue, "preparation_share"))
    assert [one["name"] for one in soup_of(shown).select("input[role=switch]")] == [share_name(qid("wish"))]
    assert client.post(address(dialogue, "preparation_share"), {**form_fields(None, shown), "action": "share"}).url
    read = enter(cast.manager).get(address(dialogue, "talk")).content.decode()
    assert ("Godt" in read, "Mere" in read) == (True, False)


def test_a_page_with_five_hundred_questions_is_shown_and_saved_with_as_many_queries_as_a_short_one(cast: Cast, enter):
    rows = [question(f"n{number}", "long_text", f"Spørgsmål {number}?") for number in range(500)]
    publish(Purpose.EMPLOYEE_PREPARATION, section("Alt", *rows))
    long = make_dialogue(cast, Stage.PREPARING)
    client = enter(cast.employee)
    page = client.get(address(long))
    assert len(in_sight(page)) == 500
    typed = {q(f"n{number}"): f"Svar {number}" for number in range(500)}
    with CaptureQueriesContext(
        connection,
    ) as saving:
        assert client.post(address(long), {**form_fields(None, page), **typed}).status_code == 302
    with CaptureQueriesContext(connection) as showing:
        client.get(address(long))
    assert answers_of(long, cast.employee) == {qid(f"n{number}"): f"Svar {number}" for number in range(500)}
    assert (len(showing) <= 10, len(saving) <= 14) == (True, True)
