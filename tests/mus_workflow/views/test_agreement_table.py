"""A table that two people fill in together, with scripts and without."""

import uuid
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup

from mus_workflow.actions.publish_concept import publish_concept
from mus_workflow.actions.publish_form import publish_form
from mus_workflow.actions.write_revision import save_revision
from mus_workflow.formbuilder.fields import field_name
from mus_workflow.formbuilder.parts import assembled
from mus_workflow.formbuilder.questions.added_rows import new_row, row_id_of
from mus_workflow.models import Agreement, Concept, FormDefinition, open_sealed, schema_of
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, qid, question
from tests.mus_workflow.views.sheets import body_of, field_of, filled_in, form_fields, url
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

ROW, OTHER_ROW = "01" * 16, "02" * 16
COLUMNS = [("goal", "Mål", "EMPLOYEE"), ("hours", "Timer", "BOTH"), ("support", "Støtte", "MANAGER")]


def cell(row, column):
    return f"{qid('goals')}/{row}_{qid(column).replace('-', '')}"


def column(name, label, audience):
    kind = "number" if name == "hours" else "long_text"
    return {"type": "item", "id": qid(name), "value": {"label": label, "type": kind, "audience": audience}}


@pytest.fixture
def dialogue(cast: Cast):
    """A talk whose agreement has a table of goals, in which each side has a column of its own."""
    form = FormDefinition.objects.get(purpose="AGREEMENT")
    stored = form.body.get_prep_value()
    goals = question("goals", "table", "Mål", audience="AGREED", grows=True, columns=[column(*one) for one in COLUMNS])
    stored[0]["value"]["questions"].append(goals)
    form.body = form._meta.get_field("body").to_python(stored)
    form.save()
    publish_form(form=form, by=None, at=NOW - timedelta(days=1))
    publish_concept(concept=Concept.objects.get(), by=None, at=NOW - timedelta(days=1))
    return make_dialogue(cast, Stage.TALK)


def autosave(client, dialogue, version, answers):
    body = {"request": str(uuid.uuid4()), "version": version, "answers": answers, "items": {}}
    address = url("agreement_autosave", dialogue)
    return client.post(address, body, content_type="application/json", headers={"Accept": "application/json"})


def stored(dialogue):
    return {key: entry["value"] for key, entry in body_of(dialogue)["answers"].items()}


def rows_on(page):
    soup = BeautifulSoup(page.content, "html.parser")
    for template in soup("template"):
        template.decompose()
    return [row["data-mus-row"] for row in soup.select("[data-mus-row]")]


def test_two_who_add_rows_at_once_both_keep_theirs(cast: Cast, enter, dialogue):
    employee, manager = enter(cast.employee), enter(cast.manager)
    mine, yours = new_row(), new_row()
    assert (
        autosave(employee, dialogue, 0, {cell(mine, "goal"): "At lede", cell(mine, "hours"): "20"}).status_code == 200
    )
    assert autosave(manager, dialogue, 0, {cell(yours, "support"): "Tid", cell(yours, "hours"): "5"}).status_code == 200
    assert stored(dialogue) == {
        cell(mine, "goal"): "At lede",
        cell(mine, "hours"): "20",
        cell(yours, "support"): "Tid",
        cell(yours, "hours"): "5",
    }


def test_two_who_write_in_different_cells_of_a_row_never_meet(cast: Cast, enter, dialogue):
    employee, manager = enter(cast.employee), enter(cast.manager)
    autosave(employee, dialogue, 0, {cell(ROW, "goal"): "At lede"})
    assert autosave(manager, dialogue, 0, {cell(ROW, "support"): "Tid"}).status_code == 200
    assert autosave(employee, dialogue, 1, {cell(ROW, "goal"): "At lede møder"}).status_code == 200
    assert stored(dialogue) == {cell(ROW, "goal"): "At lede møder", cell(ROW, "support"): "Tid"}


def test_the_same_cell_is_a_conflict_with_both_texts(cast: Cast, enter, dialogue):
    autosave(enter(cast.manager), dialogue, 0, {cell(ROW, "hours"): "5"})
    answer = autosave(enter(cast.employee), dialogue, 0, {cell(ROW, "hours"): "20", cell(ROW, "goal"): "At lede"})
    assert answer.status_code == 409
    conflict = answer.json()["conflicts"][0]
    assert (conflict["id"], conflict["theirs"], conflict["by"]) == (cell(ROW, "hours"), "5", "Mikkel Holm")
    assert answer.json()["saved"] == [cell(ROW, "goal")]
    assert stored(dialogue)[cell(ROW, "hours")] == "5"


def test_without_scripts_the_same_cell_is_shown_with_both_texts_and_a_choice(cast: Cast, enter, dialogue):
    autosave(enter(cast.manager), dialogue, 0, {cell(ROW, "hours"): "5"})
    employee, name = enter(cast.employee), field_name(cell(ROW, "hours"))
    first = filled_in(employee, dialogue, {name: "20"})
    autosave(enter(cast.manager), dialogue, 1, {cell(ROW, "hours"): "7"})
    page = employee.post(url("talk", dialogue), first)
    assert page.status_code == 409
    box = BeautifulSoup(page.content, "html.parser").select_one(".mus-question .mus-conflict")
    assert "7" in box.blockquote.get_text()
    assert form_fields(None, page)[name] == "20"
    sent = {**form_fields(None, page), f"keep_{name}": "mine"}
    employee.post(url("talk", dialogue), sent)
    assert stored(dialogue)[cell(ROW, "hours")] == "20"


