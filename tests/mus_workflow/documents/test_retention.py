"""When a text is erased, and by which rule: by hand for each situation, and what no situation may break."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mus_workflow.documents.retention import (
    CLASSES,
    MOST_YEARS,
    Course,
    End,
    Rule,
    Sealed,
    Terms,
    class_in_words,
    end_of,
    erases,
    rule_in_words,
    terms_of,
)
from mus_workflow.models import Artefact, ErasureRule, Sector
from mus_workflow.models.concept import NEW_IN_CONCEPT
from mus_workflow.stages import Stage

TERMS = Terms(is_on=True, preparation_days=30, shared_months=24, agreement_years=5)
OFF = replace(TERMS, is_on=False)

SIGNED = Course(
    stage=Stage.FOLLOW_UP,
    stage_since=date(2026, 3, 10),
    signed_on=date(2026, 3, 10),
    changed_on=date(2026, 9, 1),
)
NOT_HELD = Course(stage=Stage.NOT_HELD, stage_since=date(2026, 3, 10))
TALKING = Course(stage=Stage.TALK, stage_since=date(2026, 3, 10), typed_on=date(2026, 3, 9))
CLOSED = replace(SIGNED, stage=Stage.CLOSED, stage_since=date(2027, 1, 31))
OWN = {"is_own": True}


def end(
    sealed: Sealed, course: Course, pinned: Terms = TERMS, now: Terms = TERMS, **rest: Any
) -> tuple[str, str] | None:
    found = end_of(sealed, course, pinned=pinned, now=now, **{"form_class_now": sealed.form_class, **rest})
    return (found.on.isoformat(), str(found.rule)) if found else None


@pytest.mark.parametrize(
    ("sealed", "course", "expected"),
    [
        # What is one's own goes some days after the first signing; what the form says may be sooner or later.
        (Sealed("DRAFT", **OWN), SIGNED, ("2026-04-09", "PREPARATION_AFTER_SIGNING")),
        (Sealed("FILE", **OWN), SIGNED, ("2026-04-09", "PREPARATION_AFTER_SIGNING")),
        (Sealed("DRAFT", **OWN, form_class="UNTIL_SIGNED"), SIGNED, ("2026-03-10", "PREPARATION_AFTER_SIGNING")),
        (Sealed("DRAFT", **OWN, form_class="WITH_AGREEMENT"), SIGNED, None),
        (Sealed("SHARED_PREPARATION", **OWN), SIGNED, ("2028-03-10", "SHARED_AFTER_SIGNING")),
        (
            Sealed("SHARED_PREPARATION", **OWN, form_class="UNTIL_SIGNED"),
            SIGNED,
            ("2026-03-10", "SHARED_AFTER_SIGNING"),
        ),
        (Sealed("SHARED_PREPARATION", **OWN, form_class="WITH_AGREEMENT"), SIGNED, None),
        # What was shared and taken back is nobody's any more but its author's.
        (Sealed("SHARED_PREPARATION", **OWN, is_withdrawn=True), SIGNED, ("2026-04-09", "PREPARATION_AFTER_SIGNING")),
        # Before the signing nothing goes, however long it takes.
        (Sealed("DRAFT", **OWN), TALKING, None),
        (Sealed("SHARED_PREPARATION", **OWN), TALKING, None),
        (Sealed("DRAFT"), TALKING, None),
        # A talk that was not held.
        (Sealed("DRAFT", **OWN), NOT_HELD, ("2026-04-09", "NOT_HELD")),
        (Sealed("DRAFT", **OWN, form_class="WITH_AGREEMENT"), NOT_HELD, ("2026-04-09", "NOT_HELD")),
        (Sealed("SHARED_PREPARATION", **OWN), NOT_HELD, ("2026-04-09", "NOT_HELD")),
        (Sealed("FILE", **OWN), NOT_HELD, ("2026-04-09", "NOT_HELD")),
        (Sealed("DRAFT"), NOT_HELD, ("2026-04-09", "NOT_HELD")),
        (Sealed("FILE"), NOT_HELD, ("2026-04-09", "NOT_HELD")),
        (Sealed("FILE", has_recorded=True), NOT_HELD, None),
        (Sealed("EVENT"), NOT_HELD, None),
        # Somebody who no longer takes part.
        (Sealed("DRAFT", **OWN, left_on=date(2026, 3, 1)), TALKING, ("2026-03-31", "LEFT_THE_DIALOGUE")),
        (Sealed("SHARED_PREPARATION", **OWN, left_on=date(2026, 3, 1)), TALKING, ("2026-03-31", "LEFT_THE_DIALOGUE")),
        # The agreement that was written goes once it was signed and no change is open; follow-ups at the close.
        (Sealed("DRAFT", is_before_change=True), SIGNED, ("2026-10-01", "DRAFT_AFTER_SIGNING")),
        (Sealed("DRAFT", is_before_change=True), replace(SIGNED, is_being_changed=True), None),
        (Sealed("DRAFT"), SIGNED, None),
        (Sealed("DRAFT"), CLOSED, ("2027-03-02", "DRAFT_AFTER_CLOSING")),
        (Sealed("DRAFT", is_before_change=True), CLOSED, ("2027-03-02", "DRAFT_AFTER_CLOSING")),
        (Sealed("FILE"), CLOSED, None),
        # What was agreed is kept while the employee is here.
        *[(Sealed(one), CLOSED, None) for one in ("AGREEMENT", "ITEM", "FOLLOW_UP", "EVENT", "GRANT")],
    ],
)
def test_each_text_has_its_day(sealed: Sealed, course: Course, expected: tuple[str, str] | None) -> None:
    assert end(sealed, course) == expected


@pytest.mark.parametrize("artefact", ["AGREEMENT", "ITEM", "FOLLOW_UP", "EVENT", "GRANT", "FILE"])
def test_what_was_agreed_goes_years_after_the_employee_left(artefact: str) -> None:
    gone = replace(CLOSED, left_on=date(2024, 2, 29))
    assert end(Sealed(artefact), gone) == ("2029-02-28", "AGREEMENT_AFTER_LEAVING")


@pytest.mark.parametrize("course", [SIGNED, CLOSED, TALKING, NOT_HELD], ids=lambda course: course.stage)
@pytest.mark.parametrize("artefact", [one for one in Artefact if one != Artefact.PARKED])
@pytest.mark.parametrize("is_own", [True, False])
@pytest.mark.parametrize("form_class", ["STANDARD", "UNTIL_SIGNED", "WITH_AGREEMENT"])
def test_nothing_of_a_dialogue_outlives_its_agreement(
    course: Course, artefact: str, is_own: bool, form_class: str
) -> None:
    gone = replace(course, left_on=date(2024, 1, 31))
    found = end_of(
        Sealed(artefact, is_own=is_own, form_class=form_class),
        gone,
        pinned=TERMS,
        now=TERMS,
        form_class_now=form_class,
    )
    assert found is not None
    assert found.on <= date(2029, 1, 31)


@pytest.mark.parametrize(
    ("left", "since", "typed", "expected"),
    [
        (date(2026, 5, 31), date(2026, 3, 10), None, "2026-06-30"),
        (date(2026, 3, 1), date(2026, 3, 10), date(2026, 3, 9), "2026-04-09"),
        (date(2026, 3, 1), date(2026, 3, 10), date(2026, 4, 1), "2026-05-01"),
    ],
)
def test_preparation_of_one_who_left_without_an_agreement_goes_when_all_is_quiet(
    left: date, since: date, typed: date | None, expected: str
) -> None:
    quiet = Course(stage=Stage.PREPARING, stage_since=since, left_on=left, typed_on=typed)
    assert end(Sealed("DRAFT", is_own=True), quiet) == (expected, "LEFT_UNSIGNED")


def test_a_talk_under_way_keeps_what_was_agreed_earlier_for_a_year_after_its_last_step() -> None:
    long_ago = replace(CLOSED, left_on=date(2020, 6, 30))
    assert end(Sealed("ITEM"), long_ago) == ("2025-06-30", "AGREEMENT_AFTER_LEAVING")
    assert end(Sealed("ITEM"), replace(long_ago, used_on=date(2026, 3, 1))) == ("2027-03-01", "AGREEMENT_AFTER_LEAVING")
    abandoned = replace(long_ago, used_on=date(2020, 1, 1))
    assert end(Sealed("ITEM"), abandoned) == ("2025-06-30", "AGREEMENT_AFTER_LEAVING")


@pytest.mark.parametrize(
    ("pinned", "now", "expected"),
    [
        (TERMS, TERMS, "2026-04-09"),
        (replace(TERMS, preparation_days=10), TERMS, "2026-03-20"),
        (TERMS, replace(TERMS, preparation_days=10), "2026-03-20"),
        (TERMS, OFF, None),
        (OFF, OFF, None),
        # They were told nothing would be erased; today's rules say it is no longer needed.
        (OFF, TERMS, "2026-04-09"),
        (replace(OFF, preparation_days=1), TERMS, "2026-04-09"),
    ],
)
def test_the_earlier_of_pinned_and_today_holds_and_off_today_wins(
    pinned: Terms, now: Terms, expected: str | None
) -> None:
    found = end(Sealed("DRAFT", is_own=True), SIGNED, pinned, now)
    assert (found and found[0]) == expected


@pytest.mark.parametrize(
    ("pinned", "now", "expected"),
    [
        ("WITH_AGREEMENT", "STANDARD", "2026-04-09"),
        ("STANDARD", "WITH_AGREEMENT", "2026-04-09"),
        ("STANDARD", "UNTIL_SIGNED", "2026-03-10"),
        ("WITH_AGREEMENT", "WITH_AGREEMENT", None),
    ],
)
def test_what_the_form_says_is_taken_as_what_the_concept_says(pinned: str, now: str, expected: str | None) -> None:
    found = end(Sealed("DRAFT", is_own=True, form_class=pinned), SIGNED, form_class_now=now)
    assert (found and found[0]) == expected


@pytest.mark.parametrize(
    ("erasure", "sector", "expected"),
    [
        ("SECTOR", "STATE", False),
        ("SECTOR", "PUBLIC", True),
        ("SECTOR", "PRIVATE", True),
        ("ALWAYS", "STATE", True),
        ("NEVER", "PUBLIC", False),
        ("SECTOR", "SOMETHING_NEW", False),
        ("SOMETHING_NEW", "PUBLIC", False),
    ],
)
def test_the_state_erases_nothing_unless_it_says_so(erasure: str, sector: str, expected: bool) -> None:
    assert erases(erasure, sector) is expected


def test_a_version_frozen_before_the_rules_existed_is_read_by_its_sector() -> None:
    assert terms_of({**NEW_IN_CONCEPT, "sector": "STATE"}) == OFF
    assert terms_of({**NEW_IN_CONCEPT, "sector": "PUBLIC"}) == TERMS


def test_what_is_kept_for_longer_than_a_calendar_reaches_is_kept_for_ever() -> None:
    longest = {"keep_preparation_days": 32_767, "keep_shared_months": 32_767, "keep_agreement_years": 32_767}
    terms = terms_of({"erasure": "ALWAYS", "sector": "STATE", **longest})
    gone = replace(CLOSED, left_on=date(2024, 1, 1))
    assert end(Sealed("AGREEMENT"), gone, terms, terms) == (f"{2024 + MOST_YEARS}-01-01", "AGREEMENT_AFTER_LEAVING")
    assert end(Sealed("SHARED_PREPARATION", is_own=True), SIGNED, terms, terms) == (
        f"{2026 + MOST_YEARS}-03-10",
        "SHARED_AFTER_SIGNING",
    )


def test_every_rule_and_class_is_said_in_words() -> None:
    assert all(rule_in_words(rule) != rule for rule in Rule)
    assert rule_in_words("five years") == "five years"
    assert set(CLASSES) == set(Artefact)
    assert all(class_in_words(one) not in ("", one) for one in Artefact)


DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2035, 12, 31))
SEALED = st.builds(
    Sealed,
    artefact=st.sampled_from(Artefact.values),
    is_own=st.booleans(),
    form_class=st.sampled_from(["STANDARD", "UNTIL_SIGNED", "WITH_AGREEMENT"]),
    left_on=st.none() | DAYS,
    is_withdrawn=st.booleans(),
    has_recorded=st.booleans(),
    is_before_change=st.booleans(),
)
COURSES = st.builds(
    Course,
    stage=st.sampled_from(Stage.values),
    stage_since=DAYS,
    signed_on=st.none() | DAYS,
    changed_on=st.none() | DAYS,
    is_being_changed=st.booleans(),
    left_on=st.none() | DAYS,
    typed_on=st.none() | DAYS,
    used_on=st.none() | DAYS,
)
TERMS_OF_ANY_KIND = st.builds(
    Terms,
    is_on=st.booleans(),
    preparation_days=st.integers(0, 400),
    shared_months=st.integers(0, 60),
    agreement_years=st.integers(0, 12),
)
FORM_CLASSES = st.sampled_from(["STANDARD", "UNTIL_SIGNED", "WITH_AGREEMENT"])


@given(SEALED, COURSES, TERMS_OF_ANY_KIND, TERMS_OF_ANY_KIND, FORM_CLASSES)
def test_no_text_is_kept_longer_than_either_rule_allows_and_none_goes_while_erasing_is_off(
    sealed: Sealed, course: Course, pinned: Terms, now: Terms, form_class: str
) -> None:
    def alone(terms: Terms, form: str) -> End | None:
        return end_of(replace(sealed, form_class=form), course, pinned=terms, now=terms, form_class_now=form)

    found = end_of(sealed, course, pinned=pinned, now=now, form_class_now=form_class)
    if not now.is_on:
        assert found is None
        return
    each = [one for one in (alone(pinned, sealed.form_class), alone(now, form_class)) if one]
    assert (found is None) == (not each)
    if found:
        assert found.on == min(one.on for one in each)
        assert found.rule in Rule.values


@given(SEALED, COURSES, TERMS_OF_ANY_KIND, st.integers(0, 3), st.integers(0, 24), st.integers(0, 3))
def test_longer_terms_never_erase_sooner(
    sealed: Sealed, course: Course, terms: Terms, days: int, months: int, years: int
) -> None:
    longer = replace(
        terms,
        preparation_days=terms.preparation_days + days,
        shared_months=terms.shared_months + months,
        agreement_years=terms.agreement_years + years,
    )
    short = end_of(sealed, course, pinned=terms, now=terms, form_class_now=sealed.form_class)
    long = end_of(sealed, course, pinned=longer, now=longer, form_class_now=sealed.form_class)
    assert (short is None) == (long is None)
    if short and long:
        assert short.on <= long.on
        assert long.on - short.on <= timedelta(days=366 * (days + months + years + 1))


def test_the_sectors_and_answers_of_the_concept_are_all_known_here() -> None:
    known = {(erasure, sector) for erasure in ErasureRule.values for sector in Sector.values}
    assert {pair for pair in known if erases(*pair)} == {
        ("SECTOR", "PUBLIC"),
        ("SECTOR", "PRIVATE"),
        ("ALWAYS", "STATE"),
        ("ALWAYS", "PUBLIC"),
        ("ALWAYS", "PRIVATE"),
    }
