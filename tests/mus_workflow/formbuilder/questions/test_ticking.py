import pytest
from django.utils import translation

from mus_workflow.formbuilder.completeness import missing
from mus_workflow.formbuilder.fields import partial_clean
from mus_workflow.formbuilder.questions import registry
from mus_workflow.forms.agreement import as_typed
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_question, post, saved_from

SENTENCE = "I agree that my manager may see my CV."
KINDS = ["consent", "confirmation"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("raw", "stored"), [("yes", True), (["yes"], True), (["", "yes"], True), ("", None), ([], None)]
)
def test_a_tick_is_true_and_no_tick_is_no_answer(kind, raw, stored):
    schema = asking(asks(kind, SENTENCE))
    assert partial_clean(schema, {ident(SENTENCE): raw}) == ({ident(SENTENCE): stored}, {})


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("raw", ["no", ["yes", "no"], True, 1, ["1"], [True]])
def test_anything_but_the_tick_is_refused(kind, raw):
    values, errors = partial_clean(asking(asks(kind, SENTENCE)), {ident(SENTENCE): raw})
    assert values == {}
    assert SENTENCE in errors[ident(SENTENCE)][0]


@pytest.mark.parametrize("kind", KINDS)
def test_a_tick_that_is_taken_away_is_posted_too(kind):
    schema = asking(asks(kind, SENTENCE))
    assert saved_from(schema, post({SENTENCE: ["", "yes"]})) == {ident(SENTENCE): True}
    assert saved_from(schema, post({SENTENCE: [""]})) == {ident(SENTENCE): None}


@pytest.mark.parametrize("kind", KINDS)
def test_a_page_gets_back_what_it_sent(kind):
    assert as_typed(only_question(asking(asks(kind, SENTENCE))), True) == ["yes"]
    assert as_typed(only_question(asking(asks(kind, SENTENCE))), None) is None


def test_a_required_consent_must_be_ticked():
    schema = asking(asks("consent", SENTENCE, required=True))
    assert [one.sentence for one in missing(schema, {})] == [f"“{SENTENCE}” must be ticked before you can go on."]
    assert missing(schema, {ident(SENTENCE): True}) == []
    assert missing(asking(asks("consent", SENTENCE)), {}) == []


def test_ticks_in_words():
    def text(kind, **settings):
        return registry.get(kind).text(only_question(asking(asks(kind, SENTENCE, **settings))), True)

    assert (text("consent"), text("confirmation")) == ("Yes", "Confirmed")
    assert text("confirmation", words="It is done") == "It is done"
    with translation.override("da"):
        assert text("consent") == "Ja"
    assert registry.get("confirmation").text({}, None) == ""
