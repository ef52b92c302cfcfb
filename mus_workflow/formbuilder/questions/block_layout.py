"""Where an editor finds the parts of a question: what each one needs is open, the rest is folded away, in groups."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _
from wagtail.blocks.struct_block import BlockGroup

# Asked of almost every question, so it is not folded away.
OPEN = ("audience", "required")
WORDING = ("number", "mirrored", "example", "placeholder", "nested")
PRIVACY = ("sharing", "sensitive", "countable")
CONDITION = ("condition", "rules")


def laid_out(front: Iterable[str], settings: Iterable[str]) -> BlockGroup:
    """The layout of a question's block from the names of its parts; a type's own settings stand with the answer."""
    names = list(settings)
    grouped = (*OPEN, *WORDING, *PRIVACY, *CONDITION)
    groups = [
        _group(_("Answer"), "check", [name for name in names if name not in grouped]),
        _group(_("Wording and numbering"), "edit", [name for name in names if name in WORDING]),
        _group(_("Sharing and privacy"), "lock", [name for name in names if name in PRIVACY]),
        _group(_("When it is asked"), "view", [name for name in names if name in CONDITION]),
    ]
    return BlockGroup(
        children=[*front, *(name for name in OPEN if name in names)],
        settings=[group for group in groups if group.children],
    )


def _group(heading: object, icon: str, names: list[str]) -> BlockGroup:
    return BlockGroup(children=names, heading=heading, icon=icon, label_format="")
