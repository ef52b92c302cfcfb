"""Rules as an editor writes them: show this, skip it, or require it, if all or any of some things are so."""

from functools import partial
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.choices import CallableChoiceIterator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail import blocks

from mus_workflow.formbuilder.questions.condition_block import OPERATOR_CHOICES, PickerBlock
from mus_workflow.formbuilder.questions.fact_choices import Choices, offered

MOST_TERMS = 20
MOST_RULES = 20
MATCH_CHOICES = [("ALL", _("all of this is so")), ("ANY", _("any of this is so"))]
GROUP_CHOICES = [*MATCH_CHOICES, ("NONE", _("none of this is so"))]
FACT_CHOICES = [("equals", _("is")), ("not_equals", _("is not"))]
ROLE_CHOICES = [("EMPLOYEE", _("the employee")), ("MANAGER", _("the manager"))]
REPORTS_CHOICES = [("yes", _("somebody with direct reports")), ("no", _("somebody without direct reports"))]
SHOWING = [("SHOW", _("Show it only if")), ("SKIP", _("Leave it out if"))]
REQUIRING = ("REQUIRE", _("It must be answered if"))

Named = tuple[str, blocks.Block]


class AnswerTermBlock(blocks.StructBlock):
    """An earlier answer, compared."""

    question = PickerBlock("question", label=_("Earlier question"))
    op = blocks.ChoiceBlock(choices=OPERATOR_CHOICES, default="equals", label=_("Comparison"))
    value = PickerBlock("value", label=_("Answer"))

    class Meta:
        label = _("An answer")
        icon = "help"


class FactTermBlock(blocks.StructBlock):
    """Something that is known of the dialogue or its people, without being asked."""

    def __init__(self, value: blocks.Block, **kwargs: Any) -> None:
        op = blocks.ChoiceBlock(choices=FACT_CHOICES, default="equals", label=_("Comparison"))
        super().__init__([("op", op), ("value", value)], icon="user", **kwargs)


class OfferedBlock(blocks.FieldBlock):
    """One of the values that are offered for a fact when the editor looks. What is stored stays as it is."""

    def __init__(self, fact: str, *, required: bool = True, help_text: Any = "", **kwargs: Any) -> None:
        self.fact = fact
        lazily = CallableChoiceIterator(partial(_offered_or_none, fact))
        # No ChoiceBlock: that looks every stored value up, also where nobody picks.
        self.field = forms.CharField(
            required=required, max_length=100, help_text=help_text, widget=forms.Select(choices=lazily)
        )
        super().__init__(**kwargs)


class FactValueBlock(OfferedBlock):
    """The same where what is gone can never be so again."""

    def clean(self, value: Any) -> Any:
        """The value; ValidationError for one that is no longer offered."""
        cleaned = super().clean(value)
        known = {key for key, _label in offered(self.fact)}
        if known and cleaned not in known:
            raise ValidationError(gettext("What stood here is gone. Pick one of those in the list."))
        return cleaned


def _offered_or_none(fact: str) -> Choices:
    return [("", "---------"), *offered(fact)]


def _terms() -> list[Named]:
    """The terms that hold no others. The name of a fact's block is the fact's, in lower case."""
    return [
        ("answer", AnswerTermBlock()),
        ("role", FactTermBlock(blocks.ChoiceBlock(choices=ROLE_CHOICES, label=_("Role")), label=_("The reader"))),
        ("stage", FactTermBlock(FactValueBlock("STAGE", label=_("Step")), label=_("The step of the dialogue"))),
        (
            "reports",
            FactTermBlock(
                blocks.ChoiceBlock(choices=REPORTS_CHOICES, label=_("Direct reports")), label=_("Direct reports")
            ),
        ),
        ("unit", FactTermBlock(FactValueBlock("UNIT", label=_("Unit")), label=_("The employee's unit"))),
        (
            "job_family",
            FactTermBlock(
                blocks.CharBlock(max_length=100, label=_("Job family")), label=_("The employee's job family")
            ),
        ),
    ]


class GroupBlock(blocks.StructBlock):
    """Several terms that count as one."""

    match = blocks.ChoiceBlock(choices=GROUP_CHOICES, default="ANY", label=_("So if"))
    terms = blocks.StreamBlock(_terms(), required=False, max_num=MOST_TERMS, label=_("What must be so"))

    class Meta:
        label = _("A group")
        icon = "list-ul"


class RuleBlock(blocks.StructBlock):
    """An effect, and when it comes about."""

    def __init__(self, *, may_require: bool, **kwargs: Any) -> None:
        effects = [*SHOWING, REQUIRING] if may_require else SHOWING
        terms = blocks.StreamBlock(
            [*_terms(), ("group", GroupBlock())], required=False, max_num=MOST_TERMS, label=_("What must be so")
        )
        parts: list[Named] = [
            ("effect", blocks.ChoiceBlock(choices=effects, default="SHOW", label=_("What happens"))),
            ("match", blocks.ChoiceBlock(choices=MATCH_CHOICES, default="ALL", label=_("If"))),
            ("terms", terms),
        ]
        super().__init__(parts, **kwargs)

    class Meta:
        label = _("Rule")
        icon = "view"


class RulesBlock(blocks.ListBlock):
    """Any number of rules, all of which count. None: nothing is added to the condition."""

    def __init__(self, *, may_require: bool) -> None:
        super().__init__(
            RuleBlock(may_require=may_require),
            default=[],
            max_num=MOST_RULES,
            collapsed=True,
            label=_("Rules"),
            help_text=_("For what one condition cannot say. All of them count, together with the condition."),
        )

    def value_from_datadict(self, data: Any, files: Any, prefix: str) -> Any:
        """The rules that were sent; none from a page that an editor has had open since before there were any."""
        if f"{prefix}-count" not in data:
            return self.empty_value()
        return super().value_from_datadict(data, files, prefix)


# One of each for the whole editor: they are large, and the same for every type.
QUESTION_RULES = RulesBlock(may_require=True)
SHOWING_RULES = RulesBlock(may_require=False)
