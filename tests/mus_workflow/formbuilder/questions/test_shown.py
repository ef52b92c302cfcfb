"""Places in a form that a page fills: nobody answers them, and each list has one."""

import pytest
from bs4 import BeautifulSoup
from django.utils.safestring import SafeString

from mus_workflow.formbuilder.fields import Asked
from mus_workflow.formbuilder.projection import FormKey
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.rendering import render_form
from mus_workflow.formbuilder.schema import SchemaError, digest, questions, validate
from tests.mus_workflow.formbuilder.test_blocks import refused
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_if, section

SURE = asks("yes_no", "Sure?")
PLACES = ["agreed_items", "carried_items", "prefill"]


@pytest.mark.parametrize("kind", PLACES)
def test_a_place_asks_nothing_and_holds_what_the_page_puts_there(kind):
    schema = asking(SURE, asks(kind, "Here", help="<p>Read</p>"))
    assert ident("Here") not in Asked(schema)
    key = FormKey(digest(schema), "EMPLOYEE", "en")
    html = render_form(key, schema, {}, extras={ident("Here"): SafeString("<p id='ours'>Ours</p>")})
    box = BeautifulSoup(html, "html.parser").find(attrs={"data-question": ident("Here")})
    assert box.find(id="ours")
    assert not box.find_all(["input", "textarea", "select", "label"])


@pytest.mark.parametrize("kind", PLACES)
def test_a_place_needs_no_words_of_its_own(kind):
    assert asking(SURE, asks(kind, ""))


@pytest.mark.parametrize("kind", ["agreed_items", "carried_items"])
def test_a_list_stands_in_one_place_only(kind):
    found = refused(section(SURE, asks(kind, "One"), heading="One"), section(asks(kind, "Two"), heading="Two"))
    assert found == {"1.questions.0": "The form has one already: a list stands in one place only."}
    schema = asking(SURE, asks(kind, "One"), asks("prefill", "Two"))
    twice = list(questions(schema))[2]
    twice.update(type=kind, settings={})
    with pytest.raises(SchemaError) as wrong:
        validate(schema)
    assert wrong.value.path == "sections[0].questions[2].type"


def test_nothing_can_depend_on_what_nobody_answers():
    found = refused(
        section(SURE, asks("prefill", "Here"), asks("yes_no", "Why?", condition=only_if("Here", "answered")))
    )
    assert found == {"0.questions.2.condition.question": "“Here” is a text that nobody answers."}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"source": "LAST_ANSWER"}, "Pick which answer in the last agreement."),
        (
            {"source": "PERSON", "question": ident("x")},
            "Only an answer in the last agreement is picked by its question. Leave this empty.",
        ),
    ],
)
def test_only_an_answer_is_picked_by_its_question(settings, message):
    assert refused(section(SURE, asks("prefill", "Here", **settings))) == {"0.questions.1.question": message}


def test_the_settings_of_what_is_known_become_blocks_and_the_same_settings_again():
    frozen = {"source": "LAST_ANSWER", "question": ident("x")}
    value = registry.get("prefill").block_value(frozen)
    assert list(questions(asking(SURE, asks("prefill", "Here", **value))))[1]["settings"] == frozen
