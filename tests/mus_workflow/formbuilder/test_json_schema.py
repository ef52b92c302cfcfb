"""The published JSON Schema says what the registry's types say, and lets through every form that can be built."""

import copy
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings

from mus_workflow.formbuilder.conditions import FACTS, MATCHES
from mus_workflow.formbuilder.exchange import ENVELOPE_SHAPE, PURPOSES, as_text
from mus_workflow.formbuilder.json_schema import json_schema
from mus_workflow.formbuilder.library import STARTER, starter_forms
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.base import OPERATORS
from mus_workflow.formbuilder.schema import (
    AUDIENCES,
    FORM_SHAPE,
    LAYOUTS,
    QUESTION_SHAPE,
    RETENTIONS,
    SECTION_SHAPE,
    SHARINGS,
)
from mus_workflow.formbuilder.shapes import description
from tests.mus_workflow.formbuilder.exchanging import document_of, whole_schemas
from tests.mus_workflow.formbuilder.json_schema_check import faults
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_if, options
from tools.form_schema import FILE, PAGE, TYPES, table

SCHEMA = json.loads(FILE.read_text())
FORM = document_of(
    asking(
        asks("single_choice", "A", options=options("x", "y")),
        asks("number", "B", condition=only_if(ident("A"), "equals", ident("y")), max=5),
    )
)
A, B = (f".form.sections[0].questions[{number}]" for number in (0, 1))


def wrong(document):
    return list(faults(document, SCHEMA, SCHEMA))


def test_the_published_file_is_what_the_registry_says_now():
    assert FILE.read_text() == as_text(json_schema()), "run `make form-schema`"


def test_the_page_tells_of_every_type_as_it_is_now():
    assert TYPES.findall(PAGE.read_text()) == [table()], "run `make form-schema`"


@pytest.mark.parametrize("shape", [ENVELOPE_SHAPE, FORM_SHAPE, SECTION_SHAPE, QUESTION_SHAPE], ids=len)
def test_the_page_has_a_row_for_every_key(shape):
    rows = re.findall(r"^\| `(\w+)` \|", PAGE.read_text(), re.M)
    assert [key for key in shape if key not in rows] == []


@pytest.mark.parametrize(
    "word", [*AUDIENCES, *SHARINGS, *LAYOUTS, *RETENTIONS, *PURPOSES, *MATCHES, *FACTS, *OPERATORS]
)
def test_the_page_explains_every_word(word):
    assert f"`{word}`" in PAGE.read_text()


@pytest.mark.parametrize("question_type", list(registry), ids=lambda question_type: question_type.type)
def test_every_setting_of_every_type_is_described(question_type):
    assert [key for key, shape in question_type.settings_shape.items() if not description(shape)] == []


@settings(deadline=None)
@given(whole_schemas())
def test_a_form_that_can_be_built_fits_the_published_schema(schema):
    assert wrong(document_of(schema)) == []


def test_the_starter_forms_fit_the_published_schema():
    for form in starter_forms():
        assert wrong(json.loads(Path(STARTER / f"{form.slug}.json").read_text())) == []


def change(document, path, value):
    *way, last = path
    for key in way:
        document = document[key]
    document[last] = value


QUESTION = ("form", "sections", 0, "questions")


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("kind",), "survey", ".kind const"),
        (("format",), 1, ".format const"),
        (("slug",), "Et skema", ".slug pattern"),
        (("extra",), 1, ".extra additionalProperties"),
        (("form", "title"), " ", ".form.title pattern"),
        (("form", "layout"), "BOOK", ".form.layout enum"),
        (("form", "translations"), {"da": {"x": {"label": "y"}}}, ".form.translations.da.x additionalProperties"),
        ((*QUESTION, 0, "type"), "telepathy", f"{A}.type enum"),
        ((*QUESTION, 0, "required"), 1, f"{A}.required type"),
        ((*QUESTION, 0, "settings", "options", 1, "id"), "1", f"{A}.settings.options[1].id pattern"),
        ((*QUESTION, 0, "settings", "options"), [], f"{A}.settings.options minItems"),
        ((*QUESTION, 1, "settings", "max"), 5, f"{B}.settings.max fits 0 of several"),
        ((*QUESTION, 1, "visible_if", "terms"), [], f"{B}.visible_if fits 0 of several"),
    ],
)
def test_a_document_that_is_wrong_does_not_fit(path, value, where):
    document = copy.deepcopy(FORM)
    assert wrong(document) == []
    change(document, path, value)
    assert wrong(document) == [where]
