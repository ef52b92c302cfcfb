"""Export, import, copy and starter forms in the Wagtail admin."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.models import ModelLogEntry

from mus_workflow.formbuilder.exchange import as_text, exported, read
from mus_workflow.formbuilder.library import starter_forms
from mus_workflow.formbuilder.schema import part_ids, questions
from mus_workflow.models import FormDefinition, Purpose
from tests.builders import Cast
from tests.mus_workflow.formbuilder.writing import asking, asks
from tests.mus_workflow.viewsets.conftest import give
from tests.mus_workflow.viewsets.test_form_editing import LIST, moderated, texts

pytestmark = pytest.mark.django_db

PLACE = "wagtailsnippets_mus_workflow_formdefinition:"


@pytest.fixture
def form(office: Cast) -> FormDefinition:
    return FormDefinition.objects.get(purpose=Purpose.EMPLOYEE_PREPARATION)


def address(name: str, *arguments: Any) -> str:
    return reverse(PLACE + name, args=arguments)


def upload(client: Client, written: str | bytes, **more: Any) -> Any:
    body = written if isinstance(written, bytes) else written.encode()
    return client.post(address("import"), {"file": SimpleUploadedFile("form.json", body)}, **more)


def new_file(label: str = "Hvad glæder dig?", slug: str = "ny") -> str:
    return as_text(exported(slug, "AGREEMENT", asking(asks("short_text", label), title="Nyt skema")))


def drafted(slug: str) -> Any:
    return FormDefinition.objects.get(slug=slug).get_latest_revision_as_object()


def test_a_form_is_downloaded_as_a_file(as_editor: Client, form: FormDefinition) -> None:
    response = as_editor.get(address("export", form.pk))
    assert response["Content-Disposition"] == f'attachment; filename="{form.slug}.json"'
    assert response["Content-Type"] == "application/json"
    assert response["X-Content-Type-Options"] == "nosniff"
    content = read(response.content)
    assert (content.slug, content.purpose, content.schema) == (form.slug, form.purpose, form.versions.get().schema)


def test_a_draft_that_cannot_be_exported_says_why(as_editor: Client) -> None:
    empty = FormDefinition.objects.create(title="Tom", slug="tom", purpose="AGREEMENT", live=False)
    empty.save_revision()
    response = as_editor.get(address("export", empty.pk), follow=True)
    assert "The form has no questions yet" in texts(response)


def test_an_uploaded_form_is_a_draft_opened_in_the_editor(as_editor: Client, office: Cast) -> None:
    response = upload(as_editor, new_file("Hvorfor nu?"))
    made = FormDefinition.objects.get(slug="ny")
    assert response.headers["Location"] == address("edit", made.pk)
    assert (made.live, made.versions.count()) == (False, 0)
    page = as_editor.get(response.headers["Location"])
    assert "is a draft now" in texts(page)
    assert "Hvorfor nu?" in page.content.decode()
    assert ModelLogEntry.objects.get(action="mus.form_imported").user == office.editor


def test_a_form_that_is_live_stays_as_it_is(as_editor: Client, form: FormDefinition) -> None:
    content = read(as_editor.get(address("export", form.pk)).content)
    changed = as_text(exported(form.slug, form.purpose, {**content.schema, "title": "Nyt navn"}))
    assert upload(as_editor, changed).status_code == 302
    assert (drafted(form.slug).title, form.versions.count()) == ("Nyt navn", 1)
    assert FormDefinition.objects.get(pk=form.pk).title == form.title


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("{", "The file is not JSON: line 1, column 2."),
        (b"\xff\xff", "UTF-8"),
        (b" " * 5_000_001, "larger than 5 MB"),
        (new_file().replace('"short_text"', '"telepathy"'), "form.sections[0].questions[0].type"),
        (new_file().replace("glæder", "undrer"), "changed after it was exported"),
        (new_file(slug="aftale").replace('"AGREEMENT"', '"FOLLOW_UP"'), "purpose: is another"),
    ],
)
def test_a_bad_file_is_refused_at_the_field_with_path_and_reason(
    as_editor: Client, written: str | bytes, words: str
) -> None:
    FormDefinition.objects.create(title="Aftale", slug="aftale", purpose="AGREEMENT", live=False)
    before = FormDefinition.objects.count()
    response = upload(as_editor, written)
    assert response.status_code == 200
    (error,) = response.context["form"].errors["file"]
    assert words in error
    assert FormDefinition.objects.count() == before


def test_no_file_at_all_is_told(as_editor: Client) -> None:
    response = as_editor.post(address("import"), {})
    assert response.context["form"].errors["file"]


def test_a_form_that_is_being_approved_is_not_replaced(as_editor: Client, office: Cast, form: FormDefinition) -> None:
    moderated(office)
    state = form.get_workflow()
    form.save_revision(user=office.editor)
    state.start(form, office.editor)
    response = upload(as_editor, as_editor.get(address("export", form.pk)).content)
    assert "being approved" in str(response.context["form"].errors["file"])


def test_a_copy_has_new_ids_and_a_name_of_its_own(as_editor: Client, form: FormDefinition) -> None:
    page = as_editor.get(address("copy", form.pk))
    suggested = page.context["form"].initial
    assert suggested == {"title": f"Copy of {form.title}", "slug": f"{form.slug}-2"}
    response = as_editor.post(address("copy", form.pk), suggested)
    made = FormDefinition.objects.get(slug=suggested["slug"])
    assert response.headers["Location"] == address("edit", made.pk)
    copy, original = drafted(made.slug).compiled(), form.versions.get().schema
    assert [one["label"] for one in questions(copy)] == [one["label"] for one in questions(original)]
    assert {one for _path, one in part_ids(copy)}.isdisjoint(one for _path, one in part_ids(original))


def test_a_copy_under_a_name_that_is_taken_is_refused(as_editor: Client, form: FormDefinition) -> None:
    before = FormDefinition.objects.count()
    response = as_editor.post(address("copy", form.pk), {"title": "Kopi", "slug": form.slug})
    assert "belongs to another form" in str(response.context["form"].errors["slug"])
    assert FormDefinition.objects.count() == before
    assert as_editor.get(address("copy", 987654), follow=True).status_code == 404


def test_an_editor_starts_from_a_starter_form(as_editor: Client) -> None:
    page = BeautifulSoup(as_editor.get(address("start")).content, "html.parser")
    offered = [control["value"] for control in page.select("input[type=radio][name=slug]")]
    assert offered == [form.slug for form in starter_forms()]
    assert page.select_one("table caption")
    assert all(row.select_one("th label") for row in page.select("tbody tr"))
    response = as_editor.post(address("start"), {"slug": "opfoelgning"})
    made = FormDefinition.objects.get(title="Opfølgning", live=False)
    assert response.headers["Location"] == address("edit", made.pk)


@pytest.mark.parametrize("chosen", [{}, {"slug": "nowhere"}])
def test_a_starter_form_must_be_one_of_the_library(as_editor: Client, chosen: dict[str, str]) -> None:
    before = FormDefinition.objects.count()
    response = as_editor.post(address("start"), chosen)
    assert response.context["form"].errors["slug"]
    assert FormDefinition.objects.count() == before


def test_the_pages_offer_the_buttons(as_editor: Client, form: FormDefinition) -> None:
    listing = as_editor.get(reverse(LIST)).content.decode()
    editor = as_editor.get(address("edit", form.pk)).content.decode()
    assert all(address(name) in listing for name in ("import", "start"))
    for page in (listing, editor):
        assert address("export", form.pk) in page
        assert address("copy", form.pk) in page


def addresses(form: FormDefinition) -> list[str]:
    return [address("import"), address("start"), address("copy", form.pk), address("export", form.pk)]


def test_people_without_the_right_reach_none_of_it(office: Cast, client: Client, form: FormDefinition) -> None:
    before = FormDefinition.objects.count()
    for person in (office.auditor, office.employee, office.hr):
        client.force_login(person)
        for place in addresses(form):
            for response in (client.get(place), client.post(place, {"slug": "aftale", "title": "X"})):
                assert response.status_code in (302, 403, 405)
                assert "Content-Disposition" not in response
        assert upload(client, new_file()).status_code in (302, 403)
    client.logout()
    for place in addresses(form):
        assert client.get(place).status_code == 302
    assert FormDefinition.objects.count() == before


def test_who_may_only_look_is_offered_nothing(office: Cast, client: Client, form: FormDefinition) -> None:
    give(["wagtailadmin.access_admin", "mus_workflow.view_formdefinition"], office.hr)
    client.force_login(office.hr)
    listing = client.get(reverse(LIST)).content.decode()
    assert not any(place in listing for place in addresses(form))


def test_who_may_make_forms_and_not_change_them_comes_back_to_the_list(office: Cast, client: Client) -> None:
    give(["wagtailadmin.access_admin", "mus_workflow.add_formdefinition"], office.hr)
    client.force_login(office.hr)
    assert upload(client, new_file()).headers["Location"] == reverse(LIST)
    assert "må ikke ændre" in str(upload(client, new_file()).context["form"].errors["file"])


def test_making_a_form_takes_as_many_queries_with_4_forms_as_with_20(as_editor: Client, form: FormDefinition) -> None:
    def queries(number: int) -> list[int]:
        counts = []
        for place in addresses(form):
            with CaptureQueriesContext(connection) as captured:
                assert as_editor.get(place).status_code == 200
            counts.append(len(captured))
        with CaptureQueriesContext(connection) as captured:
            assert as_editor.post(address("copy", form.pk), {"title": "K", "slug": f"k-{number}"}).status_code == 302
        return [*counts, len(captured)]

    queries(0)
    before = queries(1)
    for number in range(2, 18):
        as_editor.post(address("copy", form.pk), {"title": "Kopi", "slug": f"k-{number}"})
    assert queries(18) == before
