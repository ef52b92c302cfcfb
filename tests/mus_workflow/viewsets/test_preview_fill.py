"""A preview is tried out with answers that are kept nowhere."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from mus_workflow.formbuilder.decompiling import blocks_of
from mus_workflow.formbuilder.fields import field_name
from mus_workflow.formbuilder.library import starter_form
from mus_workflow.formbuilder.questions import registry
from mus_workflow.models import FormDefinition, Purpose
from tests.builders import Cast
from tests.mus_workflow.formbuilder.test_rendering import EVERY_TYPE
from tests.mus_workflow.formbuilder.writing import asks, ident, options, section
from tests.mus_workflow.viewsets.test_form_editing import asked, posted

pytestmark = pytest.mark.django_db

PREVIEW = "wagtailsnippets_mus_workflow_formdefinition:preview_on_edit"
FILL = "wagtailsnippets_mus_workflow_formdefinition:preview_fill"


def drafted(purpose: str, *questions: dict[str, Any]) -> FormDefinition:
    """A form whose draft asks these questions, and which is not live so."""
    form = FormDefinition.objects.get(purpose=purpose)
    form.body = FormDefinition._meta.get_field("body").to_python([section(*questions)])
    form.language = "en"
    form.save_revision(clean=False)
    return form


def preparation(*questions: dict[str, Any]) -> FormDefinition:
    return drafted(Purpose.EMPLOYEE_PREPARATION, *questions)


def tried(client: Client, form: FormDefinition, answers: dict[str, Any], mode: str = "EMPLOYEE") -> Any:
    """The page after trying these answers, by the question's label."""
    data = {field_name(ident(label)): value for label, value in answers.items()}
    response = client.post(f"{reverse(FILL, args=[form.pk])}?mode={mode}", data)
    assert response.status_code == 200
    response.soup = BeautifulSoup(response.content.decode(), "html.parser")
    return response


def outcome(response: Any) -> str:
    return " ".join(response.soup.find(attrs={"aria-labelledby": "outcome-heading"}).text.split())


def counts() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


def test_the_preview_can_be_filled_in_and_is_marked_as_a_test(as_editor: Client, office: Cast) -> None:
    form = preparation(asks("short_text", "Name"))
    address = reverse(PREVIEW, args=[form.pk])
    as_editor.post(address, posted(form, asked("Hvad glæder dig?")))
    response = as_editor.get(f"{address}?mode=MANAGER")
    soup = BeautifulSoup(response.content.decode(), "html.parser")
    trial = soup.select_one("form.mus-form")
    assert trial["action"] == f"{reverse(FILL, args=[form.pk])}?mode=MANAGER#outcome-heading"
    assert trial.select_one("[name=csrfmiddlewaretoken]") is not None
    assert "Intet af det, du skriver her, bliver gemt" in soup.text
    assert "no-store" in response["Cache-Control"]
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    scripts = " ".join(script["src"] for script in soup.find_all("script", src=True))
    for name in ("conditions", "date-range", "linked-rows", "ranking", "table-rows", "wheel"):
        assert f"/{name}." in scripts
    # No autosave: that script would send the answers.
    assert "autosave" not in response.content.decode()


def test_what_is_wrong_and_what_is_missing_is_told_with_links(as_editor: Client, office: Cast) -> None:
    form = preparation(asks("short_text", "Name", required=True), asks("number", "Days", max=10))
    response = tried(as_editor, form, {"Days": "many"})
    links = {link["href"]: link.text for link in response.soup.select("a[href^='#q_']")}
    assert "“Name” must be answered." in links[f"#{field_name(ident('Name'))}"]
    assert f"#{field_name(ident('Days'))}" in links
    # What was typed wrongly stays, so that it can be corrected.
    assert response.soup.find(id=field_name(ident("Days")))["value"] == "many"
    assert "0 af 2 spørgsmål har et svar." in outcome(response)
    assert "no-store" in response["Cache-Control"]
    assert response["X-Frame-Options"] == "SAMEORIGIN"


def test_the_answers_are_told_in_words_shared_and_private_apart(as_editor: Client, office: Cast) -> None:
    form = preparation(
        asks("single_choice", "Colour", options=options("Red", "Blue")),
        asks("long_text", "Story", sharing="PRIVATE"),
    )
    response = tried(as_editor, form, {"Colour": ident("Blue"), "Story": "Only mine"})
    shared, private = response.soup.select("[aria-labelledby=outcome-heading] details")
    assert "Blue" in shared.text
    assert "Only mine" not in shared.text
    assert "Only mine" in private.text
    assert "Alt, der skal besvares, er besvaret." in outcome(response)


