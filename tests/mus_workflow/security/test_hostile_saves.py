"""What a hostile or broken page can send to be saved: refused in a sentence, and never an error or a bloated draft."""

import json
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from mus_workflow.actions.amend_agreement import amend_agreement
from mus_workflow.models import Draft, FormVersion, SealedFile, open_sealed, schema_of
from mus_workflow.stages import Stage
from tests.builders import Cast, make_dialogue, make_form, qid, question
from tests.mus_workflow.views.sheets import form_fields
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

JSON = {"accept": "application/json"}
COLUMN = qid("step").replace("-", "")


@pytest.fixture
def dialogue(cast: Cast):
    """A preparation with a text, a table that grows, and a file."""
    dialogue = make_dialogue(cast, Stage.PREPARING)
    columns = [{"type": "item", "id": qid("step"), "value": {"label": "Skridt", "type": "long_text"}}]
    rows = [
        question("why", "long_text", "Hvorfor?"),
        question("steps", "table", "Skridt", grows=True, columns=columns),
        question("proof", "file", "Bilag", max_files=1, accept="DOCUMENTS"),
    ]
    version = FormVersion.objects.get(form=make_form("PREPARATION", "Skema", rows))
    for draft in dialogue.drafts.filter(kind="PREPARATION"):
        draft.form_version = version
        draft.save()
    schema_of.cache_clear()
    return dialogue


def autosave(client, dialogue, answers, *, raw=None, **more):
    body = {"request": str(uuid.uuid4()), "version": 10_000, "answers": answers, **more}
    address = reverse("mus_workflow:preparation_autosave", args=[dialogue.pk])
    return client.post(address, raw or json.dumps(body), content_type="application/json", headers=JSON)


def post(client, dialogue, **fields):
    address = reverse("mus_workflow:preparation_edit", args=[dialogue.pk])
    return client.post(address, {"version": "0", "seen": "{}", **fields})


def name(question_name):
    return f"q_{qid(question_name).replace('-', '')}"


def stored(dialogue, person):
    draft = Draft.objects.get(dialogue=dialogue, participant__user=person)
    return {key: one["value"] for key, one in (open_sealed(draft.envelope) or {"answers": {}})["answers"].items()}


@pytest.mark.parametrize("asked", ["steps", "proof"])
def test_a_question_of_many_controls_has_none_of_its_own_name(cast: Cast, enter, dialogue, asked):
    response = post(enter(cast.employee), dialogue, **{name(asked): "x", name("why"): "Fordi"})
    assert response.status_code == 302
    assert stored(dialogue, cast.employee) == {qid("why"): "Fordi"}


@pytest.mark.parametrize("key", ["why/", "steps", "steps/", "proof", "proof/"])
def test_no_answer_is_kept_where_no_page_would_show_it(cast: Cast, enter, dialogue, key):
    asked, slash, _part = key.partition("/")
    response = autosave(enter(cast.employee), dialogue, {qid(asked) + slash: "Gemt af vejen"})
    assert response.status_code == 400
    assert stored(dialogue, cast.employee) == {}


def test_a_body_nested_beyond_sense_is_refused(cast: Cast, enter, dialogue):
    response = autosave(enter(cast.employee), dialogue, {}, raw='{"answers":' + "[" * 200_000 + "]" * 200_000 + "}")
    assert response.status_code == 400


def test_a_seen_nested_beyond_sense_is_nothing_seen(cast: Cast, enter, dialogue):
    fields = {name("why"): "Fordi", "seen": "[" * 200_000, "version": "7"}
    assert post(enter(cast.employee), dialogue, **fields).status_code == 302
    assert stored(dialogue, cast.employee) == {qid("why"): "Fordi"}


@pytest.mark.parametrize("text", ["\ud800", "a\udfffb", "a\x00b"])
def test_a_text_that_cannot_be_written_down_is_no_error(cast: Cast, enter, dialogue, text):
    response = autosave(enter(cast.employee), dialogue, {qid("why"): text})
    assert response.status_code in (200, 400)


@pytest.mark.parametrize("number", ["9" * 5000, "²", "٣", "-1"])
def test_a_number_no_page_sends_is_no_error(cast: Cast, enter, dialogue, number):
    client = enter(cast.employee)
    assert autosave(client, dialogue, {qid("why"): "Fordi"}, form=number).status_code in (200, 400)
    assert post(client, dialogue, form=number, version=number, part=number, go=number).status_code == 302
    page = reverse("mus_workflow:preparation_edit", args=[dialogue.pk])
    assert client.get(page, {"part": number}).status_code == 200