def test_without_scripts_each_save_brings_a_blank_row(cast: Cast, enter, dialogue):
    employee = enter(cast.employee)
    page = employee.get(url("talk", dialogue))
    [blank] = rows_on(page)
    employee.post(url("talk", dialogue), {**form_fields(None, page), field_name(cell(blank, "goal")): "At lede"})
    assert stored(dialogue) == {cell(blank, "goal"): "At lede"}
    rows = rows_on(employee.get(url("talk", dialogue)))
    assert rows[0] == blank
    assert len(rows) == 2


def test_a_cleared_row_is_no_row(cast: Cast, enter, dialogue):
    employee = enter(cast.employee)
    autosave(employee, dialogue, 0, {cell(ROW, "goal"): "At lede"})
    employee.post(url("talk", dialogue), filled_in(employee, dialogue, {field_name(cell(ROW, "goal")): ""}))
    assert ROW not in rows_on(employee.get(url("talk", dialogue)))


def test_a_removed_row_is_kept_in_the_draft_and_left_out_of_the_agreement(cast: Cast, enter, dialogue):
    employee = enter(cast.employee)
    autosave(employee, dialogue, 0, {cell(ROW, "goal"): "At lede", cell(OTHER_ROW, "goal"): "At hvile"})
    removed = f"{qid('goals')}/{ROW}_removed"
    assert autosave(employee, dialogue, 1, {removed: ["removed"]}).status_code == 200
    page = employee.get(url("talk", dialogue))
    assert ROW in rows_on(page)
    assert form_fields(None, page)[field_name(cell(ROW, "goal"))] == "At lede"
    save_revision(dialogue_id=dialogue.pk, by=cast.employee, at=NOW)
    document = open_sealed(Agreement.objects.get(dialogue=dialogue).document)
    answer = next(one for one in document["sections"][0]["answers"] if one["id"] == qid("goals"))
    assert answer["table"] == {"columns": ["", "Mål", "Timer", "Støtte"], "rows": [["1", "At hvile", "", ""]]}
    assert answer["value"] == {row_id_of(OTHER_ROW): {qid("goal"): "At hvile"}}


def test_the_table_is_read_as_a_table_in_the_agreement(cast: Cast, enter, dialogue):
    employee = enter(cast.employee)
    autosave(employee, dialogue, 0, {cell(ROW, "goal"): "At lede", cell(ROW, "hours"): "20"})
    save_revision(dialogue_id=dialogue.pk, by=cast.employee, at=NOW)
    page = employee.get(url("agreement_revision", dialogue, 1))
    table = BeautifulSoup(page.content, "html.parser").select_one("table.mus-answer-table")
    assert [heading.get_text() for heading in table.select("thead th")] == ["Mål", "Timer", "Støtte"]
    assert [one.get_text() for one in table.select("tbody th, tbody td")] == ["1", "At lede", "20", ""]


def test_the_other_sides_column_is_refused_shown_and_told_as_it_is_written(cast: Cast, enter, dialogue):
    employee, manager = enter(cast.employee), enter(cast.manager)
    autosave(manager, dialogue, 0, {cell(ROW, "support"): "To dage", cell(ROW, "hours"): "5"})
    refused = autosave(employee, dialogue, 1, {cell(ROW, "support"): "Fire dage"})
    assert refused.status_code == 400
    name = field_name(cell(ROW, "support"))
    posted = filled_in(employee, dialogue, {name: "Fire dage", field_of("summary"): "Enige."})
    employee.post(url("talk", dialogue), posted)
    assert stored(dialogue)[cell(ROW, "support")] == "To dage"
    told = employee.get(url("agreement_changes", dialogue), {"version": 0}).json()
    assert told["regions"][name] == "To dage"
    assert told["answers"][cell(ROW, "hours")] == "5"
    assert cell(ROW, "support") not in told["answers"]


def test_a_table_that_is_full_refuses_another_row_with_the_reason(cast: Cast, enter, dialogue):
    employee = enter(cast.employee)
    rows = {cell(f"{number:032x}", "goal"): "x" for number in range(1, 201)}
    assert autosave(employee, dialogue, 0, rows).status_code == 200
    refused = autosave(employee, dialogue, 1, {cell(ROW, "goal"): "y"})
    assert refused.status_code == 422
    assert "200" in refused.json()["reason"]
    assert autosave(employee, dialogue, 1, {cell(f"{1:032x}", "goal"): "z"}).status_code == 200
    schema = schema_of(dialogue.forms.get(purpose="AGREEMENT").form_version_id)
    assert len(assembled(schema, stored(dialogue))[qid("goals")]) == 200
