"""Sections with an address of their own, and the body that is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from mus_workflow.page_blocks import CallToActionBlock, ChartBlock, ContactBoxBlock, FormQuestionsBlock

from .links import ReadMoreBlock
from .lists import ChecklistBlock, StepsBlock, TalkAboutBlock
from .self_test import SelfTestBlock
from .text import TEXT_FEATURES, HeadingBlock, QuoteBlock

DANISH_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "Æ": "Ae", "Ø": "Oe", "Å": "Aa"})
ANCHOR_LENGTH = 60
BLOCK_ID_LENGTH = 8


@dataclass(frozen=True)
class Section:
    """A section as a page shows it and as a contents list links to it."""

    anchor: str
    heading: str
    content: blocks.StreamValue


class SectionContentBlock(blocks.StreamBlock):
    """Everything a section may hold."""

    text = blocks.RichTextBlock(label=_("Text"), icon="pilcrow", features=TEXT_FEATURES)
    heading = HeadingBlock()
    steps = StepsBlock()
    talk_about = TalkAboutBlock()
    checklist = ChecklistBlock()
    quote = QuoteBlock()
    self_test = SelfTestBlock()
    read_more = ReadMoreBlock()
    call_to_action = CallToActionBlock()
    form_questions = FormQuestionsBlock()
    contact_box = ContactBoxBlock()
    chart = ChartBlock()

    class Meta:
        required = False


class SectionBlock(blocks.StructBlock):
    """A heading with an address, and what stands under it."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    content = SectionContentBlock(label=_("Content"))
    anchor = blocks.RegexBlock(
        label=_("Address of the section"),
        required=False,
        regex=r"^[a-z0-9]+(-[a-z0-9]+)*$",
        error_messages={"invalid": _("Use small letters a to z, digits and hyphens.")},
        help_text=_(
            "The part after # in a link to this section. Made from the heading at the first save, and kept when the "
            "heading changes: links from other pages, mails and forms go on working."
        ),
    )

    class Meta:
        label = _("Section")
        icon = "doc-full"


class GuideBodyBlock(blocks.StreamBlock):
    """A guide's body: sections, each with an address that survives editing."""

    section = SectionBlock()

    class Meta:
        required = False
        template = "mus_pages/blocks/body.html"

    def clean(self, value: blocks.StreamValue) -> blocks.StreamValue:
        """Gives each new section its address, and a copied section one of its own."""
        cleaned = super().clean(value)
        mint_anchors(cleaned)
        return cleaned

    def get_context(self, value: blocks.StreamValue, parent_context: dict | None = None) -> dict[str, Any]:
        """Adds ``sections``."""
        return {**super().get_context(value, parent_context), "sections": sections_of(value)}


def sections_of(body: blocks.StreamValue) -> list[Section]:
    """The sections of a body in order. One whose address was never minted is known by its block's id."""
    return [
        Section(
            child.value["anchor"] or f"s-{str(child.id)[:BLOCK_ID_LENGTH]}",
            child.value["heading"],
            child.value["content"],
        )
        for child in body
        if isinstance(child.block, SectionBlock)
    ]


def mint_anchors(body: blocks.StreamValue) -> None:
    """Fill in missing addresses from the headings, and make repeated ones unique; others stay as they are."""
    taken: set[str] = set()
    kept = {child.value["anchor"] for child in body if child.value["anchor"]}
    for child in body:
        wanted = child.value["anchor"]
        if not wanted:
            wanted = _unused(_anchor_from(child.value["heading"]), taken | kept)
        elif wanted in taken:
            wanted = _unused(wanted, taken | kept)
        child.value["anchor"] = wanted
        taken.add(wanted)


def _anchor_from(heading: str | None) -> str:
    words = slugify((heading or "").translate(DANISH_LETTERS)).replace("_", "-")
    return words[:ANCHOR_LENGTH].strip("-") or "section"


def _unused(wanted: str, taken: set[str]) -> str:
    number = 2
    anchor = wanted
    while anchor in taken:
        anchor = f"{wanted}-{number}"
        number += 1
    return anchor
