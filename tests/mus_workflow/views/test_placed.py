"""What a form shows in its place and nobody answers, on the pages of a dialogue."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.utils import translation

from mus_workflow.actions.amend_agreement import amend_agreement
from mus_workflow.actions.publish_concept import publish_concept
from mus_workflow.actions.publish_form import publish_form
from mus_workflow.actions.save_draft import save_agreement_draft
from mus_workflow.actions.share_preparation import share_preparation
from mus_workflow.actions.write_revision import save_revision
from mus_workflow.documents.merge import plain_answers
from mus_workflow.models import (
    Concept,
    Draft,
    DraftKind,
    FormDefinition,
    Purpose,
    Reading,
    ReadingPurpose,
    SharedPreparation,
    open_sealed,
)
from mus_workflow.models.fact_choices import agreement_questions
from mus_workflow.stages import Stage
from tests.builders import (
    Cast,
    allowed_ids,
    change_manager,
    item_id_of,
    make_dialogue,
    prepare_and_share,
    qid,
    question,
    typed,
    write_agreement,
)
from tests.mus_workflow.views.forms import publish, section
from tests.mus_workflow.views.sheets import SUMMARY, body_of, filled_in, item_name, url
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db
LONG_AGO = NOW - timedelta(days=20)
KNOWN = [
    question("person", "prefill", "Hvem", source="PERSON"),
    question("work", "prefill", "Hvor", source="EMPLOYMENT"),
    question("boss", "prefill", "Leder", source="MANAGER"),
    question("then", "prefill", "Sidst", source="LAST_ANSWER", question=qid("summary")),
    question("then_items", "prefill", "Punkter", source="LAST_ITEMS"),
]


def add_to(purpose, *rows):
    """Put further questions at the end of a form, and let the dialogues that are planned from now on have them."""
    form = FormDefinition.objects.get(purpose=purpose)
    body = form.body.get_prep_value()
    body[0]["value"]["questions"] += rows
    form.body = form._meta.get_field("body").to_python(body)
    form.save()
    publish_form(form=form, by=None, at=NOW - timedelta(days=1))
    publish_concept(concept=Concept.objects.get(), by=None, at=NOW - timedelta(days=1))


@pytest.fixture
def earlier(cast: Cast):
    """A dialogue of last time, with its agreement signed by both and an item that is still open."""
    return make_dialogue(cast, Stage.CLOSED, at=LONG_AGO)


def shown(client, name, dialogue):
    """The page, as soup."""
    return BeautifulSoup(client.get(url(name, dialogue)).content, "html.parser")


def in_danish(sentence):
    with translation.override("da"):
        return translation.gettext(sentence)


def box(page, name):
    return page.find(attrs={"data-question": qid(name)})


def test_last_time_s_items_stand_in_the_form_where_it_has_a_place_for_them(cast: Cast, enter, earlier):
    add_to(Purpose.EMPLOYEE_PREPARATION, question("carried", "carried_items", "Fra sidst"))
    dialogue = make_dialogue(cast, Stage.PREPARING)
    page = shown(enter(cast.employee), "preparation_edit", dialogue)
    [place] = page.select("#last-time-heading")
    assert place.find_parent(attrs={"data-type": True})["data-type"] == "carried_items"


def test_a_place_with_nothing_in_it_says_so(cast: Cast, enter):
    add_to(Purpose.EMPLOYEE_PREPARATION, question("carried", "carried_items", "Fra sidst"))
    dialogue = make_dialogue(cast, Stage.PREPARING)
    page = shown(enter(cast.employee), "preparation_edit", dialogue)
    assert in_danish("Nothing from last time is waiting here.") in box(page, "carried").get_text()


def test_a_place_that_comes_and_goes_leaves_the_list_where_it_always_is(cast: Cast, enter, earlier):
    only_then = {"question": qid("course"), "op": "equals", "value": "yes"}
    add_to(Purpose.EMPLOYEE_PREPARATION, question("carried", "carried_items", "Fra sidst", condition=only_then))
    dialogue = make_dialogue(cast, Stage.PREPARING)
    page = shown(enter(cast.employee), "preparation_edit", dialogue)
    assert page.select_one("aside #last-time-heading")
    assert len(page.select("#last-time-heading")) == 1


def test_what_is_known_is_shown_with_where_it_is_from(cast: Cast, enter, earlier):
    add_to(Purpose.EMPLOYEE_PREPARATION, *KNOWN)
    dialogue = make_dialogue(cast, Stage.PREPARING)
    page = shown(enter(cast.employee), "preparation_edit", dialogue)
    assert "Emma Lund" in box(page, "person").get_text()
    assert "Biblioteket" in box(page, "work").get_text()
    assert "Mikkel Holm" in box(page, "boss").get_text()
    assert "Vi satser på formidling." in box(page, "then").get_text()
    assert box(page, "then").find("time")["datetime"] == LONG_AGO.date().isoformat()
    assert box(page, "then_items").find("time")
    assert not box(page, "then").find_all(["input", "textarea", "select"])


def test_what_is_known_is_no_answer_and_in_no_shared_copy(cast: Cast, enter, earlier):
    add_to(Purpose.EMPLOYEE_PREPARATION, *KNOWN)
    dialogue = make_dialogue(cast, Stage.PREPARING)
    prepare_and_share(dialogue, cast)
    share_preparation(dialogue_id=dialogue.pk, chosen=[qid("year"), qid("then")], by=cast.employee, at=NOW)
    shared = SharedPreparation.objects.get(
        preparation__participant__user=cast.employee, preparation__participant__dialogue=dialogue
    )
    document = open_sealed(shared.document)
    assert [one["id"] for section in document["sections"] for one in section["answers"]] == [qid("year")]


def test_without_an_earlier_agreement_nothing_is_known_of_one(cast: Cast, enter):
    add_to(Purpose.EMPLOYEE_PREPARATION, *KNOWN)
    dialogue = make_dialogue(cast, Stage.PREPARING)
    page = shown(enter(cast.employee), "preparation_edit", dialogue)
    assert in_danish("Nothing is known about this.") in box(page, "then").get_text()


def test_a_manager_who_came_later_reads_the_last_agreement_on_record(cast: Cast, enter, earlier):
    add_to(Purpose.MANAGER_PREPARATION, *KNOWN)
    change_manager(cast.employee, cast.other_manager, by=cast.hr, confirmed_by=cast.manager, at=NOW)
    later = Cast(**{**vars(cast), "manager": cast.other_manager})
    dialogue = make_dialogue(later, Stage.PREPARING)
    readings = Reading.objects.filter(dialogue=earlier, purpose=ReadingPurpose.SUCCESSION)
    before = readings.count()
    page = shown(enter(cast.other_manager), "preparation_edit", dialogue)
    assert "Vi satser på formidling." in box(page, "then").get_text()
    assert readings.count() == before + 1


def test_the_items_are_written_where_the_agreement_has_a_place_for_them(cast: Cast, enter):
    add_to(Purpose.AGREEMENT, question("items", "agreed_items", "Aftalepunkter"))
    dialogue = make_dialogue(cast, Stage.TALK)
    client = enter(cast.manager)
    page = shown(client, "talk", dialogue)
    [editor] = page.select("[data-mus-items]")
    assert editor.find_parent(attrs={"data-type": True})["data-type"] == "agreed_items"
    row = item_id_of(dialogue).replace("-", "")
    client.post(url("talk", dialogue), filled_in(client, dialogue, {item_name(row, "what"): "Et kursus"}))
    assert body_of(dialogue)["items"][item_id_of(dialogue)]["fields"]["what"] == "Et kursus"


def test_items_with_a_place_of_their_own_are_no_further_section_of_a_form_in_pages(cast: Cast, enter):
    publish(
        Purpose.AGREEMENT,
        section("Sammen", question("summary", "long_text", "Hvad er I enige om?", audience="AGREED")),
        section("Punkter", question("items", "agreed_items", "Aftalepunkter")),
        layout="SECTIONS",
    )
    page = shown(enter(cast.manager), "talk", make_dialogue(cast, Stage.TALK))
    assert [entry.select_one("span").get_text() for entry in page.select(".mus-toc__entry")] == ["Sammen", "Punkter"]


def test_last_time_s_items_are_settled_where_the_agreement_has_a_place_for_them(cast: Cast, enter, earlier):
    add_to(Purpose.AGREEMENT, question("carried", "carried_items", "Fra sidst"))
    dialogue = make_dialogue(cast, Stage.TALK)
    page = shown(enter(cast.manager), "talk", dialogue)
    [place] = page.select("#last-time")
    assert place.find_parent(attrs={"data-type": True})["data-type"] == "carried_items"
    assert place.select("[name$=outcome]")


def test_a_computed_value_is_signed_and_never_typed(cast: Cast, enter):
    add_to(
        Purpose.AGREEMENT,
        question("effort", "scale", "Indsats", audience="AGREED", min=1, max=5),
        question(
            "score",
            "computed",
            "Samlet",
            audience="AGREED",
            formula="WEIGHTED",
            unit="%",
            terms=[{"question": qid("effort"), "weight": "1"}],
        ),
    )
    dialogue = make_dialogue(cast, Stage.TALK)
    client = enter(cast.manager)
    assert SUMMARY in filled_in(client, dialogue, {})
    save_agreement_draft(
        dialogue_id=dialogue.pk,
        typed=typed({"effort": 4}),
        allowed=allowed_ids(dialogue, Purpose.AGREEMENT, "MANAGER"),
        by=cast.manager,
        at=NOW,
    )
    assert shown(client, "talk", dialogue).find("output").get_text() == "80 %"
    write_agreement(dialogue, by=cast.manager)
    agreement = save_revision(dialogue_id=dialogue.pk, by=cast.manager, at=NOW)
    answers = [one for part in open_sealed(agreement.document)["sections"] for one in part["answers"]]
    assert {one["label"]: one["text"] for one in answers if one["type"] == "computed"} == {"Samlet": "80 %"}
    assert qid("score") not in body_of(dialogue)["answers"]


def test_changing_an_agreement_works_its_values_out_again(cast: Cast, enter):
    add_to(
        Purpose.AGREEMENT,
        question("effort", "scale", "Indsats", audience="AGREED", min=1, max=5),
        question(
            "score",
            "computed",
            "Samlet",
            audience="AGREED",
            terms=[{"question": qid("effort"), "weight": "3"}],
        ),
    )
    dialogue = make_dialogue(cast, Stage.FOLLOW_UP)
    amend_agreement(dialogue_id=dialogue.pk, change_note="Ny plan.", by=cast.manager, at=NOW)
    draft = Draft.objects.get(dialogue=dialogue, kind=DraftKind.AGREEMENT)
    assert qid("score") not in plain_answers(open_sealed(draft.envelope))


def test_an_editor_picks_which_answer_of_the_agreement_is_shown_again(cast: Cast):
    assert (qid("summary"), "Aftale: Hvad er I enige om?") in agreement_questions()
