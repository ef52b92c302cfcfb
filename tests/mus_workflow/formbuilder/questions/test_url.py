import pytest

from mus_workflow.formbuilder.fields import partial_clean
from tests.mus_workflow.formbuilder.writing import asking, asks, ident


def saved(raw):
    values, errors = partial_clean(asking(asks("url", "Page")), {ident("Page"): raw})
    return errors.get(ident("Page")) or values[ident("Page")]


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("https://www.example.dk/kurser?x=1#top", "https://www.example.dk/kurser?x=1#top"),
        ("http://example.dk", "http://example.dk"),
        (" www.example.dk ", "https://www.example.dk"),
        ("example.dk/mål", "https://example.dk/mål"),
        ("localhost:8000/a", "https://localhost:8000/a"),
        ("\ufeffhttps://example.dk", "https://example.dk"),
        (" ", None),
    ],
)
def test_an_address_is_kept_and_given_the_scheme_it_lacks(typed, stored):
    assert saved(typed) == stored


@pytest.mark.parametrize(
    "typed",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "ftp://example.dk",
        "mailto:a@example.dk",
        "two words",
        "https://",
        "x",
    ],
)
def test_what_is_no_web_address_is_refused_with_an_example(typed):
    assert saved(typed) == ["“Page” must be one web address, such as https://www.example.dk."]


def test_an_address_that_fits_still_fits_when_it_is_saved_again():
    longest = "example.dk/" + "a" * (2_000 - len("https://example.dk/"))
    once = saved(longest)
    assert len(once) == 2_000
    assert saved(once) == once
    assert "at most 2000" in saved(longest + "a")[0]
