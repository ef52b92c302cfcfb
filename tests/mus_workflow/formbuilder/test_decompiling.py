"""A frozen form goes back into the editor's blocks and comes out of them unchanged."""

import pytest
from hypothesis import given, settings

from mus_workflow.formbuilder.blocks import FormBodyBlock
from mus_workflow.formbuilder.compiler import compile_form
from mus_workflow.formbuilder.decompiling import blocks_of, first_difference
from tests.mus_workflow.formbuilder.exchanging import whole_schemas
from tests.mus_workflow.formbuilder.writing import BODY, asking, asks, body, ident, only_if, options


def recompiled(schema):
    value = BODY.to_python(blocks_of(schema))
    texts = (schema["title"], schema["language"], schema["intro"])
    rules = {"layout": schema["layout"], "retention": schema["retention"]}
    return compile_form(*texts, value, schema["translations"], **rules)


@settings(deadline=None)
@given(whole_schemas())
def test_a_form_survives_the_way_through_the_editors_blocks(schema):
    assert first_difference(schema, recompiled(schema)) is None
    assert recompiled(schema) == schema


@settings(deadline=None)
@given(whole_schemas())
def test_every_block_has_its_id_so_that_none_is_made_up_on_loading(schema):
    written = blocks_of(schema)
    assert BODY.get_prep_value(BODY.to_python(written)) == BODY.get_prep_value(BODY.to_python(written))


SCHEMA = asking(
    asks("single_choice", "A", options=options("x", "y")),
    asks("yes_no", "B", condition=only_if(ident("A"), "equals", ident("y"))),
    asks("short_text", "C", condition=only_if(ident("B"), "equals", "no")),
    asks("scale", "D", min=0, max=4),
    asks("short_text", "E", condition=only_if(ident("D"), "answered")),
)


def test_a_condition_is_written_as_the_editor_picks_it():
    conditions = [block["value"].get("condition") for block in blocks_of(SCHEMA)[0]["value"]["questions"]]
    assert conditions == [
        {"question": "", "op": "equals", "value": ""},
        {"question": ident("A"), "op": "equals", "value": ident("y")},
        {"question": ident("B"), "op": "equals", "value": "no"},
        {"question": "", "op": "equals", "value": ""},
        {"question": ident("D"), "op": "answered", "value": ""},
    ]


def test_the_editor_accepts_the_blocks_as_they_are():
    cleaned = FormBodyBlock().clean(body(*blocks_of(SCHEMA)))
    assert [child.id for child in cleaned[0].value["questions"]] == [ident(label) for label in "ABCDE"]


ANSWER = {"question": ident("A"), "op": "answered", "value": None}


@pytest.mark.parametrize(
    ("one", "other", "path"),
    [
        ({"a": [1, 2]}, {"a": [1, 2]}, None),
        ({"a": [1, 2]}, {"a": [1, 3]}, "a[1]"),
        ({"a": [1, 2]}, {"a": [1]}, "a"),
        ({"a": {"b": 1}}, {"a": {}}, "a.b"),
        ({"a": True}, {"a": 1}, "a"),
        (1, 2, ""),
    ],
)
def test_the_first_difference_is_named(one, other, path):
    assert first_difference(one, other) == path
