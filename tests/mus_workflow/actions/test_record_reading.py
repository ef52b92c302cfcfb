"""Readings: one per person, dialogue, purpose and quarter of an hour."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from mus_workflow.actions.record_reading import record_reading
from mus_workflow.models import Dialogue, Reading, ReadingPurpose, user_key
from mus_workflow.stages import Stage
from tests.builders import Cast
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db


def test_a_quarter_of_an_hour_is_one_reading(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.TALK)
    for minutes in (0, 1, 14, 15, 16):
        record_reading(
            dialogue=dialogue,
            reader=cast.manager,
            role="MANAGER",
            purpose=ReadingPurpose.TALK,
            at=NOW + timedelta(minutes=minutes),
        )
    assert [reading.read_at for reading in Reading.objects.order_by("read_at")] == [NOW, NOW + timedelta(minutes=15)]
    assert {reading.reader_key for reading in Reading.objects.all()} == {user_key(cast.manager)}


def test_other_people_and_purposes_are_readings_of_their_own(cast: Cast, dialogue_at: Callable[..., Dialogue]) -> None:
    dialogue = dialogue_at(Stage.TALK)
    for reader, purpose in (
        (cast.manager, ReadingPurpose.TALK),
        (cast.employee, ReadingPurpose.TALK),
        (cast.manager, ReadingPurpose.SUCCESSION),
    ):
        record_reading(dialogue=dialogue, reader=reader, role="", purpose=purpose, at=NOW)
    assert Reading.objects.count() == 3


def test_a_reading_that_cannot_be_recorded_is_an_error_and_not_a_page(
    cast: Cast, dialogue_at: Callable[..., Dialogue], monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*args: object, **kwargs: object) -> None:
        raise OSError("the log is down")

    monkeypatch.setattr(Reading.objects, "bulk_create", down)
    with pytest.raises(OSError, match="down"):
        record_reading(
            dialogue=dialogue_at(Stage.TALK),
            reader=cast.manager,
            role="MANAGER",
            purpose=ReadingPurpose.TALK,
            at=NOW,
        )
