import pytest
from django.core.exceptions import ImproperlyConfigured
from django.template.loader import get_template
from hypothesis import given, settings

from mus_workflow.formbuilder.questions import QuestionType, registry
from mus_workflow.formbuilder.questions.registry import Registry
from mus_workflow.formbuilder.schema import questions
from tests.mus_workflow.formbuilder.strategies import SCHEMAS
from tests.mus_workflow.formbuilder.writing import BODY


class Mood(QuestionType):
    type = "mood"
    label = "Mood"


def test_every_kind_of_question_is_registered_in_the_order_of_the_menu():
    assert [question_type.type for question_type in registry] == [
        "short_text",
        "long_text",
        "email",
        "phone",
        "url",
        "single_choice",
        "multiple_choice",
        "yes_no",
        "consent",
        "confirmation",
        "scale",
        "number",
        "date",
        "date_range",
        "time",
        "information",
        "signature",
    ]


@pytest.mark.parametrize("question_type", list(registry), ids=lambda question_type: question_type.type)
def test_every_type_has_its_templates(question_type):
    assert get_template(question_type.template)
    if question_type.asks:
        assert get_template(question_type.control_template)


@pytest.mark.parametrize("question_type", list(registry), ids=lambda question_type: question_type.type)
def test_every_type_has_an_icon_that_the_editor_knows(question_type):
    assert get_template(f"wagtailadmin/icons/{question_type.icon}.svg")


@settings(deadline=None)
@given(SCHEMAS)
def test_settings_go_back_to_the_blocks_they_came_from(schema):
    blocks = BODY.child_blocks["section"].child_blocks["questions"].child_blocks
    for question in questions(schema):
        question_type = registry.get(question["type"])
        block = blocks[question["type"]]
        value = block.to_python(question_type.block_value(question["settings"]))
        assert question_type.settings({**block.get_default(), **value}) == question["settings"]


def test_a_host_registers_a_type_of_its_own():
    hosts = Registry()
    assert hosts.register(Mood) is Mood
    assert "mood" in hosts
    assert isinstance(hosts.get("mood"), Mood)


def test_an_unknown_type_is_a_key_error():
    with pytest.raises(KeyError):
        registry.get("mood")


@pytest.mark.parametrize(
    ("attributes", "reason"),
    [
        ({"type": "Mood!"}, "lower-case"),
        ({"type": None}, "lower-case"),
        ({"label": ""}, "label"),
        ({"operators": ("sounds_like",)}, "operators"),
    ],
)
def test_a_type_that_cannot_work_is_refused(attributes, reason):
    with pytest.raises(ImproperlyConfigured, match=reason):
        Registry().register(type("Wrong", (Mood,), attributes))


def test_a_name_is_taken_only_once():
    hosts = Registry()
    hosts.register(Mood)
    with pytest.raises(ImproperlyConfigured, match="taken"):
        hosts.register(type("OtherMood", (Mood,), {}))


def test_what_is_not_a_question_type_is_refused():
    with pytest.raises(ImproperlyConfigured, match="subclass"):
        Registry().register(dict)
