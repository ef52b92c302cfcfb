"""Forms of every format ever released are read, shown and answered as on the day they were frozen."""

import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.utils import translation

from mus_workflow.formbuilder.conditions import visible_ids
from mus_workflow.formbuilder.fields import Asked, partial_clean, posted_answers
from mus_workflow.formbuilder.formats import upgraded
from mus_workflow.formbuilder.linking import with_rows
from mus_workflow.formbuilder.parts import assembled, flattened
from mus_workflow.formbuilder.projection import FormKey, for_audience, met_terms, projected, with_facts
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import digest, questions, validate
from mus_workflow.formbuilder.wording import localised
from tests.mus_workflow.formbuilder.test_properties import posted_from

FILES = sorted(Path(__file__).parent.glob("format-*.json"))
ROLES = ["EMPLOYEE", "MANAGER"]


@pytest.fixture(params=FILES, ids=lambda file: file.stem)
def golden(request):
    found = json.loads(request.param.read_text())
    return {**found, "frozen": found["schema"], "schema": upgraded(found["schema"])}


def met(golden, role):
    """The form's terms about facts that are met for one side. Format 1 had none."""
    return met_terms(golden["schema"], {**golden.get("facts", {}), "ROLE": role})


def hidden(golden, role):
    """The ids of the questions that are not asked: of each side, where a rule is about the side."""
    return golden["hidden"][role] if isinstance(golden["hidden"], dict) else golden["hidden"]


def test_there_is_a_file_for_every_format():
    assert [file.stem for file in FILES] == ["format-1", "format-2"]


def test_the_newest_file_asks_every_kind_of_question_of_everybody():
    schema = json.loads(FILES[-1].read_text())["schema"]
    assert {question["type"] for question in questions(schema)} == {question_type.type for question_type in registry}
    assert {question["audience"] for question in questions(schema)} == {"EMPLOYEE", "MANAGER", "BOTH", "AGREED"}
    assert {question["sharing"] for question in questions(schema)} == {"SHARED", "PRIVATE", "ALWAYS"}


def test_the_document_is_still_a_form_with_the_same_digest(golden):
    validate(golden["schema"])
    assert digest(golden["frozen"]) == golden["digest"]


@pytest.mark.parametrize("role", ROLES)
def test_the_same_questions_are_asked_and_hidden(golden, role):
    assert list(Asked(for_audience(golden["schema"], role)).questions) == golden["asked"][role]
    everything = {question["id"] for question in questions(golden["schema"])}
    settled = with_facts(golden["schema"], met(golden, role))
    assert sorted(everything - visible_ids(settled, golden["answers"])) == hidden(golden, role)


def test_the_answers_read_the_same(golden):
    for language, words in golden["words"].items():
        with translation.override(language):
            schema = localised(with_rows(golden["schema"]), language)
            read = {
                question["id"]: registry.get(question["type"]).text(question, golden["answers"][question["id"]])
                for question in questions(schema)
                if question["id"] in golden["answers"]
            }
        assert read == words


def test_the_answers_are_put_together_from_their_parts(golden):
    schema = with_rows(golden["schema"])
    assert assembled(schema, flattened(schema, golden["answers"])) == golden["answers"]


@pytest.mark.parametrize("language", ["da", "en"])
@pytest.mark.parametrize("role", ROLES)
def test_the_form_still_renders_with_its_answers(golden, role, language):
    key = FormKey(golden["digest"], role, language, met(golden, role))
    mine = projected(golden["schema"], key)
    flat = flattened(golden["schema"], golden["answers"])
    with translation.override(language):
        soup = BeautifulSoup(render_form(key, golden["schema"], flat), "html.parser")
        boxes = soup.find_all(attrs={"data-question": True})
        assert [box["data-question"] for box in boxes] == [question["id"] for question in questions(mine)]
        for box, question in zip(boxes, questions(mine), strict=True):
            assert question["label"] in box.get_text()
            assert box.has_attr("hidden") is (question["id"] in hidden(golden, role))
        posted = posted_answers(mine, posted_from(soup))
        saved, errors = partial_clean(mine, posted)
    assert errors == {}
    assert {name: value for name, value in saved.items() if value is not None} == written(mine, flat)


def written(schema, flat):
    """The answers that this reader writes in controls: what a file is, no control says."""
    asked = Asked(schema)
    return {key: value for key, value in flat.items() if key in asked and asked.at(key)["type"] != "file"}


def test_the_answers_can_still_be_saved(golden):
    schema = with_rows(golden["schema"])
    flat = written(schema, flattened(schema, golden["answers"]))
    with translation.override("da"):
        types = {key: registry.get(Asked(schema).at(key)["type"]) for key in flat}
        raw = {key: sent(types[key], value) for key, value in flat.items()}
        assert partial_clean(schema, raw) == (flat, {})


def sent(question_type, value):
    """What a browser sends for an answer."""
    if question_type.ticked:
        return list(question_type.chosen(value))
    return question_type.input_text(value)
