"""The report on what publishing a form changes for dialogues under way, and the choices made in it."""

from __future__ import annotations

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

from mus_workflow.models import Dialogue, FormDefinition, FormMove, FormVersion, MovesAhead, Purpose
from mus_workflow.stages import Stage
from mus_workflow.viewsets.impact import IMPACT
from tests.builders import Cast, make_dialogue, qid
from tests.republishing import Rows, drop, key, republish, reword, rewrite, row

pytestmark = pytest.mark.django_db

EMPLOYEE = Purpose.EMPLOYEE_PREPARATION
EDIT = "wagtailsnippets_mus_workflow_formdefinition:edit"
OTHER_WORDS = "Hvem har hjulpet dig mest?"


def edit(rows: Rows) -> None:
    row(rows, "year")["label"] = OTHER_WORDS
    row(rows, "well_being")["label"] = "Hvordan trives du for tiden?"
    drop("workload")(rows)


@pytest.fixture
def form(office: Cast) -> FormDefinition:
    """A form with a draft that changes it."""
    return drafted(edit)


def drafted(change: Any) -> FormDefinition:
    form = rewrite(EMPLOYEE, change)
    form.save_revision()
    return form


def report(form: FormDefinition) -> str:
    return reverse(IMPACT, args=[form.pk])


def chosen(client: Client, form: FormDefinition, **button: str) -> dict[str, str]:
    """What the page would post if nothing were changed in it."""
    context = client.get(report(form)).context
    return {
        "digest": context["digest"],
        **{f"choice_{one.change.key}": one.chosen for one in context["rows"]},
        **button,
    }


def test_each_change_is_told_with_its_words_and_a_sensible_choice(as_editor: Client, form: FormDefinition) -> None:
    page = as_editor.get(report(form))
    rows = {one.change.key: one for one in page.context["rows"]}
    assert {name: one.chosen for name, one in rows.items()} == {
        key("MEANING", "year"): "CONFIRM",
        key("WORDING", "well_being"): "MOVE",
        key("REMOVED", "workload"): "STAY",
    }
    assert [value for value, _words in rows[key("MEANING", "year")].offered] == ["STAY", "CONFIRM"]
    text = page.content.decode()
    assert "<ins>for tiden</ins>" in text or "<ins> for tiden</ins>" in text
    assert "Hvor passende er din arbejdsmængde?" in text


def test_dialogues_are_counted_by_where_they_stand(as_editor: Client, office: Cast, form: FormDefinition) -> None:
    def counted() -> tuple[int, int, int, int]:
        touched = as_editor.get(report(form)).context["rows"][0].touched
        return (touched.planned, touched.open, touched.fixed, touched.finished)

    assert counted() == (0, 0, 0, 0)
    dialogue = make_dialogue(office, Stage.PLANNED)
    assert counted() == (1, 0, 0, 0)
    Dialogue.objects.filter(pk=dialogue.pk).update(stage=Stage.NOT_HELD)
    make_dialogue(office, Stage.TALK)
    assert counted() == (0, 0, 1, 1)
    Dialogue.objects.filter(stage=Stage.TALK).update(stage=Stage.NOT_HELD)
    make_dialogue(office, Stage.PREPARING)
    assert counted() == (0, 1, 0, 2)


def test_the_report_takes_as_many_queries_for_one_change_and_dialogue_as_for_many(
    as_editor: Client, office: Cast
) -> None:
    def queries() -> int:
        as_editor.get(report(form))
        with CaptureQueriesContext(connection) as captured:
            assert as_editor.get(report(form)).status_code == 200
        return len(captured)

    # Wagtail asks once more for a form with several drafts.
    form = drafted(reword("year", "Hvad lykkedes?"))
    drafted(reword("year", OTHER_WORDS))
    make_dialogue(office, Stage.CLOSED)
    before = queries()
    make_dialogue(office, Stage.PREPARING)
    drafted(lambda rows: (drop("workload")(rows), reword("well_being", "Hvad tænker du på?")(rows)))
    assert queries() == before


def test_publish_leads_to_the_report_and_nothing_is_published_yet(as_editor: Client, form: FormDefinition) -> None:
    edit_page = as_editor.get(reverse(EDIT, args=[form.pk]))
    assert edit_page.status_code == 200
    assert form.versions.count() == 1


def test_publishing_from_the_report_carries_out_the_choices(
    as_editor: Client, office: Cast, form: FormDefinition
) -> None:
    make_dialogue(office, Stage.PREPARING)
    sent = chosen(as_editor, form, **{"action-publish": "1"})
    assert as_editor.post(report(form), sent).status_code == 302
    new = form.versions.published().latest("number")
    assert new.number == 2
    move = FormMove.objects.get()
    assert (move.from_version.number, move.to_version.bridges, move.confirm) == (1, new, [qid("year")])
    assert move.decided_by_key == str(office.editor.pk)
    asked = [one["id"] for one in move.to_version.schema["sections"][0]["questions"]]
    assert qid("workload") in asked


