"""Write, share and take back a preparation."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from mus_workflow.actions.hold_talk import hold_talk
from mus_workflow.actions.share_preparation import share_preparation
from mus_workflow.actions.write_revision import present_agreement
from mus_workflow.documents.merge import plain_answers
from mus_workflow.formbuilder.fields import field_name
from mus_workflow.models import Draft, SharedPreparation, open_sealed
from mus_workflow.stages import Stage
from mus_workflow.views.preparation_page import share_name
from tests.builders import Cast, make_dialogue, prepare_and_share, qid, write_agreement
from tests.mus_workflow.views.reading import says, without_tokens
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


def of(name, dialogue):
    return reverse(f"mus_workflow:{name}", args=[dialogue.pk])


def q(name):
    return field_name(qid(name))


def share(name):
    return share_name(qid(name))


def draft_of(dialogue, user):
    return Draft.objects.get(dialogue=dialogue, participant__user=user)


def answers_of(dialogue, user):
    return plain_answers(open_sealed(draft_of(dialogue, user).envelope) or {})


def fields_in(page):
    """What a browser would post from the page's form, hidden fields too."""
    form = BeautifulSoup(page.content, "html.parser").select_one("main form.mus-form")
    values = {box["name"]: box.get("value", "") for box in form.select("input[type=hidden], input[type=text]")}
    values |= {box["name"]: box.text.removeprefix("\n") for box in form.select("textarea")}
    return values | {box["name"]: box.get("value", "on") for box in form.select("input[checked]")}


@pytest.fixture
def dialogue(cast: Cast):
    return make_dialogue(cast, Stage.PREPARING)


def test_the_form_asks_what_is_this_persons_to_answer(cast: Cast, enter, dialogue):
    mine = enter(cast.employee).get(of("preparation_edit", dialogue)).content.decode()
    theirs = enter(cast.manager).get(of("preparation_edit", dialogue)).content.decode()
    assert q("year") in mine
    assert q("praise") not in mine
    assert q("praise") in theirs
    assert q("year") not in theirs


