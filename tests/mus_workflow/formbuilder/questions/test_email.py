import pytest

from mus_workflow.formbuilder.fields import partial_clean
from tests.mus_workflow.formbuilder.writing import asking, asks, ident


def saved(raw):
    values, errors = partial_clean(asking(asks("email", "Write to")), {ident("Write to"): raw})
    return errors.get(ident("Write to")) or values[ident("Write to")]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("anna.berg@example.dk", "anna.berg@example.dk"),
        (" Anna@Example.DK \n", "Anna@Example.DK"),
        ("mailto:anna@example.dk", "anna@example.dk"),
        ("\u200banna@exam\u00adple.dk\u00a0", "anna@example.dk"),
        ("anna@rødgrød.dk", "anna@rødgrød.dk"),
        ("  ", None),
    ],
)
def test_one_address_is_kept_as_typed(typed, stored):
    assert saved(typed) == stored


@pytest.mark.parametrize("typed", ["anna", "anna@", "@example.dk", "a@b.dk, c@d.dk", "Anna <anna@example.dk>", "a@b"])
def test_what_is_no_address_is_refused_with_an_example(typed):
    assert saved(typed) == ["“Write to” must be one e-mail address, such as anna.berg@example.dk."]


def test_an_address_longer_than_any_is_refused():
    assert "at most 254" in saved("a" * 250 + "@example.dk")[0]