@pytest.mark.parametrize("is_removed", [True, False])
def test_rows_that_were_removed_or_emptied_do_not_pile_up(cast: Cast, enter, dialogue, is_removed):
    client, most = enter(cast.employee), 0
    for batch in range(6):
        answers = {}
        for number in range(199):
            row = f"{batch:016x}{number:016x}"
            answers[f"{qid('steps')}/{row}_{COLUMN}"] = "x"
            if is_removed:
                answers[f"{qid('steps')}/{row}_removed"] = ["removed"]
        if (response := autosave(client, dialogue, answers)).status_code != 200:
            assert response.status_code == 422
            break
        if not is_removed:
            autosave(client, dialogue, dict.fromkeys(answers))
        most = batch
    assert most < 5


def test_no_script_takes_a_file_out_and_leaves_its_bytes(cast: Cast, enter, dialogue):
    client = enter(cast.employee)
    control = f"file_{name('proof')}"
    post(client, dialogue, **{control: SimpleUploadedFile("a.pdf", b"%PDF-1")})
    file = SealedFile.objects.get()
    answer = autosave(client, dialogue, {f"{qid('proof')}/{file.pk.hex}": None}).json()
    assert list(answer["errors"]) == [f"{qid('proof')}/{file.pk.hex}"]
    assert [one["name"] for one in stored(dialogue, cast.employee).values()] == ["a.pdf"]


def test_too_large_a_request_is_told_and_no_error(cast: Cast, enter, dialogue, settings):
    response = autosave(enter(cast.employee), dialogue, {qid("why"): "x" * 3_000_000})
    assert response.status_code in (400, 413, 422)
    assert "reason" in response.json()


def test_the_longest_page_that_cannot_be_taken_says_so_without_scripts(cast: Cast, enter, dialogue):
    response = post(enter(cast.employee), dialogue, **{f"more_{number}": "" for number in range(10_001)})
    assert response.status_code == 413
    page = response.content.decode()
    assert "Gå tilbage i din browser" in page or "Go back in your browser" in page


def test_a_draft_does_not_grow_without_end(cast: Cast, enter, dialogue, monkeypatch):
    monkeypatch.setattr("mus_workflow.actions.save_draft.MOST_BYTES", 10_000)
    client = enter(cast.employee)
    assert autosave(client, dialogue, {qid("why"): "x" * 5_000}).status_code == 200
    assert autosave(client, dialogue, {qid("why"): "x" * 15_000}).status_code == 422
    assert stored(dialogue, cast.employee) == {qid("why"): "x" * 5_000}


@pytest.mark.parametrize("value", [5, ["2026-01-01"], {"a": 1}, True, None])
@pytest.mark.parametrize("field", ["due_date", "responsible", "what", "removed"])
def test_an_item_of_another_shape_is_no_error(cast: Cast, enter, field, value):
    dialogue = make_dialogue(cast, Stage.TALK)
    body = {"request": "r", "version": 10_000, "answers": {}, "items": {str(uuid.UUID(int=7)): {field: value}}}
    address = reverse("mus_workflow:agreement_autosave", args=[dialogue.pk])
    response = enter(cast.employee).post(address, json.dumps(body), content_type="application/json", headers=JSON)
    assert response.status_code in (200, 400, 422)


@pytest.mark.parametrize("note", ["x" * 5_000, "a\x00b"])
def test_a_reason_that_was_never_one_is_not_recorded_for_ever(cast: Cast, enter, note):
    dialogue = make_dialogue(cast, Stage.FOLLOW_UP)
    amend_agreement(dialogue_id=dialogue.pk, change_note="Ny frist", by=cast.manager, at=NOW)
    page = reverse("mus_workflow:agreement_edit", args=[dialogue.pk])
    client = enter(cast.manager)
    sent = {**form_fields(client, page), "change_note": note, "action": "save"}
    response = client.post(page, sent)
    assert open_sealed(Draft.objects.get(dialogue=dialogue, kind="AGREEMENT").envelope)["change_note"] == "Ny frist"
    assert response.status_code == 422


def test_a_first_agreement_has_no_reason_for_a_change(cast: Cast, enter):
    dialogue = make_dialogue(cast, Stage.TALK)
    page = reverse("mus_workflow:talk", args=[dialogue.pk])
    client = enter(cast.manager)
    client.post(page, {**form_fields(client, page), "change_note": "Kan læses af revisor"})
    body = open_sealed(Draft.objects.get(dialogue=dialogue, kind="AGREEMENT").envelope)
    assert not (body or {}).get("change_note")
