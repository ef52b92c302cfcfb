"""Editors build forms and concepts in the Wagtail admin, and publishing freezes what people meet."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from wagtail.models import GroupApprovalTask, Page, Workflow, WorkflowContentType, WorkflowTask
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from mus_workflow.models import Concept, Dialogue, FormDefinition, FormTranslation, FormVersion, Purpose
from mus_workflow.stages import Stage
from mus_workflow.viewsets.impact import IMPACT
from tests.builders import Cast, make_dialogue

pytestmark = pytest.mark.django_db

EDIT = "wagtailsnippets_mus_workflow_formdefinition:edit"
LIST = "wagtailsnippets_mus_workflow_formdefinition:list"


@pytest.fixture
def form(office: Cast) -> FormDefinition:
    return FormDefinition.objects.get(purpose=Purpose.EMPLOYEE_PREPARATION)


def condition(question_id: str = "", value: str = "") -> dict[str, str]:
    return {"question": question_id, "op": "equals", "value": value}


def asked(label: str, **settings: Any) -> dict[str, Any]:
    """The posted parts of one short question."""
    parts = {"label": label, "help": rich_text(""), "audience": "BOTH", "sharing": "SHARED", "condition": condition()}
    return {**parts, "max_length": "200", **settings}


def posted(form: FormDefinition, *questions: dict[str, Any], **more: Any) -> dict[str, Any]:
    """What the editor's browser sends: one section with these short questions."""
    section = {
        "heading": "Afsnit",
        "intro": rich_text(""),
        "condition": condition(),
        "questions": streamfield([("short_text", value) for value in questions]),
    }
    return nested_form_data(
        {
            "title": form.title,
            "purpose": form.purpose,
            "language": form.language,
            "layout": form.layout,
            "retention": form.retention,
            "slug": form.slug,
            "intro": rich_text("<p>Velkommen</p>"),
            "body": streamfield([("section", section)]),
            **more,
        }
    )


def save(client: Client, form: FormDefinition, data: dict[str, Any], **action: str) -> Any:
    """Press a button of the editor; a report on what would change is answered with the choices it suggests."""
    response = client.post(reverse(EDIT, args=[form.pk]), {**data, **action})
    report = reverse(IMPACT, args=[form.pk])
    if response.status_code == 302 and response.url == report:
        shown = client.get(report).context["digest"]
        return client.post(report, {"digest": shown, "action-publish": "1"})
    return response


def texts(response: Any) -> str:
    return " ".join(str(message) for message in response.context["messages"])


def test_publishing_freezes_the_next_version_and_says_so(as_editor: Client, form: FormDefinition) -> None:
    response = save(as_editor, form, posted(form, asked("Hvad glæder dig?")), **{"action-publish": "1"})
    assert response.status_code == 302, response.context["form"].errors
    newest = form.versions.latest("number")
    assert newest.number == 2
    assert newest.created_by_key == str(FormDefinition.objects.get(pk=form.pk).latest_revision.user_id)
    assert newest.schema["sections"][0]["questions"][0]["label"] == "Hvad glæder dig?"
    assert "Version 2 was frozen" in texts(as_editor.get(reverse(LIST)))


def test_a_draft_freezes_nothing(as_editor: Client, form: FormDefinition) -> None:
    assert save(as_editor, form, posted(form, asked("Hvad glæder dig?"))).status_code == 302
    assert form.versions.count() == 1
    assert FormDefinition.objects.get(pk=form.pk).has_unpublished_changes


def test_publishing_the_same_again_makes_no_new_version(as_editor: Client, form: FormDefinition) -> None:
    save(as_editor, form, posted(form, asked("Hvad glæder dig?")), **{"action-publish": "1"})
    as_editor.get(reverse(LIST))
    page = as_editor.get(reverse(EDIT, args=[form.pk])).context["form"]
    body = page["body"].field.prepare_value(page["body"].value())
    again = posted(form, asked("Hvad glæder dig?"))
    again["body-0-id"] = body.raw_data[0]["id"]
    again["body-0-value-questions-0-id"] = body.raw_data[0]["value"]["questions"][0]["id"]
    save(as_editor, form, again, **{"action-publish": "1"})
    assert form.versions.count() == 2
    assert "no new version was made" in texts(as_editor.get(reverse(LIST)))


