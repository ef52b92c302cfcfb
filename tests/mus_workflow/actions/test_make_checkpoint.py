"""Checkpoints: what is in the tree, computed here by hand from the ledger; what is written, and when nothing is."""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from mus_workflow.actions.make_checkpoint import AnotherRun, make_checkpoint
from mus_workflow.actions.record_progress import record_progress
from mus_workflow.actions.record_reading import record_reading
from mus_workflow.evidence import parse_checkpoint, parse_note
from mus_workflow.models import ChainHead, Checkpoint, Dialogue, LedgerEntry, Progress, ReadingPurpose
from mus_workflow.sealing import SigningKey, is_signed, new_signing_key
from mus_workflow.stages import Stage
from tests.builders import Cast, item_id_of, make_dialogue
from tests.ledger import everything, tear_down_the_wall
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

KEY = SigningKey(new_signing_key())
NAME = "intranet.example"


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def root_of(leaves: list[bytes]) -> bytes:
    """RFC 9162, 2.1.1."""
    if len(leaves) < 2:
        return sha(b"\0", leaves[0]) if leaves else sha()
    k = 1 << (len(leaves) - 1).bit_length() - 1
    return sha(b"\1", root_of(leaves[:k]), root_of(leaves[k:]))


def ends() -> dict[uuid.UUID, tuple[int, bytes]]:
    """The last entry of each chain, looked up one by one."""
    chains = set(LedgerEntry.objects.values_list("chain", flat=True))
    last = [LedgerEntry.objects.filter(chain=chain).latest("n") for chain in chains]
    return {entry.chain: (entry.n, bytes(entry.hash)) for entry in last}


def leaves_of(heads: dict[uuid.UUID, tuple[int, bytes]]) -> list[bytes]:
    return [chain.bytes + n.to_bytes(8, "big") + link for chain, (n, link) in sorted(heads.items(), key=by_bytes)]


def by_bytes(head: tuple[uuid.UUID, Any]) -> bytes:
    return head[0].bytes


def make(after: timedelta = timedelta()) -> Checkpoint:
    return make_checkpoint(key=KEY, name=NAME, at=NOW + after)


def one_more_entry(dialogue: Dialogue, by: Any) -> None:
    item = uuid.UUID(item_id_of(dialogue))
    record_progress(dialogue_id=dialogue.pk, item_id=item, progress=Progress.DONE, note="", by=by, at=NOW)


def read(dialogue: Dialogue, reader: Any, before: timedelta) -> None:
    record_reading(dialogue=dialogue, reader=reader, role="MANAGER", purpose=ReadingPurpose.TALK, at=NOW - before)


def test_the_first_covers_the_end_of_every_chain(cast: Cast) -> None:
    make_dialogue(cast, Stage.FOLLOW_UP)
    made, heads = make(), ends()
    assert len(heads) > 1
    assert made.root == root_of(leaves_of(heads))
    assert (made.number, made.chains, made.entries) == (1, len(heads), LedgerEntry.objects.count())
    assert {head.chain: (head.n, bytes(head.hash)) for head in made.heads.all()} == heads


def test_the_next_writes_the_chains_that_have_grown_and_covers_all(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.FOLLOW_UP)
    first = make()
    one_more_entry(dialogue, cast.manager)
    second = make(timedelta(days=1))
    assert [head.chain for head in second.heads.all()] == [dialogue.pk]
    assert second.root == root_of(leaves_of(ends())) != first.root
    assert (second.chains, second.entries) == (first.chains, first.entries + 1)


def test_where_nothing_happened_the_next_says_the_same_again(cast: Cast) -> None:
    make_dialogue(cast, Stage.TALK)
    first, second = make(), make(timedelta(days=1))
    assert second.heads.count() == 0
    assert second.root == first.root
    assert second.number == 2


