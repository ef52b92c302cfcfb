import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mus_workflow.formbuilder.fields import partial_clean
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.texts import plain_text
from mus_workflow.forms.agreement import clean_item
from tests.mus_workflow.formbuilder.writing import asking, asks, ident


def is_as_keyboards_write(character):
    return unicodedata.is_normalized("NFC", character)


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


# What Word, Outlook and Excel put on the clipboard as plain text.
PASTED = {
    "Linje et\vlinje to": "Linje et\nlinje to",
    "Side et\x0cside to": "Side et\nside to",
    "Et afsnit\r\n\r\nEt andet\r\n": "Et afsnit\n\nEt andet\n",
    "med\u00adarbejder\u00adudvikling": "medarbejderudvikling",
    "p.\u00a0m. den 1.\u202fmaj": "p. m. den 1. maj",
    "\ufeffBegynder med et mærke": "Begynder med et mærke",
    "ring\u200b til\u2060 mig": "ring til mig",
    "\u202a12 34 56 78\u202c": "12 34 56 78",
    "·\tFaglig sparring\r\n·\tRo til fordybelse": "• Faglig sparring\n• Ro til fordybelse",
    "\uf0b7\tmål\n  \uf0a7\tdelmål": "• mål\n  • delmål",
    "o\tunderpunkt\n§\tdybere": "• underpunkt\n• dybere",
    "·\u00a0\u00a0\u00a0\u00a0\u00a0\u00a0 fra en mail": "• fra en mail",
    "\uf071 ukendt tegn fra Wingdings": "• ukendt tegn fra Wingdings",
    "•\tfra en præsentation": "• fra en præsentation",
    "færdig \uf0fc næste \uf0e0 slut \uf04a": "færdig ✓ næste → slut 🙂",
    "e\x1email og under\x1fskrift": "e-mail og underskrift",
    "celle\x07celle": "cellecelle",
    "\x93Citat\x94 \x96 og så videre\x85": "“Citat” – og så videre…",
    "bla\u030abær og e\u0301n": "blåbær og én",
    "billede:\ufffc": "billede:",
    "Navn\tAlder\nBo\t44": "Navn\tAlder\nBo\t44",
}
TYPED = [
    '“Krøllede” ‘citater’, »danske« og "lige" – med tankestreg — og bindestreg-ord…',
    "1. Først\n2. Så\n- en streg\n* en stjerne\n• en prik\n· en midterprik\n§ 5 om løn",
    "o som i ord\no\n§",
    "👩‍💻 🏳️‍🌈 👨‍👩‍👧 ☀️ 1️⃣",
    "می‌خواهم",
    "½ m² 5 €, 20 °C, 100 %, a/b, x_y, ©, ™, ≤, ∞",
    "  indrykket\n\n\nmed luft  ",
]


@pytest.mark.parametrize(("pasted", "clean"), PASTED.items())
def test_what_word_puts_on_the_clipboard_becomes_clean_text(pasted, clean):
    assert plain_text(pasted) == clean


@pytest.mark.parametrize("typed", TYPED)
def test_what_people_type_is_unchanged(typed):
    assert plain_text(typed) == typed


ANYTHING = st.text(
    st.sampled_from("\t\n\r\v \u00a0\u00ad\u2007\u200b\u200c\u200d·•o§\u0301\u0387\u1fefa\u212a😀\uf0b7\uf001\x85\x93")
    | st.characters(exclude_categories=["Cs"])
)
# No key of a keyboard writes a tab into a page, and letters come composed.
KEYS = st.text(
    st.sampled_from("\n ·•o§-–“”’…") | st.characters(categories=["L", "N", "P", "S"]).filter(is_as_keyboards_write)
)


@given(ANYTHING)
def test_cleaning_twice_changes_nothing_more(text):
    assert plain_text(plain_text(text)) == plain_text(text)


@given(KEYS)
def test_every_letter_that_is_typed_is_kept(text):
    assert plain_text(text) == text


def test_what_is_saved_is_clean_in_every_control_for_text(schema):
    assert saved(schema, "Story", "·\tmål\x07\vmere") == "• mål\nmere"
    assert saved(schema, "Line", "a\u00adb\vc") == "ab c"
    assert clean_item({"what": "\uf0b7\tKursus\u00a0i\u00a0Excel\x0b"}) == ({"what": "• Kursus i Excel"}, [])


def test_the_limit_counts_what_is_left_after_cleaning(schema):
    assert saved(schema, "Line", "a\u00adb\u00adc\u00add\u00ade") == "abcde"


def test_nothing_but_signs_without_width_is_no_answer(schema):
    assert saved(schema, "Story", "\u200b\ufeff\u00ad") is None


@pytest.mark.parametrize("typed", ["a\x00b", "\ud800"])
def test_characters_that_cannot_be_stored_are_refused_and_not_dropped(schema, typed):
    assert "delete them" in refused(schema, "Story", typed)[0]


def test_text_is_shown_as_it_is(schema):
    question = schema["sections"][0]["questions"][1]
    assert registry.get("long_text").text(question, "a\nb") == "a\nb"
    assert registry.get("long_text").text(question, None) == ""