def test_choices_are_kept_for_a_schedule(as_editor: Client, office: Cast, form: FormDefinition) -> None:
    make_dialogue(office, Stage.PREPARING)
    form.go_live_at = later = timezone.now() + timedelta(days=1)
    revision = form.save_revision()
    revision.publish()
    as_editor.post(report(form), chosen(as_editor, form, **{"action-keep": "1"}))
    assert (MovesAhead.objects.count(), FormMove.objects.count(), form.versions.count()) == (1, 0, 1)
    with time_machine.travel(later + timedelta(minutes=1), tick=False):
        call_command("publish_scheduled")
    assert FormMove.objects.get().to_version.bridges == form.versions.published().latest("number")


def test_a_publication_without_choices_moves_nobody_and_can_be_decided_on_later(
    as_editor: Client, office: Cast, form: FormDefinition
) -> None:
    make_dialogue(office, Stage.PREPARING)
    form.save_revision().publish()
    assert form.versions.count() == 2
    assert not FormMove.objects.exists()
    page = as_editor.get(report(form))
    assert {one.chosen for one in page.context["rows"]} == {"STAY"}
    sent = {**chosen(as_editor, form), f"choice_{key('MEANING', 'year')}": "CONFIRM", "action-decide": "1"}
    assert as_editor.post(report(form), sent).status_code == 302
    assert FormMove.objects.get().confirm == [qid("year")]
    again = {one.change.key: one.chosen for one in as_editor.get(report(form)).context["rows"]}
    assert again[key("MEANING", "year")] == "CONFIRM"


def test_choices_that_cannot_go_together_are_marked_and_nothing_is_published(as_editor: Client, office: Cast) -> None:
    def let_go(rows: Rows) -> None:
        drop("course")(rows)
        row(rows, "which_course")["condition"] = {"question": "", "op": "equals", "value": ""}

    form = drafted(let_go)
    sent = {
        **chosen(as_editor, form),
        f"choice_{key('REMOVED', 'course')}": "MOVE",
        f"choice_{key('MEANING', 'which_course')}": "STAY",
        "action-publish": "1",
    }
    page = as_editor.post(report(form), sent)
    assert page.status_code == 200
    marked = {one.change.key for one in page.context["rows"] if one.is_in_the_way}
    assert marked == {key("REMOVED", "course"), key("MEANING", "which_course")}
    assert {one.change.key: one.chosen for one in page.context["rows"]}[key("REMOVED", "course")] == "MOVE"
    assert form.versions.count() == 1


def test_a_report_on_another_draft_is_not_acted_on(as_editor: Client, form: FormDefinition) -> None:
    sent = chosen(as_editor, form, **{"action-publish": "1"})
    drafted(reword("course", "Vil du på kursus?"))
    response = as_editor.post(report(form), sent, follow=True)
    assert "has changed since this page was shown" in response.content.decode()
    assert form.versions.count() == 1


def test_a_locked_form_is_not_published_from_the_report(as_editor: Client, office: Cast, form: FormDefinition) -> None:
    form.locked, form.locked_by = True, office.admin
    form.save()
    page = as_editor.post(report(form), chosen(as_editor, form, **{"action-publish": "1"}))
    assert "locked" in page.content.decode()
    assert form.versions.count() == 1


def test_a_type_that_cannot_read_the_answers_is_refused_in_the_editor(as_editor: Client, office: Cast) -> None:
    def retype(rows: Rows) -> None:
        asked = next(one for one in rows if one["id"] == qid("year"))
        asked.update(type="scale", value={"label": "Hvad lykkedes i år?", "min": 1, "max": 5})

    form = drafted(retype)
    page = as_editor.post(report(form), chosen(as_editor, form, **{"action-publish": "1"}))
    assert "cannot be read as" in page.content.decode()
    assert form.versions.count() == 1
    form.save_revision().publish()
    assert form.versions.count() == 1


@pytest.mark.parametrize("name", ["auditor", "employee", "hr", "manager"])
def test_only_those_who_may_publish_see_the_report(
    office: Cast, client: Client, form: FormDefinition, name: str
) -> None:
    client.force_login(getattr(office, name))
    for answer in (client.get(report(form)), client.post(report(form), {"action-publish": "1"})):
        assert answer.status_code == 302
        assert answer.url != report(form)
    assert form.versions.count() == 1


def test_an_editor_who_may_not_publish_does_not_see_it(office: Cast, client: Client, form: FormDefinition) -> None:
    for group in office.editor.groups.all():
        group.permissions.remove(*group.permissions.filter(codename="publish_formdefinition"))
    client.force_login(office.editor)
    assert client.get(report(form)).status_code == 302


def test_a_form_published_once_has_nothing_to_decide(as_editor: Client, office: Cast) -> None:
    form = FormDefinition.objects.get(purpose=EMPLOYEE)
    form.save_revision()
    page = as_editor.get(report(form))
    assert page.context["rows"] == []
    assert "nothing to decide" in page.content.decode()


def test_the_list_names_no_version_that_was_never_published(as_editor: Client, office: Cast) -> None:
    make_dialogue(office, Stage.PREPARING)
    republish(EMPLOYEE, edit, {key("WORDING", "well_being"): "MOVE"})
    assert FormVersion.objects.filter(form__purpose=EMPLOYEE).latest("number").bridges is not None
    listed = as_editor.get(reverse("wagtailsnippets_mus_workflow_formdefinition:list"))
    form = next(one for one in listed.context["page_obj"].object_list if one.purpose == EMPLOYEE)
    assert str(form.newest_version) == "Version 2"
    assert "Decide for running dialogues" in listed.content.decode()
