import pytest

from mus_workflow.formbuilder.shapes import (
    boolean,
    decimal_string,
    identifier,
    integer,
    iso_date,
    mismatches,
    text,
    words,
)


@pytest.mark.parametrize("good", ["0", "7", "-7", "2.5", "-0.25", "123456789012345", "0.123456"])
def test_a_number_is_written_in_one_way(good):
    assert decimal_string(good) == ""


@pytest.mark.parametrize(
    "bad", ["", "-0", "+1", "01", "1.0", "1.50", ".5", "5.", "1e3", "1,5", "NaN", "٣", "1234567890123456", 1, 1.5, None]
)
def test_a_number_written_in_another_way_is_refused(bad):
    assert decimal_string(bad)


@pytest.mark.parametrize("bad", ["2026-2-3", "20260203", "2026-02-30", "24-12-2026", "", None, 20260203])
def test_a_date_is_written_as_iso_with_dashes(bad):
    assert iso_date("2026-02-03") == ""
    assert iso_date(bad)


@pytest.mark.parametrize(
    "bad", ["", "x", "6F0D3C1E-55F0-4B0C-9C0A-3D1F5C1F7A10", "6f0d3c1e55f04b0c9c0a3d1f5c1f7a10", 1]
)
def test_an_id_is_a_uuid_in_its_canonical_form(bad):
    assert identifier("6f0d3c1e-55f0-4b0c-9c0a-3d1f5c1f7a10") == ""
    assert identifier(bad)


def test_true_is_not_a_number_and_one_is_not_true():
    assert integer(0, 5)(True)
    assert boolean(1)


@pytest.mark.parametrize("bad", ["\x00", "a\x1fb", "\ud800"])
def test_text_that_cannot_be_stored_is_refused(bad):
    assert text()("line\nline\ttab") == ""
    assert text()(bad)


def test_words_say_something_and_know_their_limit():
    assert words(5)("abcde") == ""
    assert words(5)("abcdef")
    assert words(5)("   ")


def test_mismatches_name_what_is_missing_unknown_and_wrong():
    shape = {"label": words(), "required": boolean}
    found = dict(mismatches({"required": "yes", "colour": "red"}, shape))
    assert set(found) == {"label", "required", "colour"}
    assert dict(mismatches("not an object", shape)).keys() == {""}
