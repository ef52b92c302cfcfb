"""Pages that begin after a row: each row once, in order, whatever is added meanwhile."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from mus_workflow.history.keyset import AFTER, BEFORE, NoSuchPosition, Order, Position, count_up_to, page_of
from mus_workflow.models import Reading, ReadingPurpose
from tests.builders import Cast, make_dialogue
from tests.plumbing.clock import NOW


def fetch_from(rows: list[int], position: Position | None) -> Any:
    """What a database would give of these numbers, in order."""
    key = int(position.key[0]) if position else 0

    def fetch(backwards: bool, most: int) -> list[int]:
        if position is None:
            return sorted(rows)[:most]
        if backwards:
            return sorted((row for row in rows if row < key), reverse=True)[:most]
        return sorted(row for row in rows if row > key)[:most]

    return fetch


def page(rows: list[int], text: str, size: int) -> Any:
    position = Position.read(text, 1)
    return page_of(fetch_from(rows, position), lambda row: (str(row),), position, size)


@given(st.sets(st.integers(1, 60)), st.lists(st.sets(st.integers(1, 60), max_size=5), max_size=12), st.integers(1, 7))
def test_walking_on_meets_each_row_once_and_none_that_was_there_is_missed(
    rows: set[int], added: list[set[int]], size: int
) -> None:
    there, met, text = set(rows), [], ""
    for more in [*added, *[set()] * 61]:
        here = page(list(there), text, size)
        met += here.rows
        assert len(here.rows) <= size
        text = here.next
        if not text:
            break
        there |= more
    assert met == sorted(set(met))
    assert rows <= set(met)


@given(st.sets(st.integers(1, 60), min_size=1), st.integers(1, 7))
def test_walking_back_gives_the_same_pages(rows: set[int], size: int) -> None:
    forward = [page(list(rows), "", size)]
    while forward[-1].next:
        forward.append(page(list(rows), forward[-1].next, size))
    back = [forward[-1]]
    while back[-1].previous:
        back.append(page(list(rows), back[-1].previous, size))
    assert [one.rows for one in reversed(back)] == [one.rows for one in forward]
    assert forward[0].previous == forward[-1].next == ""


@pytest.mark.parametrize("text", ["x", "a", "a,1,2", "c,1", "a,1\x00", ",", "7"])
def test_a_text_that_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(NoSuchPosition):
        Position.read(text, 1)


def test_a_position_reads_as_it_was_written() -> None:
    for direction in (AFTER, BEFORE):
        position = Position(direction, ("2026-03-10T09:00:00+01:00", "7"))
        assert Position.read(str(position), 2) == position
    assert Position.read("", 2) is None


@pytest.fixture
def readings(cast: Cast) -> list[Reading]:
    """Twelve readings, three at each of four moments."""
    dialogue = make_dialogue(cast)
    return Reading.objects.bulk_create(
        Reading(
            dialogue=dialogue,
            reader_key=str(uuid.uuid4()),
            reader_role="AUDITOR",
            purpose=ReadingPurpose.HISTORY,
            quarter=NOW,
            read_at=NOW + timedelta(microseconds=number // 3),
        )
        for number in range(12)
    )


@pytest.mark.django_db
@pytest.mark.parametrize("descending", [False, True])
def test_rows_of_the_same_moment_are_told_apart(readings: list[Reading], descending: bool) -> None:
    order = Order(("read_at", "id"), descending)
    there = Reading.objects.filter(purpose=ReadingPurpose.HISTORY)
    met, text = [], ""
    while True:
        with CaptureQueriesContext(connection) as captured:
            here = order.page(there, text, 5)
        assert len(captured) == 1
        assert "OFFSET" not in captured[0]["sql"]
        met += here.rows
        text = here.next
        if not text:
            break
    expected = sorted(readings, key=lambda one: (one.read_at, one.pk), reverse=descending)
    assert met == expected
    before = order.page(there, here.previous, 5)
    assert before.rows == expected[5:10]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "key",
    ["x,00000000-0000-4000-8000-000000000000", "2026-03-10,x", "2026-03-10T09:00:00,x", "9999-99-99T00:00+00:00,x"],
)
def test_a_key_that_no_row_could_have_is_refused(readings: list[Reading], key: str) -> None:
    with pytest.raises(NoSuchPosition):
        Order(("read_at", "id")).page(Reading.objects.all(), f"a,{key},00000000-0000-4000-8000-000000000000", 5)


@pytest.mark.django_db
def test_where_nothing_lies_any_more_the_first_page_is_shown(readings: list[Reading]) -> None:
    order = Order(("read_at", "id"))
    late = Position(AFTER, ((NOW + timedelta(days=1)).isoformat(), str(uuid.uuid4())))
    assert order.page(Reading.objects.all(), str(late), 5).rows == order.page(Reading.objects.all(), "", 5).rows


@pytest.mark.django_db
@pytest.mark.parametrize(("most", "counted"), [(5, 6), (12, 12), (100, 12)])
def test_nobody_counts_on_past_what_was_asked(readings: list[Reading], most: int, counted: int) -> None:
    assert count_up_to(Reading.objects.filter(purpose=ReadingPurpose.HISTORY), most) == counted
