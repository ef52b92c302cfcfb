"""Blocks that lead to a page, or to one section of it."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks


class PageLinkBlock(blocks.StructBlock):
    """A page, and optionally a section of it by its stable address."""

    page = blocks.PageChooserBlock(label=_("Page"))
    section = blocks.CharBlock(
        label=_("Section"),
        required=False,
        max_length=80,
        help_text=_("The last part of the section's address, after #. Empty: the top of the page."),
    )

    def clean(self, value: blocks.StructValue) -> blocks.StructValue:
        """Refuses a section that the page does not have, and says which it has."""
        cleaned = super().clean(value)
        if self.is_deferred_validation or not cleaned["section"] or cleaned["page"] is None:
            return cleaned
        contents = getattr(cleaned["page"].specific, "contents", None)
        if contents is None:
            return cleaned
        anchors = [section.anchor for section in contents()]
        if cleaned["section"] not in anchors:
            unknown = ValidationError(
                _("The page has no such section. It has: %(sections)s."), params={"sections": ", ".join(anchors) or "–"}
            )
            raise blocks.StructBlockValidationError(block_errors={"section": unknown})
        return cleaned


class ReadMoreBlock(PageLinkBlock):
    """A way on from here."""

    label = blocks.CharBlock(
        label=_("Link text"), required=False, max_length=120, help_text=_("Empty: the page's title.")
    )

    class Meta:
        label = _("Read more")
        icon = "link"
        template = "mus_pages/blocks/read_more.html"


class EntranceBlock(PageLinkBlock):
    """A question as a person would ask it, and where the answer stands."""

    question = blocks.CharBlock(label=_("Question"), max_length=140)
    answer = blocks.TextBlock(label=_("The answer in a line"), required=False, max_length=240)

    class Meta:
        label = _("Entrance")
        icon = "help"
        template = "mus_pages/blocks/entrance.html"
