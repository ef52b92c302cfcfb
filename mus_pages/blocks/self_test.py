"""The private self-test of the traps."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .text import TEXT_FEATURES


class TrapBlock(blocks.StructBlock):
    """A trap that one may recognise, and what helps."""

    trap = blocks.TextBlock(label=_("The trap"))
    advice = blocks.RichTextBlock(label=_("What helps"), features=TEXT_FEATURES)

    class Meta:
        label = _("Trap")
        icon = "warning"


class SelfTestBlock(blocks.StructBlock):
    """Traps to recognise oneself in. Ticks live in the browser's page alone: nothing is stored or sent."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    intro = blocks.RichTextBlock(label=_("Introduction"), required=False, features=TEXT_FEATURES)
    traps = blocks.ListBlock(TrapBlock(), label=_("Traps"))

    class Meta:
        label = _("Self-test")
        icon = "help"
        template = "mus_pages/blocks/self_test.html"
