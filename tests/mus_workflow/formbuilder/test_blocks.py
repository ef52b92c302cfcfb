import pytest
from django.core.exceptions import ValidationError
from wagtail.blocks import ListBlock, StructBlock
from wagtail.blocks.base import get_error_json_data

from mus_workflow.formbuilder.blocks import FormBodyBlock, FormStreamField
from mus_workflow.formbuilder.questions import registry
from tests.mus_workflow.formbuilder.writing import BODY, asks, body, ident, only_if, options, section


def places(error, path=""):
    """Where in the editor the messages of a block's error stand."""
    data = error if isinstance(error, dict) else get_error_json_data(error)
    found = {path: " ".join(data["messages"])} if "messages" in data else {}
    for name, inner in data.get("blockErrors", {}).items():
        found.update(places(inner, f"{path}.{name}".lstrip(".")))
    return found


def refused(*sections):
    with pytest.raises(ValidationError) as error:
        BODY.clean(body(*sections))
    return places(error.value)


def test_each_type_has_a_block_with_its_rules_folded_away():
    questions = BODY.child_blocks["section"].child_blocks["questions"]
    assert list(questions.child_blocks) == [question_type.type for question_type in registry]
    layout = questions.child_blocks["scale"].meta.form_layout
    scale = ["min", "min_label", "max", "max_label", "labels"]
    assert layout.children == ["label", "help", *scale, "audience", "required"]
    groups = {str(group.heading): group.children for group in layout.settings}
    assert groups["Sharing and privacy"] == ["sharing", "sensitive", "countable"]
    assert groups["When it is asked"] == ["condition", "rules"]
    assert {"best", "not_applicable"} <= set(groups["Answer"])


def test_every_part_of_every_block_has_a_place_in_its_layout():
    questions = BODY.child_blocks["section"].child_blocks["questions"]
    for block in questions.child_blocks.values():
        folded = [name for group in block.meta.form_layout.settings for name in group.children]
        assert sorted([*block.meta.form_layout.children, *folded]) == sorted(block.child_blocks)


def test_a_text_without_a_question_cannot_be_required_or_shared():
    information = BODY.child_blocks["section"].child_blocks["questions"].child_blocks["information"]
    assert {"required", "sharing", "sensitive"}.isdisjoint(information.child_blocks)
    assert {"audience", "condition"} <= set(information.child_blocks)


def test_a_problem_is_told_at_the_block_that_causes_it():
    found = refused(
        section(
            asks("scale", "Mood", min=5, max=1),
            asks("single_choice", "Colour", options=options("Red", "RED")),
            asks("long_text", "Why?", condition=only_if("Nobody", "answered")),
            asks("long_text", "How?", condition=only_if("Colour", "equals", "Green")),
        )
    )
    start = "0.questions"
    assert found[f"{start}.0.max"] == "The scale must end higher than it starts."
    assert found[f"{start}.1.options"] == "Two options are called “Red”."
    assert found[f"{start}.2.condition.question"] == "There is no earlier question worded “Nobody”."
    assert f"{start}.3.condition.value" not in found


def test_an_unknown_option_is_told_at_the_answer():
    colour = asks("single_choice", "Colour", options=options("Red", "Blue"))
    found = refused(section(colour, asks("long_text", "How?", condition=only_if("Colour", "equals", "Green"))))
    assert list(found) == ["0.questions.1.condition.value"]


def test_what_concerns_the_whole_form_is_told_at_the_top():
    assert list(refused(section())) == [""]


def test_a_draft_may_be_half_built():
    half_built = section(
        asks("long_text", "Why?", condition=only_if("Nobody", "answered")),
        asks("scale", "Mood", min=5, max=1),
        asks("yes_no", ""),
    )
    saved = BODY.clean_deferred(body(half_built))
    assert len(saved[0].value["questions"]) == 3
    with pytest.raises(ValidationError):
        BODY.clean(body(half_built))


def test_an_empty_form_is_not_judged():
    empty = FormBodyBlock(required=False)
    assert len(empty.clean(empty.to_python([]))) == 0


NEEDED = {"options": options("Red", "Blue"), "rows": options("Trust", "Calm"), "columns": options("Wish")}


@pytest.mark.parametrize("question_type", list(registry), ids=lambda question_type: question_type.type)
def test_an_editor_fills_in_no_more_than_a_type_needs(question_type):
    needed = {name: made for name, made in NEEDED.items() if name in question_type.block().child_blocks}
    if question_type.derives:
        needed = {"terms": [{"question": ident("Mood"), "weight": "1"}]}
    asked = asks(question_type.type, "Question", help="<p>Words</p>", **needed)
    assert BODY.clean(body(section(asks("scale", "Mood"), asked, asks("yes_no", "Another"))))


def test_a_new_block_gets_its_id_on_the_first_save_and_keeps_it():
    new = section(asks("yes_no", "Sure?"))
    del new["id"], new["value"]["questions"][0]["id"]
    cleaned = BODY.clean_deferred(body(new))
    once = BODY.get_prep_value(cleaned)
    again = BODY.get_prep_value(BODY.clean_deferred(BODY.to_python(once)))
    assert once[0]["id"]
    assert once[0]["value"]["questions"][0]["id"]
    assert again == once


def test_options_keep_their_ids_through_a_save():
    written = section(asks("single_choice", "Colour", options=options("Red", "Blue")))
    saved = BODY.get_prep_value(BODY.clean(body(written)))
    kept = [item["id"] for item in saved[0]["value"]["questions"][0]["value"]["options"]]
    assert kept == [ident("Red"), ident("Blue")]


def test_a_migration_names_no_blocks():
    field = FormStreamField(blank=True)
    _name, path, args, kwargs = field.deconstruct()
    assert (path, args, kwargs) == ("mus_workflow.formbuilder.blocks.FormStreamField", [[]], {"blank": True})
    assert not FormStreamField(*args, **kwargs).stream_block.child_blocks
    assert "section" in field.stream_block.child_blocks


def test_the_condition_is_picked_by_a_script_that_the_editor_loads():
    condition = BODY.child_blocks["section"].child_blocks["questions"].child_blocks["yes_no"].child_blocks["condition"]
    widget = condition.child_blocks["question"].field.widget
    assert widget.attrs["data-mus-picks"] == "question"
    assert "condition-picker.js" in str(widget.media)
    assert 'type="module"' in str(widget.media)


def unfilled(block, state, path):
    """Where a new block's state for the editor lacks a value for one of its parts."""
    if isinstance(block, StructBlock):
        for name, child in block.child_blocks.items():
            yield from unfilled(child, state[name], f"{path}.{name}") if name in state else [f"{path}.{name}"]
    elif isinstance(block, ListBlock):
        for item in state:
            yield from unfilled(block.child_block, item["value"], path)


def test_a_new_question_has_a_value_for_each_part_also_in_its_first_rows():
    questions = BODY.child_blocks["section"].child_blocks["questions"]
    for name, block in questions.child_blocks.items():
        assert list(unfilled(block, block.get_form_state(block.get_default()), name)) == []