def test_a_chain_that_lost_its_end_keeps_the_head_it_had(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.TALK)
    first = make()
    tear_down_the_wall()
    last = LedgerEntry.objects.filter(chain=dialogue.pk).latest("n")
    last.payload.delete()
    last.delete()
    second = make(timedelta(days=1))
    assert second.root == first.root
    assert second.heads.count() == 0


def test_the_note_says_what_the_row_says_and_is_signed(cast: Cast) -> None:
    make_dialogue(cast, Stage.TALK)
    made = make(timedelta(microseconds=654_321))
    note = parse_note(made.note)
    said = parse_checkpoint(note.text)
    assert (said.name, said.number, said.made_at, said.previous) == (NAME, 1, NOW, None)
    assert (said.chains, said.root, said.entries) == (made.chains, made.root, made.entries)
    assert (said.readings, said.readings_root, said.readings_until) == (0, made.readings_root, made.readings_until)
    [signature] = note.by(NAME, KEY.public_key)
    assert is_signed(note.text, signature=signature, public_key=KEY.public_key)


def test_each_names_the_one_before_by_the_hash_of_its_text(db: None) -> None:
    first, second = make(), make(timedelta(days=1))
    text = first.note.partition("\n\n")[0] + "\n"
    assert parse_checkpoint(parse_note(second.note).text).previous == sha(text.encode())


def test_readings_are_covered_once_each_by_the_first_after_they_surely_stand(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.TALK)
    read(dialogue, cast.auditor, timedelta(minutes=11))
    read(dialogue, cast.auditor2, timedelta(minutes=10))  # just not yet surely committed
    first = make()
    assert first.readings == 1
    read(dialogue, cast.hr, timedelta(minutes=5))
    second = make(timedelta(days=1))
    assert second.readings == 2
    third = make(timedelta(days=2))
    assert third.readings == 0


def test_a_reading_is_a_leaf_by_the_published_format(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.TALK)
    read(dialogue, cast.auditor, timedelta(hours=1, microseconds=-7))
    reading = dialogue.readings.get()
    said = {
        "dialogue": str(dialogue.pk),
        "id": str(reading.pk),
        "purpose": "TALK",
        "read_at_us": (int(NOW.timestamp()) - 3600) * 1_000_000 + 7,
        "reader": str(cast.auditor.pk),
        "role": "MANAGER",
    }
    leaf = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    assert make().readings_root == sha(b"\0", leaf)


def test_a_clock_that_went_back_covers_no_reading_twice(cast: Cast) -> None:
    dialogue = make_dialogue(cast, Stage.TALK)
    read(dialogue, cast.auditor, timedelta(hours=1))
    first, second = make(), make(-timedelta(hours=3))
    assert (first.readings, second.readings) == (1, 0)
    assert second.readings_until == first.readings_until


def test_of_two_at_once_the_second_writes_nothing(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """The other one commits between our look at the number and our writing."""
    dialogue = make_dialogue(cast, Stage.FOLLOW_UP)
    make()
    monkeypatch.setattr(type(Checkpoint.objects.all()), "newest", lambda self: None)
    one_more_entry(dialogue, cast.manager)
    before = everything()
    with pytest.raises(AnotherRun):
        make(timedelta(days=1))
    assert everything() == before


def test_whichever_write_fails_nothing_stays(cast: Cast) -> None:
    make_dialogue(cast, Stage.TALK)
    before = everything()

    def fail(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('INSERT INTO "mus_workflow_checkpoint"'):
            raise OSError("the disk is full")
        return execute(sql, *rest)

    with pytest.raises(OSError, match="full"), connection.execute_wrapper(fail):
        make()
    assert everything() == before
    assert ChainHead.objects.count() == 0


def test_the_number_of_queries_does_not_grow_with_the_dialogues(cast: Cast, django_assert_num_queries: Any) -> None:
    make_dialogue(cast, Stage.TALK)
    with django_assert_num_queries(7):  # newest, savepoint, heads, tree, readings, checkpoint, release
        make()
