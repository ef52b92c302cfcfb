"""Numbers as people write them become numbers that a telephone can dial."""

import pytest

from mus_workflow.contacts.lines import ContactLine, phone_uri


@pytest.mark.parametrize(
    ("written", "uri"),
    [
        ("00 00 00 01", "tel:+4500000001"),
        ("00000001", "tel:+4500000001"),
        ("+45 00 00 00 01", "tel:+4500000001"),
        ("0045 00 00 00 01", "tel:+4500000001"),
        ("+46 (0)8 000", "tel:+4608000"),
        ("4312", "tel:4312"),
        ("", ""),
        ("ask at the desk", ""),
    ],
)
def test_phone_number_becomes_an_address(written: str, uri: str) -> None:
    assert phone_uri(written) == uri


def test_line_without_an_address_has_no_link() -> None:
    assert ContactLine("HR").email_uri == ""
    assert ContactLine("HR", email="hr@example.org").email_uri == "mailto:hr@example.org"