def test_running_dialogues_keep_the_version_they_began_with(
    as_editor: Client, office: Cast, form: FormDefinition
) -> None:
    dialogue = make_dialogue(office, Stage.INVITED)
    save(as_editor, form, posted(form, asked("Hvad glæder dig?")), **{"action-publish": "1"})
    assert dialogue.forms.get(purpose=form.purpose).form_version.number == 1
    Dialogue.objects.filter(pk=dialogue.pk).update(stage=Stage.NOT_HELD)
    assert make_dialogue(office, Stage.INVITED).forms.get(purpose=form.purpose).form_version.number == 2


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (asked(""), "This field is required"),
        (asked("Hvorfor?", condition=condition("Findes ikke", "ja")), "no earlier question"),
    ],
)
def test_a_form_that_does_not_compile_is_refused_with_its_reason_and_stays_a_draft(
    as_editor: Client, form: FormDefinition, wrong: dict[str, Any], words: str
) -> None:
    before = FormDefinition.objects.values().get(pk=form.pk)
    response = save(as_editor, form, posted(form, wrong), **{"action-publish": "1"})
    assert response.status_code == 200
    assert words in response.content.decode()
    assert form.versions.count() == 1
    assert FormDefinition.objects.values().get(pk=form.pk) == before


def test_an_empty_form_cannot_be_published(as_editor: Client, form: FormDefinition) -> None:
    response = save(as_editor, form, {**posted(form), "body-count": "0"}, **{"action-publish": "1"})
    assert response.status_code == 200
    assert "The form has no questions yet" in response.content.decode()
    assert form.versions.count() == 1


def preview(client: Client, form: FormDefinition, data: dict[str, Any], mode: str) -> str:
    address = reverse("wagtailsnippets_mus_workflow_formdefinition:preview_on_edit", args=[form.pk])
    assert client.post(address, data).status_code == 200
    return client.get(f"{address}?mode={mode}").content.decode()


def test_a_draft_is_previewed_as_each_side(as_editor: Client, form: FormDefinition) -> None:
    data = posted(
        form,
        asked("Til begge?"),
        asked("Til medarbejderen?", audience="EMPLOYEE"),
        asked("Til lederen?", audience="MANAGER"),
    )
    employee, manager = (preview(as_editor, form, data, mode) for mode in ("EMPLOYEE", "MANAGER"))
    assert "Til begge?" in employee
    assert "Til medarbejderen?" in employee
    assert "Til lederen?" not in employee
    assert "Til lederen?" in manager
    assert "Til medarbejderen?" not in manager


def test_a_preview_of_every_question_shows_each_with_its_rule_and_cannot_be_sent(
    as_editor: Client, form: FormDefinition
) -> None:
    data = posted(
        form, asked("Har du mål?"), asked("Hvilket?", condition={**condition("Har du mål?"), "op": "answered"})
    )
    page = preview(as_editor, form, data, "EVERYTHING")
    assert "Hvilket?" in page
    assert page.count("Har du mål?") == 2
    shown = page[page.index('<fieldset class="mus-form"') :]
    assert " disabled" in shown[: shown.index(">")]
    assert "<form" not in shown[: shown.index("</main>")]
    assert 'type="submit"' not in shown


def test_a_preview_says_in_words_what_keeps_a_draft_from_being_published(
    as_editor: Client, form: FormDefinition
) -> None:
    data = posted(form, asked("Hvorfor?", condition=condition("Findes ikke", "ja")))
    page = preview(as_editor, form, data, "MANAGER")
    assert "mus-notice" in page
    assert "Findes ikke" in page
    assert "Traceback" not in page


