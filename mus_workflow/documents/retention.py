"""How long each text is kept, and by which rule it is erased. Pure: dates in, a date and a rule out.

What a date counts from is in a `Course`, what a key seals in a `Sealed`, and how long in `Terms`: those that were
pinned when the dialogue began, and today's. docs/adr/0010 says why the earlier of the two dates holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from mus_workflow.models import Artefact, ErasureRule, Sector
from mus_workflow.stages import Stage

from .dates import add_months

STANDARD, UNTIL_SIGNED, WITH_AGREEMENT = "STANDARD", "UNTIL_SIGNED", "WITH_AGREEMENT"
MONTHS_OF_A_YEAR = 12
# While a talk with somebody who has left is still under way, what was agreed earlier is not taken from under it.
IN_USE_MONTHS = 12
MOST_YEARS = 1000  # what is longer is for ever, and no calendar reaches further
PREPARED = frozenset({Artefact.DRAFT, Artefact.SHARED_PREPARATION, Artefact.FILE})


class Rule(models.TextChoices):
    """The rules by which text is erased. A code never changes: it stands on keys, in ledgers and in journals."""

    PREPARATION_AFTER_SIGNING = "PREPARATION_AFTER_SIGNING", _("a preparation goes when the agreement is signed")
    SHARED_AFTER_SIGNING = "SHARED_AFTER_SIGNING", _("what was shared goes some time after the signing")
    DRAFT_AFTER_SIGNING = "DRAFT_AFTER_SIGNING", _("the draft of an agreement goes when the agreement is signed")
    DRAFT_AFTER_CLOSING = "DRAFT_AFTER_CLOSING", _("drafts go when the dialogue is closed")
    NOT_HELD = "NOT_HELD", _("what was written for a talk that was not held goes")
    LEFT_THE_DIALOGUE = "LEFT_THE_DIALOGUE", _("the preparation of somebody who no longer takes part goes")
    LEFT_UNSIGNED = "LEFT_UNSIGNED", _("preparation goes when the employee has left and nothing was signed")
    AGREEMENT_AFTER_LEAVING = "AGREEMENT_AFTER_LEAVING", _("agreements go some years after the employee has left")
    PARKED = "PARKED", _("a form that could not be taken waits a short time only")


CLASSES = {
    Artefact.DRAFT: _("what was being written"),
    Artefact.SHARED_PREPARATION: _("what was shared of a preparation"),
    Artefact.AGREEMENT: _("the agreement with its revisions and remarks"),
    Artefact.ITEM: _("the agreed items with their progress"),
    Artefact.FOLLOW_UP: _("the follow-ups"),
    Artefact.EVENT: _("what the steps of the dialogue say"),
    Artefact.GRANT: _("reasons for audits and holds"),
    Artefact.PARKED: _("forms that could not be taken"),
    Artefact.FILE: _("files"),
}


def rule_in_words(code: str) -> str:
    """What a rule says, in the active language; the code itself where no rule is called so."""
    return str(Rule(code).label) if code in Rule.values else code


def class_in_words(artefact: str) -> str:
    """What a key of this class seals, in the active language."""
    return str(CLASSES.get(Artefact(artefact), artefact))


@dataclass(frozen=True)
class Terms:
    """How long texts are kept, from the rules of a concept. ``is_on`` False: nothing is erased."""

    is_on: bool
    preparation_days: int
    shared_months: int
    agreement_years: int


def terms_of(rules: Mapping[str, Any]) -> Terms:
    """The terms in a concept's frozen rules (`models.rules_of`)."""
    return Terms(
        is_on=erases(rules["erasure"], rules["sector"]),
        preparation_days=rules["keep_preparation_days"],
        shared_months=min(rules["keep_shared_months"], MOST_YEARS * MONTHS_OF_A_YEAR),
        agreement_years=min(rules["keep_agreement_years"], MOST_YEARS),
    )


def erases(erasure: str, sector: str) -> bool:
    """Whether a concept says that texts are erased. Whatever it says that is not known here: no."""
    if erasure == ErasureRule.SECTOR:
        return sector in (Sector.PUBLIC, Sector.PRIVATE)
    return erasure == ErasureRule.ALWAYS


