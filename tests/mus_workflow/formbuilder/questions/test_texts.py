import pytest

from mus_workflow.formbuilder.fields import partial_clean
from mus_workflow.formbuilder.questions import registry
from tests.mus_workflow.formbuilder.writing import asking, asks, ident


@pytest.fixture
def schema():
    return asking(asks("short_text", "Line", max_length=5), asks("long_text", "Story"))


def saved(schema, label, raw):
    values, errors = partial_clean(schema, {ident(label): raw})
    assert errors == {}
    return values[ident(label)]


def refused(schema, label, raw):
    values, errors = partial_clean(schema, {ident(label): raw})
    assert values == {}
    return errors[ident(label)]


@pytest.mark.parametrize("typed", ["æøå", "  indented", "trailing \n", "two\n\nlines", "<b>not markup</b>", "0", "🙂"])
def test_every_character_typed_is_kept(schema, typed):
    assert saved(schema, "Story", typed) == typed


def test_line_endings_are_the_same_from_every_browser(schema):
    assert saved(schema, "Story", "a\r\nb\rc") == "a\nb\nc"


def test_a_line_has_no_line_breaks(schema):
    assert saved(schema, "Line", "a\nb") == "a b"


@pytest.mark.parametrize("blank", ["", "  ", "\n\t"])
def test_white_space_alone_is_no_answer(schema, blank):
    assert saved(schema, "Story", blank) is None


def test_20000_characters_fit_and_one_more_is_refused_with_both_numbers(schema):
    assert len(saved(schema, "Story", "x" * 20_000)) == 20_000
    assert refused(schema, "Story", "x" * 20_001) == [
        "“Story” is 20001 characters long, and at most 20000 can be saved."
    ]


def test_the_editors_own_limit_counts_characters_and_not_bytes(schema):
    assert saved(schema, "Line", "ååååå") == "ååååå"
    assert "at most 5" in refused(schema, "Line", "åååååå")[0]


@pytest.mark.parametrize("typed", ["a\x00b", "a\x07", "\ud800"])
def test_characters_that_cannot_be_stored_are_refused_and_not_dropped(schema, typed):
    assert "delete them" in refused(schema, "Story", typed)[0]


def test_text_is_shown_as_it_is(schema):
    question = schema["sections"][0]["questions"][1]
    assert registry.get("long_text").text(question, "a\nb") == "a\nb"
    assert registry.get("long_text").text(question, None) == ""