def test_saving_without_a_script_keeps_answers_and_choices(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    page = client.get(of("preparation_edit", dialogue))
    sent = {**fields_in(page), q("year"): "Et godt år", q("workload"): "4", share("year"): "on"}
    sent.pop(share("workload"))
    assert client.post(of("preparation_edit", dialogue), sent).url == of("preparation_edit", dialogue)
    assert answers_of(dialogue, cast.employee) == {qid("year"): "Et godt år", qid("workload"): 4}
    again = fields_in(client.get(of("preparation_edit", dialogue)))
    assert (again[q("year")], again[q("workload")], again[share("year")]) == ("Et godt år", "4", "on")
    assert share("workload") not in again
    assert share("well_being") not in again


def test_a_question_is_private_where_the_form_suggests_it(cast: Cast, enter, dialogue):
    fields = fields_in(enter(cast.employee).get(of("preparation_edit", dialogue)))
    assert share("year") in fields
    assert share("well_being") not in fields


def test_see_and_share_saves_and_goes_on(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    sent = {**fields_in(client.get(of("preparation_edit", dialogue))), q("year"): "Godt", "action": "share"}
    assert client.post(of("preparation_edit", dialogue), sent).url == of("preparation_share", dialogue)
    assert answers_of(dialogue, cast.employee)[qid("year")] == "Godt"


def test_what_is_valid_is_saved_and_the_rest_is_shown_with_its_error(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    sent = {
        **fields_in(client.get(of("preparation_edit", dialogue))),
        q("year"): "Godt",
        q("which_course"): "x" * 30_000,
    }
    page = client.post(of("preparation_edit", dialogue), {**sent, q("workload"): "9"})
    assert page.status_code == 422
    assert answers_of(dialogue, cast.employee) == {qid("year"): "Godt"}
    text = page.content.decode()
    assert "x" * 30_000 in text
    assert f'href="#{q("which_course")}"' in text
    assert f'id="{q("workload")}-error"' in text


def test_two_windows_merge_what_does_not_collide(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    first = fields_in(client.get(of("preparation_edit", dialogue)))
    client.post(of("preparation_edit", dialogue), {**first, q("year"): "Fra det ene vindue"})
    page = client.post(of("preparation_edit", dialogue), {**first, "request": "two", q("well_being"): "Fra det andet"})
    assert page.status_code == 302
    assert answers_of(dialogue, cast.employee) == {
        qid("year"): "Fra det ene vindue",
        qid("well_being"): "Fra det andet",
    }


def test_a_collision_shows_both_texts_and_loses_neither(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    first = fields_in(client.get(of("preparation_edit", dialogue)))
    client.post(of("preparation_edit", dialogue), {**first, q("year"): "Det ene"})
    page = client.post(of("preparation_edit", dialogue), {**first, "request": "two", q("year"): "Det andet"})
    assert page.status_code == 409
    assert answers_of(dialogue, cast.employee)[qid("year")] == "Det ene"
    shown = fields_in(page)
    assert shown[q("year")] == "Det andet"
    assert "<blockquote>Det ene</blockquote>" in page.content.decode()
    client.post(of("preparation_edit", dialogue), {**shown, "request": "three"})
    assert answers_of(dialogue, cast.employee)[qid("year")] == "Det andet"


def test_a_form_without_its_version_overwrites_nothing(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    client.post(of("preparation_edit", dialogue), {q("year"): "Det første"})
    assert client.post(of("preparation_edit", dialogue), {q("year"): "Blindt"}).status_code == 409
    assert answers_of(dialogue, cast.employee)[qid("year")] == "Det første"


def test_last_years_open_items_and_the_policy_on_pay_stand_beside_the_form(cast: Cast, enter):
    make_dialogue(cast, at=NOW - timedelta(days=90))
    dialogue = make_dialogue(cast, Stage.PREPARING)
    page = enter(cast.employee).get(of("preparation_edit", dialogue))
    assert "Kursus i formidling" in page.content.decode()
    assert page.context["items"][0].words["measure"] == "Et arrangement er holdt"


def test_what_was_written_is_read_only_once_the_agreement_is_presented(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.SIGN_OFF)
    page = enter(cast.employee).get(of("preparation_edit", dialogue))
    text = page.content.decode()
    assert "Jeg er træt om fredagen." in text
    assert "<textarea" not in text


def test_writing_too_late_is_refused_and_the_text_comes_back(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    sent = {**fields_in(client.get(of("preparation_edit", dialogue))), q("year"): "For sent, men ikke tabt"}
    hold_talk(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    write_agreement(dialogue, by=cast.manager)
    present_agreement(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    page = client.post(of("preparation_edit", dialogue), sent, follow=True)
    assert says(page, "Preparation is open from the invitation until the agreement is presented for signing.")
    assert "For sent, men ikke tabt" in page.content.decode()


@pytest.mark.parametrize("who", ["other_manager", "former_manager", "delegate", "hr", "editor", "auditor", "admin"])
@pytest.mark.parametrize(
    "name", ["preparation_edit", "preparation_autosave", "preparation_share", "preparation_withdraw"]
)
def test_there_is_nothing_to_see_or_do_for_anybody_else(cast: Cast, enter, dialogue, who, name):
    client = enter(getattr(cast, who))
    assert client.post(of(name, dialogue), {q("year"): "x"}).status_code == 404
    assert client.get(of("preparation_edit", dialogue)).status_code == 404
    assert client.get(of("preparation_share", dialogue)).status_code == 404


def test_nobody_reaches_anothers_preparation_not_even_the_other_party(cast: Cast, enter, dialogue):
    prepare_and_share(dialogue, cast)
    text = enter(cast.manager).get(of("preparation_edit", dialogue)).content.decode()
    assert "Jeg er træt om fredagen." not in text
    assert "Et godt år med mange besøg." not in text


def test_the_page_before_sharing_shows_what_will_be_read_and_what_stays(cast: Cast, enter, dialogue):
    prepare_and_share(dialogue, cast)
    page = enter(cast.employee).get(of("preparation_share", dialogue))
    shared = [answer["text"] for section in page.context["sections"] for answer in section["answers"]]
    kept = [answer["text"] for section in page.context["kept_sections"] for answer in section["answers"]]
    assert shared == ["Et godt år med mange besøg.", "3 (1 – 5)"]
    assert kept == ["Jeg er træt om fredagen."]


def test_what_is_chosen_on_the_page_is_what_is_shared(cast: Cast, enter, dialogue):
    prepare_and_share(dialogue, cast)
    client = enter(cast.employee)
    sent = fields_in(client.get(of("preparation_share", dialogue)))
    listed = [qid("year"), qid("workload"), qid("well_being")]
    sent = {**sent, "listed": listed, share("well_being"): "on", "action": "share"}
    sent.pop(share("year"))
    assert client.post(of("preparation_share", dialogue), sent).url == of("dialogue_detail", dialogue)
    copy = open_sealed(SharedPreparation.objects.get(preparation__participant__user=cast.employee).document)
    texts = [answer["text"] for section in copy["sections"] for answer in section["answers"]]
    assert texts == ["Jeg er træt om fredagen.", "3 (1 – 5)"]


def test_looking_again_changes_the_choice_and_shares_nothing(cast: Cast, enter, dialogue):
    prepare_and_share(dialogue, cast)
    client = enter(cast.employee)
    sent = {**fields_in(client.get(of("preparation_share", dialogue))), "listed": [qid("year")], "action": "look"}
    sent.pop(share("year"))
    page = client.post(of("preparation_share", dialogue), sent, follow=True)
    kept = [answer["id"] for section in page.context["kept_sections"] for answer in section["answers"]]
    assert kept == [qid("year"), qid("well_being")]
    assert SharedPreparation.objects.get(preparation__participant__user=cast.employee).revision == 1


def test_text_that_changed_since_the_page_was_shown_is_not_shared_unseen(cast: Cast, enter, dialogue):
    prepare_and_share(dialogue, cast)
    client = enter(cast.employee)
    sent = {**fields_in(client.get(of("preparation_share", dialogue))), "listed": [qid("year")], "action": "share"}
    form = fields_in(client.get(of("preparation_edit", dialogue)))
    client.post(of("preparation_edit", dialogue), {**form, q("year"): "Noget helt andet"})
    page = client.post(of("preparation_share", dialogue), sent, follow=True)
    assert says(page, "Your text has changed since this page was shown. Look once more before you share.")
    assert SharedPreparation.objects.get(preparation__participant__user=cast.employee).revision == 1


def test_sharing_nothing_is_refused_with_the_reason(cast: Cast, enter, dialogue):
    prepare_and_share(dialogue, cast)
    client = enter(cast.employee)
    sent = fields_in(client.get(of("preparation_share", dialogue)))
    sent = {name: value for name, value in sent.items() if not name.startswith("share_")}
    listed = [qid("year"), qid("workload"), qid("well_being")]
    page = client.post(of("preparation_share", dialogue), {**sent, "listed": listed, "action": "share"}, follow=True)
    assert says(page, "Choose at least one answer to share.")


def test_an_answer_that_gives_away_a_private_one_is_pointed_out(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    form = fields_in(client.get(of("preparation_edit", dialogue)))
    form.pop(share("course"))
    client.post(of("preparation_edit", dialogue), {**form, q("course"): "yes", q("which_course"): "Retorik"})
    page = client.get(of("preparation_share", dialogue))
    assert page.context["given_away"] == [("Hvilket kursus?", "Ønsker du et kursus?")]


def test_taking_back_ends_the_others_sight(cast: Cast, enter, dialogue):
    prepare_and_share(dialogue, cast)
    manager = enter(cast.manager)
    assert "Et godt år med mange besøg." in manager.get(of("talk", dialogue)).content.decode()
    assert enter(cast.employee).post(of("preparation_withdraw", dialogue)).url == of("preparation_edit", dialogue)
    assert "Et godt år med mange besøg." not in manager.get(of("talk", dialogue)).content.decode()


def test_an_edit_after_sharing_stays_private(cast: Cast, enter, dialogue):
    prepare_and_share(dialogue, cast)
    manager, client = enter(cast.manager), enter(cast.employee)
    manager.get(of("talk", dialogue))
    before = without_tokens(manager.get(of("talk", dialogue)))
    form = fields_in(client.get(of("preparation_edit", dialogue)))
    client.post(of("preparation_edit", dialogue), {**form, q("year"): "Et helt andet år"})
    assert without_tokens(manager.get(of("talk", dialogue))) == before


def test_who_can_read_this_is_said_for_each_state(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    client.post(of("preparation_edit", dialogue), {q("year"): "Godt", "version": "0"})
    before = client.get(of("preparation_edit", dialogue))
    share_preparation(dialogue_id=dialogue.pk, chosen=[qid("year")], by=cast.employee, at=NOW)
    after = client.get(of("preparation_edit", dialogue))
    assert before.context["shared_at"] is None
    assert after.context["shared_at"] == NOW


def test_the_page_takes_few_queries(cast: Cast, enter, django_assert_max_num_queries):
    make_dialogue(cast, at=NOW - timedelta(days=90))
    dialogue = make_dialogue(cast, Stage.PREPARING)
    prepare_and_share(dialogue, cast)
    client = enter(cast.employee)
    client.get(of("preparation_edit", dialogue))
    with django_assert_max_num_queries(6):
        client.get(of("preparation_edit", dialogue))


def test_nothing_of_the_page_is_inline(cast: Cast, enter, dialogue):
    text = enter(cast.employee).get(of("preparation_edit", dialogue)).content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=", text)
