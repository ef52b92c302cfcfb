"""Editors translate a form side by side, in its draft."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.urls import reverse
from django.utils import translation
from wagtail.models import GroupApprovalTask, Workflow, WorkflowContentType, WorkflowTask
from wagtail.test.utils.form_data import rich_text

from mus_workflow.actions.load_starter_forms import load_starter_forms
from mus_workflow.formbuilder.decompiling import blocks_of
from mus_workflow.formbuilder.library import starter_form
from mus_workflow.formbuilder.translating import lines, sources_of
from mus_workflow.models import FormDefinition, FormTranslation, Purpose
from mus_workflow.viewsets.translations import language_name
from tests.builders import Cast
from tests.mus_workflow.viewsets.conftest import give
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

TRANSLATE = "wagtailsnippets_mus_workflow_formdefinition:translate"
EDIT = "wagtailsnippets_mus_workflow_formdefinition:edit"
LIST = "wagtailsnippets_mus_workflow_formdefinition:list"


@pytest.fixture
def form(office: Cast) -> FormDefinition:
    """A form that is live in Danish with every text in English too, each with its source."""
    form = FormDefinition.objects.get(purpose=Purpose.FOLLOW_UP)
    schema = starter_form("opfoelgning").content.schema
    form.body = FormDefinition._meta.get_field("body").to_python(blocks_of(schema))
    form.intro, texts = schema["intro"], schema["translations"]["en"]
    form.translations.set([FormTranslation(language="en", texts=texts, sources=sources_of(form.as_written(), texts))])
    form.save_revision().publish()
    return FormDefinition.objects.get(pk=form.pk)


def address(form: FormDefinition, language: str = "en") -> str:
    return reverse(TRANSLATE, args=[form.pk, language])


def latest(form: FormDefinition) -> FormDefinition:
    return FormDefinition.objects.get(pk=form.pk).get_latest_revision_as_object()


def texts_of(form: FormDefinition, language: str = "en") -> dict[str, Any]:
    return {row.language: row.texts for row in latest(form).translations.all()}.get(language, {})


def page_data(page: str) -> dict[str, Any]:
    """What a browser sends back when nothing was touched."""
    soup = BeautifulSoup(page, "html.parser").select_one(".mus-translate form")
    data = {one["name"]: one.text.removeprefix("\n") for one in soup.select("textarea[name]")}
    hidden = {one["name"]: one.get("value", "") for one in soup.select("input[type=hidden][name]")}
    return {**data, **hidden}


def opened(client: Client, form: FormDefinition, language: str = "en") -> dict[str, Any]:
    return page_data(client.get(address(form, language)).content.decode())


def name_of(form: FormDefinition, label: str, key: str = "label") -> str:
    return f"t_{id_of(form, label).replace('-', '')}_{key}"


def id_of(form: FormDefinition, label: str) -> str:
    questions = (one for section in form.as_written()["sections"] for one in section["questions"])
    return next(question["id"] for question in questions if question["label"] == label)


FIRST = "Hvordan går det med det, vi aftalte?"
SECOND = "Hvad er det næste skridt, og hvem tager det?"


def reword(form: FormDefinition, old: str, new: str) -> None:
    """Somebody changes a question in the draft."""
    draft = latest(form)
    question = next(one for section in draft.body for one in section.value["questions"] if one.value["label"] == old)
    question.value["label"] = new
    draft.save_revision(clean=False)


def test_the_page_shows_each_text_beside_its_field(as_editor: Client, form: FormDefinition) -> None:
    soup = BeautifulSoup(as_editor.get(address(form)).content.decode(), "html.parser")
    row = soup.find(id=name_of(form, FIRST))
    assert FIRST in row.select_one('[lang="da"]').text
    field = row.select_one("textarea")
    assert soup.find("label", attrs={"for": field["id"]}) is not None
    written = form.translations.get(language="en").texts[id_of(form, FIRST)]["label"]
    assert field.text.strip() == written


def test_a_translation_is_a_draft_and_goes_live_with_the_form(as_editor: Client, form: FormDefinition) -> None:
    live = form.translations.get(language="en").texts
    data = {**opened(as_editor, form), name_of(form, FIRST): "How is it going?"}
    response = as_editor.post(address(form), data)
    assert response.status_code == 302
    assert texts_of(form)[id_of(form, FIRST)]["label"] == "How is it going?"
    form.refresh_from_db()
    assert form.has_unpublished_changes
    assert form.translations.get(language="en").texts == live
    assert form.versions.count() == 2
    form.latest_revision.publish()
    frozen = form.versions.latest("number")
    assert frozen.number == 3
    assert frozen.schema["translations"]["en"][id_of(form, FIRST)]["label"] == "How is it going?"


def test_saving_untouched_makes_no_revision_and_changes_no_text(as_editor: Client, form: FormDefinition) -> None:
    before, revisions = texts_of(form), form.revisions.count()
    assert as_editor.post(address(form), opened(as_editor, form)).status_code == 302
    assert form.revisions.count() == revisions
    assert texts_of(form) == before


def test_a_language_with_no_text_yet_begins_empty(as_editor: Client, form: FormDefinition) -> None:
    FormDefinition.objects.filter(pk=form.pk).update(language="en")
    draft = latest(form)
    draft.language = "en"
    draft.translations.set([])
    draft.save_revision(clean=False)
    data = {**opened(as_editor, form, "da"), name_of(form, FIRST): "Hvordan går det?"}
    assert as_editor.post(address(form, "da"), data).status_code == 302
    assert texts_of(form, "da") == {id_of(form, FIRST): {"label": "Hvordan går det?"}}


def test_the_forms_own_language_and_unknown_ones_are_not_translated_to(as_editor: Client, form: FormDefinition) -> None:
    # The host's middleware looks for another address in the language before it gives up.
    assert as_editor.get(address(form, "da"), follow=True).status_code == 404
    assert as_editor.get(address(form, "xx"), follow=True).status_code == 404
    assert as_editor.get(reverse(TRANSLATE, args=[form.pk])).context["language"] == "en"


def test_rich_text_is_written_with_the_editor_and_frozen_clean(as_editor: Client, form: FormDefinition) -> None:
    name = "t_title_intro"
    data = {**opened(as_editor, form), name: rich_text("<p>A <b>short</b> talk.</p><script>alert(1)</script>")}
    as_editor.post(address(form), data)
    frozen = latest(form).compiled()["translations"]["en"]["title"]["intro"]
    assert "<b>short</b>" in frozen
    assert "script" not in frozen
    assert "data-block-key" not in frozen


def test_a_text_whose_source_changed_is_stale_and_says_what_changed(as_editor: Client, form: FormDefinition) -> None:
    reword(form, FIRST, "Hvordan går det med det, vi lovede?")
    soup = BeautifulSoup(as_editor.get(address(form)).content.decode(), "html.parser")
    row = soup.select_one('[data-state="STALE"]')
    assert row["id"] == name_of(form, FIRST)
    assert "aftalte" in row.select_one("del").text
    assert "lovede" in row.select_one("ins").text
    assert len(soup.select('[data-state="STALE"]')) == 1


def test_a_stale_text_is_still_shown_to_people(as_editor: Client, form: FormDefinition) -> None:
    written = texts_of(form)[id_of(form, FIRST)]["label"]
    question_id = id_of(form, FIRST)
    reword(form, FIRST, "Hvordan går det med det, vi lovede?")
    assert latest(form).compiled()["translations"]["en"][question_id]["label"] == written


def test_a_stale_text_can_be_renewed_or_said_to_be_right(as_editor: Client, form: FormDefinition) -> None:
    first, second = name_of(form, FIRST), name_of(form, SECOND)
    reword(form, FIRST, "Hvordan går det med det, vi lovede?")
    reword(form, SECOND, "Hvad er næste skridt, og hvem tager det?")
    data = {**opened(as_editor, form), first: "How is what we promised going?", f"right_{second}": "on"}
    as_editor.post(address(form), data)
    assert as_editor.get(address(form)).context["progress"].stale == 0


def test_what_changed_while_one_translated_leaves_the_text_stale(as_editor: Client, form: FormDefinition) -> None:
    name = name_of(form, FIRST)
    data = {**opened(as_editor, form), name: "How is it going?"}
    reword(form, FIRST, "Hvordan går det med det, vi lovede?")
    as_editor.post(address(form), data)
    soup = BeautifulSoup(as_editor.get(address(form)).content.decode(), "html.parser")
    assert [row["id"] for row in soup.select('[data-state="STALE"]')] == [name]
    assert soup.find(id=name).select_one("del").text.strip().endswith("aftalte")


def test_two_who_translate_at_once_lose_no_word(as_editor: Client, office: Cast, form: FormDefinition) -> None:
    other = Client()
    other.force_login(office.admin)
    first, second = name_of(form, FIRST), name_of(form, SECOND)
    mine, theirs = opened(as_editor, form), opened(other, form)
    other.post(address(form), {**theirs, first: "Theirs?"})
    response = as_editor.post(address(form), {**mine, first: "Mine?", second: "My second?"})
    assert response.status_code == 409
    row = BeautifulSoup(response.content.decode(), "html.parser").find(id=first)
    assert row.select_one("textarea").text.strip() == "Mine?"
    assert "Theirs?" in row.select_one(".mus-diff").text
    assert str(office.admin.get_full_name()) in row.text
    # What only one of them had touched is saved.
    there = texts_of(form)
    assert there[id_of(form, FIRST)]["label"] == "Theirs?"
    assert there[id_of(form, SECOND)]["label"] == "My second?"
    again = page_data(response.content.decode())
    assert as_editor.post(address(form), again).status_code == 302
    assert texts_of(form)[id_of(form, FIRST)]["label"] == "Mine?"


def test_disjoint_changes_of_two_merge(as_editor: Client, office: Cast, form: FormDefinition) -> None:
    mine, theirs = opened(as_editor, form), opened(as_editor, form)
    as_editor.post(address(form), {**theirs, name_of(form, FIRST): "Theirs?"})
    assert as_editor.post(address(form), {**mine, name_of(form, SECOND): "Mine?"}).status_code == 302
    there = texts_of(form)
    assert [there[id_of(form, label)]["label"] for label in (FIRST, SECOND)] == ["Theirs?", "Mine?"]


def test_a_text_written_to_a_question_that_was_removed_meanwhile_is_left_over_not_lost(
    as_editor: Client, form: FormDefinition
) -> None:
    data = {**opened(as_editor, form), name_of(form, FIRST): "Written in vain?"}
    draft = latest(form)
    del draft.body[0].value["questions"][0]
    draft.save_revision(clean=False)
    assert as_editor.post(address(form), data).status_code == 302
    page = as_editor.get(address(form))
    assert "Written in vain?" in page.context["left_over"]
    as_editor.post(address(form), {**page_data(page.content.decode()), "discard": "on"})
    assert as_editor.get(address(form)).context["left_over"] == []


def test_an_edit_of_the_form_keeps_the_translations_in_its_draft(as_editor: Client, form: FormDefinition) -> None:
    as_editor.post(address(form), {**opened(as_editor, form), name_of(form, FIRST): "How is it going?"})
    reword(form, SECOND, "Hvad nu?")
    assert texts_of(form)[id_of(form, FIRST)]["label"] == "How is it going?"


def test_a_half_built_draft_can_be_translated(as_editor: Client, form: FormDefinition) -> None:
    reword(form, SECOND, "")
    data = {**opened(as_editor, form), name_of(form, FIRST): "How is it going?"}
    assert as_editor.post(address(form), data).status_code == 302
    assert texts_of(form)[id_of(form, FIRST)]["label"] == "How is it going?"


def test_a_locked_form_is_read_and_not_saved(as_editor: Client, office: Cast, form: FormDefinition) -> None:
    data = {**opened(as_editor, form), name_of(form, FIRST): "How is it going?"}
    FormDefinition.objects.filter(pk=form.pk).update(locked=True, locked_by=office.admin)
    page = as_editor.get(address(form)).content.decode()
    assert "Save translation as a draft" not in page
    revisions = form.revisions.count()
    response = as_editor.post(address(form), data)
    assert response.status_code == 200
    assert "How is it going?" in response.content.decode()
    assert form.revisions.count() == revisions


def test_a_draft_under_approval_is_translated_by_those_who_may_approve_it(
    as_editor: Client, office: Cast, form: FormDefinition
) -> None:
    workflow = Workflow.objects.create(name="Godkendelse")
    task = GroupApprovalTask.objects.create(name="HR")
    give(["wagtailadmin.access_admin"], office.hr)
    task.groups.set(office.hr.groups.all())
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    WorkflowContentType.objects.create(workflow=workflow, content_type=form.get_content_type())
    latest(form).save_revision(clean=False)
    workflow.start(FormDefinition.objects.get(pk=form.pk), office.editor)
    assert "Save translation as a draft" not in as_editor.get(address(form)).content.decode()
    approver = Client()
    approver.force_login(office.hr)
    data = {**opened(approver, form), name_of(form, FIRST): "How is it going?"}
    assert approver.post(address(form), data).status_code == 302
    assert texts_of(form)[id_of(form, FIRST)]["label"] == "How is it going?"


def test_only_those_who_may_change_a_form_reach_its_translations(office: Cast, form: FormDefinition) -> None:
    before = form.revisions.count()
    for person in (office.employee, office.manager, office.hr, office.auditor):
        client = Client()
        client.force_login(person)
        assert client.get(address(form)).status_code in (302, 403)
        assert client.post(address(form), {"seen": "{}"}).status_code in (302, 403)
    assert form.revisions.count() == before


@pytest.mark.parametrize("seen", ["", "{", "[1]", '[["a"]]', "null"])
def test_a_page_that_arrived_broken_is_refused_and_nothing_is_saved(
    as_editor: Client, form: FormDefinition, seen: str
) -> None:
    before = form.revisions.count()
    data = {**opened(as_editor, form), name_of(form, FIRST): "How is it going?", "seen": seen}
    response = as_editor.post(address(form), data)
    assert response.status_code == 200
    assert "How is it going?" in response.content.decode()
    assert form.revisions.count() == before


def test_the_forms_page_and_the_list_lead_to_the_translations(as_editor: Client, form: FormDefinition) -> None:
    reword(form, FIRST, "Hvordan går det med det, vi lovede?")
    page = as_editor.get(reverse(EDIT, args=[form.pk])).content.decode()
    assert address(form) in page
    total = as_editor.get(address(form)).context["progress"].total
    assert f"{total} of {total} texts, 1 was made from words that have changed" in page
    assert reverse(TRANSLATE, args=[form.pk]) in as_editor.get(reverse(LIST)).content.decode()


def test_a_starter_form_knows_what_its_translations_were_made_from(db: None) -> None:
    for form in load_starter_forms(by=None, at=NOW):
        row = FormDefinition.objects.get(pk=form.pk).translations.get(language="en")
        found = lines(form.as_written(), row.texts, row.sources)
        assert [line.source for line in found if line.made_from != line.source] == []


def test_a_language_is_named_in_the_language_of_its_reader():
    with translation.override("da"):
        assert (language_name("en"), language_name("da"), language_name("xx")) == ("engelsk", "dansk", "xx")