@dataclass(frozen=True)
class Course:
    """What the dates of a dialogue's texts count from. Days in local time; None: it has not happened.

    ``signed_on`` is when the first agreement was answered by all, ``changed_on`` when the last one was: where a party
    declined, the signing is over too, and what was prepared for it has served its purpose. ``left_on`` is
    the last day of work of the last of the dialogue's employees, or what stands for it. ``typed_on`` is when somebody
    last wrote in a preparation, ``used_on`` the last step in any talk of the employees that is still under way.
    """

    stage: str
    stage_since: date
    signed_on: date | None = None
    changed_on: date | None = None
    is_being_changed: bool = False
    left_on: date | None = None
    typed_on: date | None = None
    used_on: date | None = None

    @property
    def is_under_way(self) -> bool:
        """Whether there may still be an agreement."""
        return self.signed_on is None and self.stage != Stage.NOT_HELD


@dataclass(frozen=True)
class Sealed:
    """What one key seals. ``is_own``: one participant's; otherwise the parties'.

    ``form_class`` is how long the preparation's form says that its text is kept. ``left_on``: since when its owner
    takes no part any more. ``is_withdrawn``: it was shared, and taken back. ``has_recorded``: a recorded document names
    one of the files under it. ``is_before_change``: it seals what was written before the last signing.
    """

    artefact: str
    is_own: bool = False
    form_class: str = STANDARD
    left_on: date | None = None
    is_withdrawn: bool = False
    has_recorded: bool = False
    is_before_change: bool = False


@dataclass(frozen=True, order=True)
class End:
    """The first day on which a text is erased, and the rule by which."""

    on: date
    rule: str


def end_of(sealed: Sealed, course: Course, *, pinned: Terms, now: Terms, form_class_now: str) -> End | None:
    """When a text is erased, and why then; None while no rule gives it an end.

    Never later than what was pinned allows, nor than today's rules allow. Erasing that is off today is off.
    """
    if not now.is_on:
        return None
    ends = [*_ends(replace(sealed, form_class=form_class_now), course, now)]
    if pinned.is_on:
        ends += _ends(sealed, course, pinned)
    return min(ends, default=None)


def _ends(sealed: Sealed, course: Course, terms: Terms) -> Iterator[End]:
    yield from _with_the_agreement(course, terms)
    if sealed.is_own and sealed.artefact in PREPARED:
        yield from _prepared(sealed, course, terms)
    elif sealed.artefact == Artefact.DRAFT:
        yield from _drafted(sealed, course, terms)
    elif sealed.artefact == Artefact.FILE and not sealed.has_recorded:
        yield from _not_held(course, terms)


def _with_the_agreement(course: Course, terms: Terms) -> Iterator[End]:
    """Nothing of a dialogue outlives its agreement."""
    if course.left_on is None:
        return
    end = add_months(course.left_on, MONTHS_OF_A_YEAR * terms.agreement_years)
    in_use = add_months(course.used_on, IN_USE_MONTHS) if course.used_on else end
    yield End(max(end, in_use), Rule.AGREEMENT_AFTER_LEAVING)


def _prepared(sealed: Sealed, course: Course, terms: Terms) -> Iterator[End]:
    days = timedelta(terms.preparation_days)
    yield from _not_held(course, terms)
    if sealed.left_on:
        yield End(sealed.left_on + days, Rule.LEFT_THE_DIALOGUE)
    if course.left_on and course.is_under_way:
        last = max(course.left_on, course.stage_since, course.typed_on or course.left_on)
        yield End(last + days, Rule.LEFT_UNSIGNED)
    if course.signed_on and sealed.form_class != WITH_AGREEMENT:
        yield _after_signing(sealed, course.signed_on, terms)


def _after_signing(sealed: Sealed, signed_on: date, terms: Terms) -> End:
    at_once = sealed.form_class == UNTIL_SIGNED
    if sealed.artefact == Artefact.SHARED_PREPARATION and not sealed.is_withdrawn:
        months = 0 if at_once else terms.shared_months
        return End(add_months(signed_on, months), Rule.SHARED_AFTER_SIGNING)
    days = 0 if at_once else terms.preparation_days
    return End(signed_on + timedelta(days), Rule.PREPARATION_AFTER_SIGNING)


def _drafted(sealed: Sealed, course: Course, terms: Terms) -> Iterator[End]:
    """What the parties write together: the agreement until it is signed, and follow-ups until the close."""
    days = timedelta(terms.preparation_days)
    yield from _not_held(course, terms)
    if course.stage == Stage.CLOSED:
        yield End(course.stage_since + days, Rule.DRAFT_AFTER_CLOSING)
    elif course.changed_on and sealed.is_before_change and not course.is_being_changed:
        yield End(course.changed_on + days, Rule.DRAFT_AFTER_SIGNING)


def _not_held(course: Course, terms: Terms) -> Iterator[End]:
    if course.stage == Stage.NOT_HELD:
        yield End(course.stage_since + timedelta(terms.preparation_days), Rule.NOT_HELD)
