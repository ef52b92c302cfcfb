"""The table of moves."""

from itertools import pairwise

import pytest

from mus_workflow.stages import BEFORE_TALK, CAN_PREPARE, COURSE, ENDED, HAS_TALKED, MOVES, Stage, is_lawful


def test_every_stage_has_a_row() -> None:
    assert set(MOVES) == set(Stage)


def test_the_course_is_lawful_from_first_to_last() -> None:
    assert [is_lawful(before, after) for before, after in pairwise(COURSE)] == [True] * 6


def test_nothing_comes_after_the_end() -> None:
    assert {stage for stage in Stage if not MOVES[stage]} == ENDED


def test_a_signed_dialogue_never_goes_back() -> None:
    assert MOVES[Stage.FOLLOW_UP] == {Stage.CLOSED}


def test_every_stage_but_the_side_exit_is_in_the_course() -> None:
    assert set(Stage) - set(COURSE) == {Stage.NOT_HELD}


def test_before_and_after_the_talk_do_not_overlap() -> None:
    assert not BEFORE_TALK & HAS_TALKED
    assert not CAN_PREPARE & ENDED


@pytest.mark.parametrize("stage", Stage)
def test_from_everywhere_there_is_a_way_to_an_end(stage: Stage) -> None:
    reached, todo = set(), {stage}
    while todo:
        reached |= todo
        todo = {after for before in todo for after in MOVES[before]} - reached
    assert reached & ENDED


def test_a_word_that_is_no_stage_is_an_error() -> None:
    with pytest.raises(ValueError, match="DONE"):
        is_lawful("PLANNED", "DONE")
