"""Blocks of running text."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

TEXT_FEATURES = ["bold", "italic", "link", "document-link", "ul", "ol"]


class HeadingBlock(blocks.CharBlock):
    """A heading inside a section."""

    class Meta:
        label = _("Subheading")
        icon = "title"
        template = "mus_pages/blocks/heading.html"


class QuoteBlock(blocks.StructBlock):
    """Somebody's words, and whose they are."""

    quote = blocks.TextBlock(label=_("Quote"))
    name = blocks.CharBlock(label=_("Said by"), max_length=120)
    role = blocks.CharBlock(label=_("Title or role"), required=False, max_length=120)

    class Meta:
        label = _("Quote")
        icon = "openquote"
        template = "mus_pages/blocks/quote.html"