def test_no_raw_json_is_shown_and_translations_are_told(as_editor: Client, form: FormDefinition) -> None:
    FormTranslation.objects.create(form=form, language="en", texts={"title": {"label": "Your preparation"}})
    page = as_editor.get(reverse(EDIT, args=[form.pk])).content.decode()
    assert "English</strong>: 1 of" in page
    assert "Your preparation" not in page


def test_a_scheduled_form_is_frozen_when_it_goes_live_and_not_before(as_editor: Client, form: FormDefinition) -> None:
    later = timezone.now() + timedelta(days=1)
    data = posted(form, asked("Hvad glæder dig?"), go_live_at=timezone.localtime(later).strftime("%Y-%m-%d %H:%M"))
    assert save(as_editor, form, data, **{"action-publish": "1"}).status_code == 302
    assert form.versions.count() == 1
    with time_machine.travel(later + timedelta(minutes=1), tick=False):
        call_command("publish_scheduled")
    assert form.versions.count() == 2


def test_what_is_live_and_was_never_frozen_is_frozen_when_a_dialogue_is_planned(office: Cast) -> None:
    first = Concept.objects.get()
    concept = Concept.objects.create(
        title="Nyt koncept",
        live=True,
        employee_form=first.employee_form,
        manager_form=copy_of(first.manager_form),
        agreement_form=first.agreement_form,
        follow_up_form=first.follow_up_form,
    )
    dialogue = make_dialogue(office, Stage.PLANNED)
    assert dialogue.concept_version.concept == concept
    assert dialogue.forms.get(purpose=Purpose.MANAGER_PREPARATION).form_version.form == concept.manager_form


def copy_of(form: FormDefinition, slug: str = "copy") -> FormDefinition:
    """The same form as another row, saved by a program: live, and never published."""
    return FormDefinition.objects.create(
        title=form.title, slug=slug, purpose=form.purpose, language="da", body=form.body, live=True
    )


def test_a_published_form_is_not_deleted(office: Cast, client: Client, form: FormDefinition) -> None:
    client.force_login(office.admin)
    address = reverse("wagtailsnippets_mus_workflow_formdefinition:delete", args=[form.pk])
    assert client.post(address, follow=True).status_code == 200
    assert FormDefinition.objects.filter(pk=form.pk).exists()


def test_the_list_tells_which_version_the_running_dialogues_use(as_editor: Client, office: Cast) -> None:
    make_dialogue(office, Stage.INVITED)
    page = as_editor.get(reverse(LIST)).content.decode()
    assert "Version 1" in page
    assert "version 1: 1" in page


def test_the_list_takes_as_many_queries_for_4_forms_as_for_20(as_editor: Client, office: Cast) -> None:
    def queries() -> int:
        as_editor.get(reverse(LIST))
        with CaptureQueriesContext(connection) as captured:
            assert as_editor.get(reverse(LIST)).status_code == 200
        return len(captured)

    before = queries()
    for number in range(16):
        copy_of(FormDefinition.objects.first(), slug=f"copy-{number}").save_revision()
    assert queries() == before


def moderated(office: Cast) -> None:
    """Forms go through an approval."""
    workflow = Workflow.objects.create(name="Godkendelse")
    task = GroupApprovalTask.objects.create(name="Redaktør")
    task.groups.set(office.editor.groups.all())
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    content_type = FormDefinition.objects.get(purpose=Purpose.AGREEMENT).get_content_type()
    WorkflowContentType.objects.create(workflow=workflow, content_type=content_type)


def test_a_draft_that_no_longer_compiles_is_not_approved(as_editor: Client, office: Cast, form: FormDefinition) -> None:
    moderated(office)
    save(as_editor, form, posted(form, asked("Hvad glæder dig?")), **{"action-submit": "1"})
    state = FormDefinition.objects.get(pk=form.pk).current_workflow_task_state
    approve = reverse(
        "wagtailsnippets_mus_workflow_formdefinition:workflow_action", args=[form.pk, "approve", state.pk]
    )
    save(as_editor, form, posted(form, asked("Hvorfor?", condition=condition("Findes ikke", "ja"))))
    response = as_editor.post(approve, {"comment": ""}, follow=True)
    assert "Findes ikke" in texts(response)
    assert form.versions.count() == 1
    save(as_editor, form, posted(form, asked("Hvad glæder dig?")))
    as_editor.post(approve, {"comment": ""})
    assert form.versions.count() == 2