def test_a_sheet_has_an_answer_for_each_side_and_nothing_private(as_editor: Client, office: Cast) -> None:
    form = drafted(Purpose.AGREEMENT, asks("short_text", "View", audience="BOTH", sharing="PRIVATE"))
    page = tried(as_editor, form, {}, mode="TOGETHER").soup
    names = [box["name"] for box in page.select("form.mus-form input[type=text]")]
    assert len(names) == 2
    response = as_editor.post(f"{reverse(FILL, args=[form.pk])}?mode=TOGETHER", dict.fromkeys(names, "Mine"))
    [told] = BeautifulSoup(response.content.decode(), "html.parser").select("[aria-labelledby=outcome-heading] details")
    assert told.text.count("Mine") == 2


def test_a_hidden_question_is_neither_missing_nor_told(as_editor: Client, office: Cast) -> None:
    condition = {"question": ident("Sure?"), "op": "equals", "value": "yes"}
    form = preparation(asks("yes_no", "Sure?"), asks("short_text", "Why", required=True, condition=condition))
    assert "“Why” must be answered" not in outcome(tried(as_editor, form, {"Sure?": "no", "Why": "Never said"}))
    assert "Never said" not in outcome(tried(as_editor, form, {"Sure?": "no", "Why": "Never said"}))
    assert "“Why” must be answered" in outcome(tried(as_editor, form, {"Sure?": "yes"}))


@pytest.mark.parametrize("name", ["forberedelse-medarbejder", "forberedelse-leder", "aftale", "opfoelgning"])
def test_nothing_is_written_to_any_table(as_editor: Client, office: Cast, name: str) -> None:
    content = starter_form(name).content
    form = FormDefinition.objects.get(purpose=content.purpose)
    form.body = FormDefinition._meta.get_field("body").to_python(blocks_of(content.schema))
    form.save_revision(clean=False)
    before = counts()
    page = tried(as_editor, form, {}, mode=form.default_preview_mode).soup
    controls = page.select("form.mus-form [name^=q_]")
    # The last of each control's values, and words wherever words fit.
    data = {one["name"]: one.get("value") or "Ord på prøve" for one in controls}
    with CaptureQueriesContext(connection) as captured:
        response = as_editor.post(f"{reverse(FILL, args=[form.pk])}?mode={form.default_preview_mode}", data)
    assert "Ord på prøve" in response.content.decode()
    assert counts() == before
    writes = [query["sql"] for query in captured if query["sql"].split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert writes == []


def test_every_question_type_can_be_tried(as_editor: Client, office: Cast) -> None:
    form = preparation(*EVERY_TYPE)
    schema = form.compiled()
    page = tried(as_editor, form, {}).soup
    for question in schema["sections"][0]["questions"]:
        assert page.find(attrs={"data-question": question["id"]}) is not None
    answerable = [question for question in schema["sections"][0]["questions"] if registry.get(question["type"]).asks]
    assert f"0 af {len(answerable)} spørgsmål" in outcome(tried(as_editor, form, {}))


def test_what_is_not_a_question_of_this_reader_is_ignored(as_editor: Client, office: Cast) -> None:
    form = preparation(asks("short_text", "Mine", audience="EMPLOYEE"), asks("short_text", "Both"))
    response = tried(as_editor, form, {"Mine": "Not for them", "Nowhere": "x", "Both": "Ours"}, mode="MANAGER")
    assert "Not for them" not in response.content.decode()
    assert "Ours" in outcome(response)


@pytest.mark.parametrize("mode", ["NOBODY", "EMPLOYEE.NOWHERE", "EMPLOYEE..xx", "<b>"])
def test_a_mode_that_is_not_offered_still_answers(as_editor: Client, office: Cast, mode: str) -> None:
    tried(as_editor, preparation(asks("short_text", "Both")), {"Both": "Ours"}, mode=mode)


def test_what_stands_in_the_editor_is_what_is_tried(as_editor: Client, office: Cast) -> None:
    form = preparation(asks("short_text", "Saved"))
    as_editor.post(reverse(PREVIEW, args=[form.pk]), posted(form, asked("Står der endnu ikke?", required="on")))
    assert "“Står der endnu ikke?” must be answered" in outcome(tried(as_editor, form, {}))


def test_only_those_who_may_change_a_form_can_try_it(office: Cast) -> None:
    form = preparation(asks("short_text", "Both"))
    for person in (office.employee, office.hr, office.auditor):
        client = Client()
        client.force_login(person)
        assert client.post(reverse(FILL, args=[form.pk])).status_code in (302, 403)
        assert client.get(reverse(FILL, args=[form.pk])).status_code in (302, 403, 405)


def test_the_address_takes_posts_only_and_with_a_token(office: Cast) -> None:
    form = preparation(asks("short_text", "Both"))
    client = Client(enforce_csrf_checks=True)
    client.force_login(office.editor)
    assert client.post(reverse(FILL, args=[form.pk])).status_code in (302, 403)
    assert client.get(reverse(FILL, args=[form.pk])).status_code == 405
