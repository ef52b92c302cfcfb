"""Addresses of sections: made once, kept for ever, never shared."""

import pytest
from django.core.exceptions import ValidationError
from wagtail.models import Locale

from mus_pages.blocks import EntranceBlock, sections_of
from mus_pages.models import ThemePage
from tests.mus_pages.raw import block, section, stream

BODY = ThemePage._meta.get_field("body").stream_block


def saved(*raw: dict) -> list[str]:
    return [one.anchor for one in sections_of(BODY.clean(stream(ThemePage, "body", *raw)))]


def test_address_is_made_from_the_heading_in_plain_letters() -> None:
    assert saved(section("Må I tale om løn? Ærligt")) == ["maa-i-tale-om-loen-aerligt"]


def test_address_survives_a_new_heading() -> None:
    assert saved(section("A new heading", anchor="pay")) == ["pay"]


def test_two_sections_never_share_an_address() -> None:
    assert saved(section("Pay"), section("Pay"), section("Pay")) == ["pay", "pay-2", "pay-3"]
    assert saved(section("Pay", anchor="pay"), section("Copied", anchor="pay")) == ["pay", "pay-2"]


def test_new_section_does_not_take_the_address_of_an_older_one_below() -> None:
    assert saved(section("Pay"), section("What we said about money", anchor="pay")) == ["pay-2", "pay"]


def test_heading_without_letters_still_gets_an_address() -> None:
    assert saved(section("???")) == ["section"]


def test_section_that_was_never_saved_in_the_editor_is_known_by_its_block() -> None:
    raw = section("Pay")
    assert sections_of(stream(ThemePage, "body", raw))[0].anchor == f"s-{raw['id'][:8]}"


@pytest.mark.parametrize("anchor", ["Pay", "pay day", "løn", "-pay", 'x" onclick="'])
def test_address_with_other_signs_is_refused(anchor: str) -> None:
    with pytest.raises(ValidationError):
        saved(section("Pay", anchor=anchor))


def test_editing_and_publishing_the_page_keeps_every_address(theme: ThemePage) -> None:
    page = theme.get_latest_revision_as_object()
    page.body[0].value["heading"] = "Another heading"
    page.save_revision().publish()
    theme.refresh_from_db()
    first = theme.contents()[0]
    assert (first.anchor, first.heading) == ("right", "Another heading")


def test_a_translated_copy_has_the_same_addresses(theme: ThemePage) -> None:
    english = Locale.objects.get_or_create(language_code="en")[0]
    copy = theme.copy_for_translation(english, copy_parents=True)
    assert [one.anchor for one in copy.contents()] == ["right", "pay"]


@pytest.mark.parametrize(("wanted", "accepted"), [("pay", True), ("", True), ("gone", False)])
def test_link_to_a_section_that_is_not_there_is_refused(theme: ThemePage, wanted: str, accepted: bool) -> None:
    entrances = EntranceBlock()
    value = entrances.to_python({"question": "Pay?", "answer": "", "page": theme.pk, "section": wanted})
    if accepted:
        entrances.clean(value)
        return
    with pytest.raises(ValidationError) as refused:
        entrances.clean(value)
    assert "right, pay" in str(refused.value.block_errors["section"].messages)


def test_link_needs_a_page() -> None:
    with pytest.raises(ValidationError):
        EntranceBlock().clean(EntranceBlock().to_python(block("entrance", {"question": "Pay?"})["value"]))
