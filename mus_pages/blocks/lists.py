"""Blocks that are lists: steps in order, things to tick off, and what belongs in the talk."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from .text import TEXT_FEATURES

INLINE_FEATURES = ["bold", "italic", "link"]


class StepBlock(blocks.StructBlock):
    """One thing to do."""

    title = blocks.CharBlock(label=_("What to do"), max_length=160)
    text = blocks.RichTextBlock(label=_("How"), required=False, features=TEXT_FEATURES)

    class Meta:
        label = _("Step")
        icon = "order"


class StepsBlock(blocks.StructBlock):
    """Things to do one after the other."""

    steps = blocks.ListBlock(StepBlock(), label=_("Steps"))

    class Meta:
        label = _("Numbered steps")
        icon = "list-ol"
        template = "mus_pages/blocks/steps.html"


class TalkAboutBlock(blocks.StructBlock):
    """What belongs in the talk and what does not, side by side."""

    do_heading = blocks.CharBlock(label=_("Heading for what belongs"), max_length=80)
    do = blocks.ListBlock(blocks.RichTextBlock(label=_("Topic"), features=INLINE_FEATURES), label=_("Talk about"))
    do_not_heading = blocks.CharBlock(label=_("Heading for what does not"), max_length=80)
    do_not = blocks.ListBlock(
        blocks.RichTextBlock(label=_("Topic"), features=INLINE_FEATURES), label=_("Do not talk about")
    )

    class Meta:
        label = _("Talk about / do not talk about")
        icon = "list-ul"
        template = "mus_pages/blocks/talk_about.html"


class ChecklistBlock(blocks.StructBlock):
    """Things to have ready; made to be printed and ticked off with a pen."""

    heading = blocks.CharBlock(label=_("Heading"), max_length=120)
    items = blocks.ListBlock(blocks.CharBlock(label=_("Item"), max_length=240), label=_("Items"))

    class Meta:
        label = _("Checklist")
        icon = "tick"
        template = "mus_pages/blocks/checklist.html"
