"""The block behind every question in the editor."""

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.struct_block import BlockGroup

from mus_workflow.formbuilder.html import FEATURES
from mus_workflow.formbuilder.questions.condition_block import ConditionBlock
from mus_workflow.formbuilder.shapes import MAX_LABEL

AUDIENCES = [
    ("BOTH", _("Employee and manager, each their own answer")),
    ("AGREED", _("Both together, one answer")),
    ("EMPLOYEE", _("Employee")),
    ("MANAGER", _("Manager")),
]
SHARINGS = [
    ("SHARED", _("Shared unless the person keeps it private")),
    ("PRIVATE", _("Private until shared")),
    ("ALWAYS", _("Always part of what is shared")),
]

QUESTION = _("Question")

Blocks = Iterable[tuple[str, blocks.Block]]


class QuestionBlock(blocks.StructBlock):
    """Label and help first, then what the type adds; everything else is folded away.

    `called` is what an editor sees above the label. A block that does not ask has a text, which may be empty only
    where it is `wordless`.
    """

    def __init__(
        self,
        own: Blocks = (),
        folded: Blocks = (),
        *,
        asks: bool = True,
        wordless: bool = False,
        called: Any = QUESTION,
        **kwargs: Any,
    ) -> None:
        front = [*(_wording(called) if asks else _text(wordless)), *own]
        settings = [*_further_wording(asks), *_rules(asks), *folded, ("condition", ConditionBlock())]
        layout = BlockGroup(children=[name for name, _block in front], settings=[name for name, _block in settings])
        super().__init__([*front, *settings], form_layout=layout, **kwargs)

    class Meta:
        label_format = "{label}"


def _text(wordless: bool) -> list[tuple[str, blocks.Block]]:
    return [
        ("label", blocks.CharBlock(required=False, max_length=MAX_LABEL, label=_("Heading"))),
        ("help", blocks.RichTextBlock(required=not wordless, features=FEATURES, label=_("Text"))),
    ]


def _wording(called: Any) -> list[tuple[str, blocks.Block]]:
    return [
        ("label", blocks.CharBlock(max_length=MAX_LABEL, label=called)),
        (
            "help",
            blocks.RichTextBlock(
                required=False, features=FEATURES, label=_("Help"), help_text=_("Stands between question and answer.")
            ),
        ),
    ]


def _line(label: Any, help_text: Any, max_length: int = MAX_LABEL) -> blocks.CharBlock:
    return blocks.CharBlock(required=False, max_length=max_length, label=label, help_text=help_text)


def _further_wording(asks: bool) -> list[tuple[str, blocks.Block]]:
    numbering = _line(_("Number"), _("Your own numbering, such as 2a. It stands before the question."), 20)
    nested = blocks.BooleanBlock(
        required=False,
        label=_("Belongs under the question above"),
        help_text=_("It is set in, and is asked only when the question above is asked."),
    )
    if not asks:
        return [("number", numbering), ("nested", nested)]
    mirrored = _line(
        _("Wording for the manager"),
        _("Where both are asked and the manager's question must be put in another way."),
    )
    example = _line(_("Example of an answer"), _("Shown beside the question. It is never taken for an answer."))
    placeholder = _line(
        _("Pale text in the empty field"),
        _("It goes away when the person writes, so nothing that matters may stand here alone."),
    )
    texts = [("number", numbering), ("mirrored", mirrored), ("example", example), ("placeholder", placeholder)]
    return [*texts, ("nested", nested)]


def _rules(asks: bool) -> list[tuple[str, blocks.Block]]:
    audience = ("audience", blocks.ChoiceBlock(choices=AUDIENCES, default="BOTH", label=_("Asked of")))
    if not asks:
        return [audience]
    return [
        ("required", blocks.BooleanBlock(required=False, label=_("Must be answered"))),
        audience,
        (
            "sharing",
            blocks.ChoiceBlock(
                choices=SHARINGS,
                default="SHARED",
                label=_("Sharing"),
                help_text=_("Where it starts. The person who answers decides."),
            ),
        ),
        (
            "sensitive",
            blocks.BooleanBlock(
                required=False,
                label=_("Sensitive"),
                help_text=_("The person is told to write no more than needed."),
            ),
        ),
        (
            "countable",
            blocks.BooleanBlock(
                required=False,
                label=_("May be counted"),
                help_text=_(
                    "The answer may be counted without a name when the agreement is signed. The person is told. "
                    "Only choices and scales can be counted."
                ),
            ),
        ),
    ]
