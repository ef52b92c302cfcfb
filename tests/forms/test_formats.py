"""Forms of every format ever released are read, shown and answered as on the day they were frozen."""

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.utils import translation

from mus_workflow.formbuilder.conditions import visible_ids
from mus_workflow.formbuilder.fields import Asked, partial_clean
from mus_workflow.formbuilder.formats import upgraded
from mus_workflow.formbuilder.projection import FormKey, for_audience
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import digest, questions, validate
from mus_workflow.formbuilder.wording import localised

FILES = sorted(Path(__file__).parent.glob("format-*.json"))


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def golden(request):
    found = json.loads(request.param.read_text())
    return {**found, "frozen": found["schema"], "schema": upgraded(found["schema"])}


def test_there_is_a_file_for_every_format():
    assert [file.stem for file in FILES] == ["format-1"]


def test_the_document_is_still_a_form_with_the_same_digest(golden):
    validate(golden["schema"])
    assert digest(golden["frozen"]) == golden["digest"]


def test_the_same_questions_are_asked_and_hidden(golden):
    for role, asked in golden["asked"].items():
        assert list(Asked(for_audience(golden["schema"], role)).questions) == asked
    everything = {question["id"] for question in questions(golden["schema"])}
    assert sorted(everything - visible_ids(golden["schema"], golden["answers"])) == golden["hidden"]


def test_the_answers_read_the_same(golden):
    for language, words in golden["words"].items():
        with translation.override(language):
            schema = localised(golden["schema"], language)
            read = {
                question["id"]: registry.get(question["type"]).text(question, golden["answers"][question["id"]])
                for question in questions(schema)
                if question["id"] in golden["answers"]
            }
        assert read == words


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("role", ["EMPLOYEE", "MANAGER"])
def test_the_form_still_renders_with_its_answers(golden, role, language):
    key = FormKey(golden["digest"], role, language)
    with translation.override(language):
        soup = BeautifulSoup(render_form(key, golden["schema"], golden["answers"]), "html.parser")
    for question in questions(for_audience(localised(golden["schema"], language), role)):
        box = soup.find(attrs={"data-question": question["id"]})
        assert question["label"] in box.get_text()
        assert box.has_attr("hidden") is (question["id"] in golden["hidden"])
        assert_shows(box, golden["answers"].get(question["id"]))


def assert_shows(box, value):
    chosen = [control["value"] for control in box.find_all("input", checked=True)]
    if isinstance(value, list):
        assert chosen == value
    elif box.textarea:
        assert box.textarea.get_text() == (value or "")
    elif box.name == "fieldset":
        assert chosen == ([] if value is None else [{"True": "yes", "False": "no"}.get(str(value), str(value))])


def test_the_answers_can_still_be_saved(golden):
    with translation.override("da"):
        types = {question["id"]: registry.get(question["type"]) for question in questions(golden["schema"])}
        raw = {
            question_id: value if isinstance(value, list) else types[question_id].input_text(value)
            for question_id, value in golden["answers"].items()
        }
        assert partial_clean(golden["schema"], raw) == (golden["answers"], {})
