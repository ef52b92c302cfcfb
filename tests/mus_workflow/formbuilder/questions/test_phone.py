import pytest

from mus_workflow.formbuilder.fields import partial_clean
from tests.mus_workflow.formbuilder.writing import asking, asks, ident


def saved(raw):
    values, errors = partial_clean(asking(asks("phone", "Call")), {ident("Call"): raw})
    return errors.get(ident("Call")) or values[ident("Call")]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("12 34 56 78", "12 34 56 78"),
        ("+45 12345678", "+45 12345678"),
        ("(0045) 12-34-56-78", "(0045) 12-34-56-78"),
        ("  1234  ", "1234"),
        ("112", "112"),
        ("tel:+4512345678", "+4512345678"),
        ("\u202a+45 12\u00a034\u00a056\u00a078\u202c", "+45 12 34 56 78"),
        ("", None),
    ],
)
def test_a_number_is_kept_as_people_write_it(typed, stored):
    assert saved(typed) == stored


@pytest.mark.parametrize("typed", ["12", "1234567890123456", "12 34 lokal 5", "call me", "+", "12+34", "١٢٣٤٥٦"])
def test_what_is_no_number_is_refused_with_examples(typed):
    assert saved(typed) == ["“Call” must be a phone number, such as 12 34 56 78 or +45 12 34 56 78."]
