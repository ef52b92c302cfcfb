"""What is kept of a template is what everybody sees; each request fills the rest, escaped."""

from __future__ import annotations

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import override

from mus_workflow.views.gaps import fill, fill_kept, fill_some, keep

SHARE = "mus_workflow/components/share.html"
NAMES = ("hex", "question", "other")


def share(other: str, question: str | SafeString, *, shared: bool = False) -> SafeString:
    gaps = {"hex": "0" * 32, "question": question}
    return fill_kept(SHARE, (other, shared), gaps, lambda marks: {"other": other, "shared": shared})


def test_each_request_sees_its_own_gaps() -> None:
    first, second = share("Emma", "Hvad gik godt?"), share("Emma", "Hvad gik skidt?")
    assert "Hvad gik godt?" in first
    assert "Hvad gik godt?" not in second
    assert first.replace("godt", "skidt") == second


def test_what_differs_in_the_key_is_drawn_apart() -> None:
    assert "Mikkel" in share("Mikkel", "?")
    assert "Mikkel" not in share("Emma", "?")
    assert " checked" in share("Emma", "?", shared=True)
    assert " checked" not in share("Emma", "?")


def test_gaps_are_escaped_unless_they_are_html_already() -> None:
    assert "&lt;b&gt;" in share("Emma", "<b>")
    assert "<b>" in share("Emma", SafeString("<b>"))


def test_each_language_has_its_own() -> None:
    with override("da"):
        danish = share("Emma", "?")
    with override("en"):
        assert share("Emma", "?") != danish


def test_a_gap_may_be_filled_later_than_another() -> None:
    pieces = keep(SHARE, "later", NAMES, lambda marks: {"shared": False})
    half = fill_some(pieces, {"hex": "0" * 32, "question": "Hvad <gik> godt?"})
    assert set(half[1::2]) == {"other"}
    assert fill(half, {"other": "Emma & Mikkel"}) == fill(
        pieces, {"hex": "0" * 32, "question": "Hvad <gik> godt?", "other": "Emma & Mikkel"}
    )


def test_an_address_can_be_made_with_a_gap() -> None:
    pieces = keep(
        SHARE, "address", NAMES, lambda marks: {"other": reverse("mus_workflow:talk", args=[marks["question"]])}
    )
    dialogue = "0b5e4fd6-3d4c-4f0e-9f43-0c7b2f1d8a11"
    page = fill(pieces, {"hex": "", "question": dialogue})
    assert reverse("mus_workflow:talk", args=[dialogue]) in page