def concept_data(concept: Concept, **more: Any) -> dict[str, Any]:
    times = ("interval_months", "notice_days", "preparation_days", "meeting_minutes")
    kept = ("erasure", "keep_preparation_days", "keep_shared_months", "keep_agreement_years")
    names = ("title", "sector", *times, *kept)
    forms = ("employee_form", "manager_form", "agreement_form", "follow_up_form")
    return {
        **{name: getattr(concept, name) for name in names},
        **{name: getattr(concept, f"{name}_id") for name in forms},
        "is_default": "on",
        "pay_text": rich_text(""),
        "contact_text": rich_text(""),
        "guide_root": concept.guide_root_id or "",
        **more,
    }


def test_publishing_a_concept_freezes_a_version_and_says_so(as_editor: Client) -> None:
    concept = Concept.objects.get()
    address = reverse("wagtailsnippets_mus_workflow_concept:edit", args=[concept.pk])
    page = as_editor.get(address).content.decode()
    for label in ("Preparation, employee", "pay as a topic", "guide"):
        assert label.lower() in page.lower()
    data = concept_data(
        concept, notice_days=21, pay_text=rich_text("<p>Løn er ikke et emne.</p>"), guide_root=Page.objects.first().pk
    )
    assert as_editor.post(address, {**data, "action-publish": "1"}).status_code == 302
    newest = concept.versions.latest("number")
    assert (newest.number, newest.document["notice_days"]) == (2, 21)
    assert "Løn er ikke et emne" in newest.document["pay_text"]
    assert "Version 2 was frozen" in texts(as_editor.get(address))


def test_how_long_things_are_kept_is_part_of_what_is_frozen(as_editor: Client) -> None:
    concept = Concept.objects.get()
    address = reverse("wagtailsnippets_mus_workflow_concept:edit", args=[concept.pk])
    page = as_editor.get(address).content.decode()
    assert "State bodies may erase nothing that the national archive has not released." in page
    assert "days that a preparation is kept after the signing" in page.lower()
    kept = {"erasure": "NEVER", "keep_preparation_days": 14, "keep_shared_months": 6, "keep_agreement_years": 10}
    assert as_editor.post(address, {**concept_data(concept), **kept, "action-publish": "1"}).status_code == 302
    newest = concept.versions.latest("number").document
    assert {name: newest[name] for name in kept} == kept
    assert newest["format"] == 2


def test_a_concept_offers_only_published_forms_for_each_purpose(as_editor: Client, office: Cast) -> None:
    concept = Concept.objects.get()
    FormDefinition.objects.create(title="Udkast", slug="udkast", purpose=Purpose.AGREEMENT, live=False)
    address = reverse("wagtailsnippets_mus_workflow_concept:edit", args=[concept.pk])
    choices = as_editor.get(address).context["form"]["agreement_form"].field.queryset
    assert list(choices) == [concept.agreement_form]


def test_people_without_the_permission_do_not_reach_the_forms(office: Cast, client: Client) -> None:
    for person in (office.auditor, office.employee, office.hr):
        client.force_login(person)
        response = client.get(reverse(LIST))
        assert response.status_code in (302, 403)


def test_the_schema_that_was_frozen_is_the_one_that_was_previewed(as_editor: Client, form: FormDefinition) -> None:
    save(as_editor, form, posted(form, asked("Hvad glæder dig?")), **{"action-publish": "1"})
    published = FormDefinition.objects.get(pk=form.pk)
    frozen = FormVersion.objects.filter(form=form).latest("number").schema
    assert json.loads(json.dumps(published.compiled())) == frozen
