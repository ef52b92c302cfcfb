"""The ledger in the database: numbered, chained, sealed, and without a word in clear."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, connection, transaction

from mus_workflow.evidence import GENESIS, commit, verify_chain
from mus_workflow.models import DataKey, Dialogue, LedgerEntry, Payload, split_payload
from mus_workflow.stages import Stage
from tests.builders import Cast
from tests.ledger import entries, events, tear_down_the_wall
from tests.mus_workflow.evidence.test_chain import hash_by_hand

pytestmark = pytest.mark.django_db


@pytest.fixture
def dialogue(dialogue_at: Callable[..., Dialogue]) -> Dialogue:
    return dialogue_at(Stage.FOLLOW_UP)


def problems(dialogue: Dialogue) -> list[int | None]:
    links = LedgerEntry.objects.filter(chain=dialogue.pk).order_by("n").links()
    return [finding.n for finding in verify_chain(links)]


def test_a_whole_course_in_the_order_it_happened(dialogue: Dialogue) -> None:
    assert events(dialogue.pk) == [
        "CREATED",
        *["FORM_BOUND"] * 4,
        "STAGE_CHANGED",
        "MEETING_SET",
        "STAGE_CHANGED",
        "PREPARATION_SHARED",
        "PREPARATION_SHARED",
        "STAGE_CHANGED",
        "PRESENTED",
        "STAGE_CHANGED",
        "SIGNED",
        "SIGNED",
        "ITEM_SET",
        "STAGE_CHANGED",
    ]


def test_every_stored_hash_is_the_one_computed_by_hand(dialogue: Dialogue) -> None:
    previous = GENESIS
    for number, entry in enumerate(entries(dialogue.pk), start=1):
        link = entry.link()
        assert (entry.n, bytes(entry.previous)) == (number, previous)
        previous = hash_by_hand(link.header, link.commitment, previous)
        assert bytes(entry.hash) == previous


def test_each_payload_has_a_salt_of_its_own_inside_the_envelope(dialogue: Dialogue) -> None:
    salts = set()
    for entry in entries(dialogue.pk):
        envelope = bytes(entry.payload.envelope)
        salt, payload = split_payload(DataKey.objects.get(pk=envelope[1:17].hex()).open(envelope))
        assert commit(salt, payload) == bytes(entry.commitment)
        assert commit(bytes(32), payload) != bytes(entry.commitment)
        salts.add(salt)
    assert len(salts) == len(entries(dialogue.pk))


COLUMNS = {
    "event": "OPENED",
    "object_type": "Draft",
    "object_id": "x",
    "history_id": "999",
    "actor": "999",
    "real_actor": "1",
    "auth_method": "none",
    "at_us": 1,
    "version": 9,
    "commitment": b"\x01" * 32,
    "previous": b"\x01" * 32,
    "hash": b"\x01" * 32,
}


def test_the_columns_tampered_with_are_all_that_an_entry_says() -> None:
    assert set(COLUMNS) | {"seq", "chain", "n"} == {field.name for field in LedgerEntry._meta.concrete_fields}


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("n", [1, 5, 13])
def test_whoever_tears_the_wall_down_and_changes_a_column_is_found(
    cast: Cast, dialogue: Dialogue, column: str, n: int
) -> None:
    tear_down_the_wall()
    LedgerEntry.objects.filter(chain=dialogue.pk, n=n).update(**{column: COLUMNS[column]})
    assert n in problems(dialogue)


def test_a_removed_entry_is_found(dialogue: Dialogue) -> None:
    tear_down_the_wall()
    Payload.objects.filter(entry__chain=dialogue.pk, entry__n=4).delete()
    LedgerEntry.objects.filter(chain=dialogue.pk, n=4).delete()
    assert problems(dialogue) == [5]


def test_two_swapped_entries_are_found(dialogue: Dialogue) -> None:
    tear_down_the_wall()
    ours = LedgerEntry.objects.filter(chain=dialogue.pk)
    for before, after in ((2, 1000), (3, 2), (1000, 3)):
        ours.filter(n=before).update(n=after)
    assert problems(dialogue)[0] == 2


def test_no_two_entries_have_one_number(dialogue: Dialogue) -> None:
    entry = entries(dialogue.pk)[0]
    entry.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        entry.save(force_insert=True)


def test_what_the_ledger_says_in_clear_is_ids_times_and_hashes(cast: Cast, dialogue: Dialogue) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM mus_workflow_ledgerentry")
        said = " ".join(str(cell) for row in cursor.fetchall() for cell in row)
    assert [word for word in ("Emma", "Mikkel", "formidling", "Lokale", "EDUCATION") if word in said] == []
