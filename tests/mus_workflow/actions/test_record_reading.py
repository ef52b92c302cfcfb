"""Readings: one per person, dialogue, purpose and quarter of an hour."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from mus_workflow.actions.record_reading import record_reading
from mus_workflow.models import Dialogue, Reading, ReadingPurpose, user_key
from mus_workflow.stages import Stage
from tests.builders import Cast
from tests.ledger import assert_chain_holds, entries, payload_of
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


def test_an_opening_by_somebody_who_was_not_there_is_in_the_ledger_once_a_quarter(
    cast: Cast, dialogue_at: Callable[..., Dialogue]
) -> None:
    dialogue = dialogue_at()
    known = len(entries(dialogue.pk))
    for minutes in (0, 1, 14, 15):
        for reader, role, purpose in (
            (cast.auditor, "AUDITOR", ReadingPurpose.AUDIT),
            (cast.other_manager, "MANAGER", ReadingPurpose.SUCCESSION),
            (cast.auditor, "AUDITOR", ReadingPurpose.HISTORY),
            (cast.manager, "MANAGER", ReadingPurpose.TALK),
        ):
            at = NOW + timedelta(minutes=minutes)
            record_reading(dialogue=dialogue, reader=reader, role=role, purpose=purpose, at=at)
    told = entries(dialogue.pk)[known:]
    assert [(entry.event, entry.actor, entry.at) for entry in told] == [
        ("OPENED", user_key(reader), NOW + timedelta(minutes=minutes))
        for minutes in (0, 15)
        for reader in (cast.auditor, cast.other_manager)
    ]
    assert payload_of(told[0]) == {"purpose": "AUDIT", "by_role": "AUDITOR", "by_name": "Astrid Friis"}
    assert {entry.object_id for entry in told} == {
        str(pk) for pk in Reading.objects.filter(purpose__in=["AUDIT", "SUCCESSION"]).values_list("pk", flat=True)
    }
    assert_chain_holds(dialogue.pk)


def test_row_and_entry_of_an_opening_are_written_together_or_not_at_all(
    cast: Cast, dialogue_at: Callable[..., Dialogue], monkeypatch: pytest.MonkeyPatch
) -> None:
    dialogue = dialogue_at()

    def down(*args: object, **kwargs: object) -> None:
        raise OSError("the ledger is down")

    monkeypatch.setattr("mus_workflow.actions.frame._append", down)
    with pytest.raises(OSError, match="down"):
        record_reading(dialogue=dialogue, reader=cast.auditor, role="AUDITOR", purpose=ReadingPurpose.AUDIT, at=NOW)
    assert not Reading.objects.exists()


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
