from decimal import Decimal

import pytest
from django.utils import translation

from mus_workflow.formbuilder.fields import partial_clean
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.number import normalised, parsed
from tests.mus_workflow.formbuilder.writing import asking, asks, ident, only_question


def saved(schema, raw):
    values, errors = partial_clean(schema, {ident("Days"): raw})
    return errors.get(ident("Days")) or values[ident("Days")]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("7", "7"),
        (" 7 ", "7"),
        ("007", "7"),
        ("2.50", "2.5"),
        ("2,5", "2.5"),
        ("-0", "0"),
        ("+3", "3"),
        ("\u22123", "-3"),
        ("1 500", "1500"),
        ("1\u00a0500,25", "1500.25"),
        ("0,5", "0.5"),
    ],
)
def test_a_number_is_read_as_people_write_it(typed, stored):
    with translation.override("da"):
        assert parsed(typed) == stored
    with translation.override("en"):
        assert parsed(typed) == stored


@pytest.mark.parametrize(
    "typed", ["", "many", "1,2,3", "1.000.000", "1e3", "0x10", "٣", ".5", "5.", "--3", "1234567890123456"]
)
def test_what_is_no_number_is_none(typed):
    assert parsed(typed) is None


def test_a_number_that_could_be_two_is_refused_where_it_is_ambiguous():
    with translation.override("da"):
        assert (parsed("1.500"), parsed("1,500")) == (None, "1.5")
    with translation.override("en"):
        assert (parsed("1.500"), parsed("1,500")) == ("1.5", None)


@pytest.mark.parametrize("language", ["da", "en"])
def test_what_is_shown_is_read_back_as_the_same(language):
    with translation.override(language):
        for stored in ("0", "-2.5", "0.125", "1500", "99999999999.123"):
            assert parsed(registry.get("number").input_text(stored)) == stored


@pytest.mark.parametrize(
    ("settings", "raw", "reason"),
    [
        ({}, "2.5", "“Days” must be a whole number."),
        ({"decimals": 1}, "2.25", "“Days” can have at most 1 decimal."),
        ({"min": "1"}, "0", "“Days” must be at least 1."),
        ({"max": "2.5", "decimals": 1}, "2.6", "“Days” must be at most 2.5."),
    ],
)
def test_a_number_outside_its_bounds_is_refused_with_the_bound(settings, raw, reason):
    assert saved(asking(asks("number", "Days", **settings)), raw) == [reason]


@pytest.mark.parametrize("raw", ["1", "2.5", 2])
def test_a_number_on_its_bounds_is_saved(raw):
    assert saved(asking(asks("number", "Days", min="1", max="2.5", decimals=1)), raw) == str(raw)


def test_a_number_is_shown_with_its_unit_and_the_languages_decimal_mark():
    schema = asking(asks("number", "Days", unit="days", decimals=1))
    question = only_question(schema)
    with translation.override("da"):
        assert registry.get("number").text(question, "2.5") == "2,5 days"
    assert registry.get("number").text(question, None) == ""


def test_a_number_is_never_a_float():
    number = registry.get("number")
    assert number.to_python("2.5") == Decimal("2.5")
    assert number.to_json(Decimal("2.50")) == "2.5"


@pytest.mark.parametrize(
    ("number", "written"), [("100", "100"), ("1E+2", "100"), ("0.10", "0.1"), ("-0.0", "0"), ("0E-6", "0")]
)
def test_a_number_is_written_in_one_way(number, written):
    assert normalised(Decimal(number)) == written
