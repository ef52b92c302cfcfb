"""Blocks for the guide. A host may use each of them, or GuideBodyBlock with all of them, on its own pages."""

from .links import EntranceBlock, ReadMoreBlock
from .lists import ChecklistBlock, StepsBlock, TalkAboutBlock
from .sections import GuideBodyBlock, Section, SectionBlock, SectionContentBlock, sections_of
from .self_test import SelfTestBlock
from .text import TEXT_FEATURES, HeadingBlock, QuoteBlock

__all__ = [
    "TEXT_FEATURES",
    "ChecklistBlock",
    "EntranceBlock",
    "GuideBodyBlock",
    "HeadingBlock",
    "QuoteBlock",
    "ReadMoreBlock",
    "Section",
    "SectionBlock",
    "SectionContentBlock",
    "SelfTestBlock",
    "StepsBlock",
    "TalkAboutBlock",
    "sections_of",
]
