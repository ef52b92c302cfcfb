"""The StreamField in which editors build a form."""

import uuid
from collections.abc import Callable
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.blocks.list_block import ListBlockValidationError
from wagtail.blocks.stream_block import StreamBlockValidationError
from wagtail.blocks.struct_block import BlockGroup, StructBlockValidationError
from wagtail.fields import StreamField

from mus_workflow.formbuilder.compiler import Problem, problems_of
from mus_workflow.formbuilder.html import FEATURES
from mus_workflow.formbuilder.questions import registry
from mus_workflow.formbuilder.questions.condition_block import ConditionBlock
from mus_workflow.formbuilder.questions.rules_block import SHOWING_RULES

# What holds blocks by their position, by the name it has in the block round it.
IN_LISTS: dict[str, Callable[..., ValidationError]] = {
    "rules": ListBlockValidationError,
    "terms": StreamBlockValidationError,
}


class QuestionsBlock(blocks.StreamBlock):
    """Any number of questions, of every type that is registered when the form is first shown."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__([(question_type.type, question_type.block()) for question_type in registry], **kwargs)

    class Meta:
        required = False
        collapsed = True


class SectionBlock(blocks.StructBlock):
    """A heading, some words, and questions; any of them may be left out."""

    def __init__(self, **kwargs: Any) -> None:
        parts = [
            ("heading", blocks.CharBlock(required=False, max_length=1000, label=_("Heading"))),
            ("intro", blocks.RichTextBlock(required=False, features=FEATURES, label=_("Introduction"))),
            ("questions", QuestionsBlock(label=_("Questions"))),
        ]
        folded = [
            ("number", blocks.CharBlock(required=False, max_length=20, label=_("Numbering"))),
            ("condition", ConditionBlock()),
            ("rules", SHOWING_RULES),
        ]
        layout = BlockGroup(children=[name for name, _part in parts], settings=[name for name, _part in folded])
        super().__init__([*parts, *folded], form_layout=layout, **kwargs)

    class Meta:
        label = _("Section")
        icon = "list-ul"
        label_format = "{heading}"


class FormBodyBlock(blocks.StreamBlock):
    """A whole form. A draft may be half built; what is published must compile."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__([("section", SectionBlock())], **kwargs)

    def clean(self, value: Any) -> Any:
        """The value with an id on every block. ValidationErrors stand at the blocks that cause them."""
        cleaned = super().clean(value)
        _mint_ids(cleaned)
        if not self.is_deferred_validation and len(cleaned):
            _refuse(problems_of(cleaned))
        return cleaned


def _mint_ids(value: Any) -> None:
    """Blocks that come without an id get one now, so that it is the same from the first save on."""
    for section in value:
        section.id = section.id or str(uuid.uuid4())
        for question in section.value["questions"]:
            question.id = question.id or str(uuid.uuid4())


def _refuse(problems: list[Problem]) -> None:
    """Raise the problems as one error that Wagtail's editor shows in the right places."""
    if not problems:
        return
    sections: dict[int, dict[str, ValidationError]] = {}
    questions: dict[int, dict[int, ValidationError]] = {}
    whole: list[str] = []
    for problem in problems:
        # One at a time: the editor shows a single error for a block.
        if problem.section is None or (problem.question is None and not problem.block):
            whole.append(str(problem))
        elif problem.question is None:
            sections.setdefault(problem.section, {}).setdefault(str(problem.block[0]), _inner_error(problem, 1))
        else:
            questions.setdefault(problem.section, {}).setdefault(problem.question, _question_error(problem))
    for index, found in questions.items():
        sections.setdefault(index, {})["questions"] = StreamBlockValidationError(block_errors=found)
    raise StreamBlockValidationError(
        block_errors={index: StructBlockValidationError(found) for index, found in sections.items()},
        non_block_errors=whole,
    )


def _question_error(problem: Problem) -> ValidationError:
    if not problem.block:
        return StructBlockValidationError(non_block_errors=[problem.message])
    return StructBlockValidationError({str(problem.block[0]): _inner_error(problem, 1)})


def _inner_error(problem: Problem, depth: int) -> ValidationError:
    """The problem as the error of the block that its path leads to, within the block at this depth of the path."""
    error = ValidationError(problem.message)
    for place in range(len(problem.block) - 1, depth - 1, -1):
        step, holder = problem.block[place], problem.block[place - 1]
        if isinstance(step, str):
            error = StructBlockValidationError({step: error})
        else:
            error = IN_LISTS[str(holder)](block_errors={step: error})
    return error


class FormStreamField(StreamField):
    """A StreamField whose migrations name no blocks, so that a host's own question types need none of ours."""

    def __init__(self, block_types: Any = None, **kwargs: Any) -> None:
        super().__init__(FormBodyBlock if block_types is None else block_types, **kwargs)

    def deconstruct(self) -> Any:
        name, path, _args, kwargs = super(StreamField, self).deconstruct()
        return name, path, [[]], kwargs
