import pytest
from django.core.exceptions import ImproperlyConfigured
from django.template.loader import get_template

from mus_workflow.formbuilder.questions import QuestionType, registry
from mus_workflow.formbuilder.questions.registry import Registry


class Mood(QuestionType):
    type = "mood"
    label = "Mood"


def test_the_kinds_of_question_are_registered():
    assert [question_type.type for question_type in registry] == [
        "short_text",
        "long_text",
        "single_choice",
        "multiple_choice",
        "yes_no",
        "scale",
        "number",
        "date",
        "computed",
        "information",
        "agreed_items",
        "carried_items",
        "prefill",
    ]


@pytest.mark.parametrize("question_type", list(registry), ids=lambda question_type: question_type.type)
def test_every_type_has_its_template(question_type):
    assert get_template(question_type.template)


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
