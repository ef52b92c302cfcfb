"""What the owner of the database may try with its structure: each is found, and the place is named.

The wall is down, this program's own code is at hand, and the signing key too. ``attacked.py`` tells what is attacked:
our chain had 17 entries at the first checkpoint, 23 at the second and 25 at the third; theirs 17, then 19.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import pytest

from mus_workflow.evidence import Finding
from mus_workflow.history.anchors import check_anchors
from mus_workflow.history.chains import Tally
from mus_workflow.history.verification import verify_everything
from mus_workflow.models import ChainHead
from tests.builders import Cast
from tests.ledger import events, put_the_wall_back, tear_down_the_wall
from tests.mus_workflow.history import attacks_on_rows as rows
from tests.mus_workflow.history import attacks_with_our_code as code
from tests.mus_workflow.history.attacked import Story, tell_story
from tests.plumbing.clock import NOW

pytestmark = pytest.mark.django_db

AFTERWARDS = NOW + timedelta(days=3, hours=1)
HERE, OUTSIDE = "the check of this database alone finds it", "only the files that were kept outside show it"


class Place(NamedTuple):
    """What a finding must name: whose chain or which checkpoint, which entry of it, and what it says of it."""

    where: str
    entry: int | None
    words: str


class Attack(NamedTuple):
    """What is done, what it takes to find it, and every place that must be named."""

    do: Callable[[Story], str | None]
    found: str
    places: tuple[Place, ...]


def attack(do: Callable[[Story], str | None], found: str, *places: tuple[str, int | None, str]) -> Attack:
    return Attack(do, found, tuple(Place(*place) for place in places))


def whole(where: str) -> tuple[str, None, str]:
    return where, None, "the whole chain is gone: checkpoint 1 covers 17 entries of it"


def gone(where: str, first: int, last: int, checkpoint: int) -> tuple[str, int, str]:
    return where, first, f"entries {first} to {last} are gone, which checkpoint {checkpoint} covers"


def within(where: str, first: int, last: int, checkpoint: int) -> tuple[str, int, str]:
    """The stretch between two checkpoints in which the first changed entry lies."""
    words = f"it is not what checkpoint {checkpoint} covers: the first changed entry is one of {first} to {last}"
    return where, last, words


def dated_back(where: str, entry: int, checkpoint: int) -> tuple[str, int, str]:
    return where, entry, f"it claims to be older than checkpoint {checkpoint}, which was made without it"


def copied(where: str, entry: int, of: str) -> tuple[str, int, str]:
    return where, entry, f"it repeats the sealed words of {of}: one of the two is a copy"


ABSENT = "its checkpoint is not in this database"
OTHERWISE = "its checkpoint says something else in this database"
NOT_ITS_OWN = "its payload: it is not what the entry was written for"
CHANGED = "it was changed after it was written"
BESIDE = "the live row differs from its last history row in document"
UNSIGNED = "no key that is known here has signed it"

DELETED = [
    attack(rows.delete_an_entry_in_the_middle, HERE, ("ours", 19, "entry 18 is missing")),
    attack(rows.delete_the_last_entry, HERE, gone("ours", 25, 25, 3)),
    attack(rows.delete_all_entries_of_a_chain, HERE, whole("ours")),
    attack(rows.delete_a_dialogue_with_every_row, HERE, whole("ours")),
    attack(rows.delete_a_dialogue_with_every_row_and_forge_the_checkpoints, OUTSIDE, whole("ours")),
    attack(
        rows.delete_all_payloads_of_a_chain, HERE, *(("ours", n, "its payload: it is missing") for n in range(1, 26))
    ),
    attack(
        rows.delete_all_readings,
        HERE,
        *((f"checkpoint {number}", None, "2 readings that it covers are gone") for number in (1, 2, 3)),
    ),
    attack(
        rows.delete_all_readings_and_forge_the_checkpoints,
        OUTSIDE,
        *((f"checkpoint-{number:06}.json", None, "2 readings that it covers are gone") for number in (1, 2, 3)),
    ),
    attack(
        rows.delete_all_checkpoints,
        OUTSIDE,
        *((f"checkpoint-{number:06}.json", None, ABSENT) for number in (1, 2, 3)),
    ),
]
SWAPPED = [
    attack(rows.swap_two_entries, HERE, ("ours", 9, CHANGED), ("ours", 10, CHANGED)),
    attack(rows.swap_two_entries_hash_anew_and_forge_the_checkpoints, OUTSIDE, within("ours", 1, 17, 1)),
    attack(rows.swap_the_payloads_of_two_entries, HERE, ("ours", 6, NOT_ITS_OWN), ("ours", 8, NOT_ITS_OWN)),
    attack(rows.swap_the_payloads_of_two_dialogues, HERE, ("ours", 18, NOT_ITS_OWN), ("theirs", 18, NOT_ITS_OWN)),
    attack(rows.swap_the_chains_of_two_dialogues, HERE, ("ours", 1, CHANGED), ("theirs", 1, CHANGED)),
    attack(
        rows.swap_the_chains_of_two_dialogues_and_hash_anew, HERE, within("ours", 1, 17, 1), within("theirs", 1, 17, 1)
    ),
    attack(
        rows.swap_the_heads_of_two_chains,
        HERE,
        ("checkpoint 2", None, "the heads of the chains do not give its root"),
        within("ours", 18, 19, 2),
        gone("theirs", 20, 23, 2),
    ),
]
TRUNCATED = [
    attack(
        rows.truncate_to_an_entry_with_its_rows_and_heads,
        HERE,
        ("checkpoint 3", None, "heads of chains that it covers are gone, added or changed"),
        gone("ours", 24, 25, 3),
    ),
    attack(rows.truncate_to_an_entry_and_forge_the_checkpoint, OUTSIDE, gone("ours", 24, 25, 3)),
    attack(
        rows.roll_the_database_back_to_the_first_checkpoint,
        OUTSIDE,
        gone("ours", 18, 23, 2),
        gone("theirs", 18, 19, 2),
        ("checkpoint-000002.json", None, ABSENT),
        ("checkpoint-000003.json", None, ABSENT),
    ),
    attack(rows.remove_the_newest_checkpoint, OUTSIDE, ("checkpoint-000003.json", None, ABSENT)),
]
REPLAYED = [
    attack(rows.append_an_earlier_entry_again, HERE, dated_back("ours", 26, 3)),
    attack(rows.append_an_earlier_entry_again_as_of_today, HERE, copied("ours", 26, "entry 7 of {ours}")),
    attack(rows.go_back_to_an_earlier_step_as_of_today, HERE, copied("ours", 26, "entry 11 of {ours}")),
    attack(rows.copy_a_signature_to_a_later_revision, HERE, ("ours", None, "signature {new} is not in the ledger")),
    attack(
        rows.copy_a_signature_and_its_entry_to_a_later_revision,
        HERE,
        ("ours", 26, "signature {new} says something else than the ledger"),
    ),
    attack(
        rows.put_an_old_checkpoint_as_the_newest,
        HERE,
        ("checkpoint 4", None, "it does not follow the checkpoint before it"),
    ),
    attack(
        rows.put_an_old_checkpoint_in_the_place_of_the_newest,
        HERE,
        ("checkpoint 3", None, "it does not follow the checkpoint before it"),
        ("checkpoint-000003.json", None, OTHERWISE),
    ),
    attack(rows.put_an_older_payload_back, HERE, ("theirs", 19, NOT_ITS_OWN)),
    attack(rows.put_an_older_document_into_the_agreement, HERE, ("ours", 22, BESIDE)),
    attack(
        rows.put_an_older_document_into_a_later_revision,
        HERE,
        ("ours", 20, "its history row says something else than the ledger"),
    ),
    attack(
        rows.put_an_older_revision_back_as_the_newest,
        HERE,
        ("ours", 22, "its last history row is not the one of its last ledger entry"),
    ),
]
FORKED = [
    attack(code.write_the_last_entries_otherwise, HERE, within("ours", 18, 23, 2)),
    attack(code.write_the_last_entries_otherwise_and_forge_the_checkpoints, OUTSIDE, within("ours", 18, 23, 2)),
    attack(code.begin_a_second_chain_like_the_first, HERE, ("new", None, "its dialogue is gone")),
    attack(
        code.make_another_checkpoint_with_the_same_number,
        OUTSIDE,
        within("ours", 24, 25, 3),
        ("checkpoint-000003.json", None, OTHERWISE),
    ),
    attack(
        code.keep_two_checkpoints_that_say_the_same_number,
        HERE,
        within("ours", 24, 25, 3),
        ("checkpoint 4", None, "its row says something else than its note"),
    ),
]
CLONED = [
    attack(rows.clone_a_chain, HERE, ("new", None, "its dialogue is gone"), dated_back("new", 1, 3)),
    attack(
        rows.clone_a_dialogue_and_forge_the_checkpoints,
        HERE,
        copied("new", 1, "entry 1 of {ours}"),
        ("ours", 22, "another entry tells of the same history row"),
    ),
    attack(
        rows.clone_a_dialogue_in_words_sealed_anew_and_forge_the_checkpoints,
        HERE,
        ("new", 22, "another entry tells of the same history row"),
        ("ours", 22, "another entry tells of the same history row"),
        dated_back("new", 1, 3),
    ),
    attack(
        rows.move_a_signature_to_another_dialogue,
        HERE,
        ("theirs", 14, "signature {new} says something else than the ledger"),
    ),
    attack(rows.copy_a_signature_to_another_dialogue, HERE, ("ours", None, "signature {new} is not in the ledger")),
    attack(
        rows.copy_the_approval_of_a_grant,
        HERE,
        ("theirs", None, "the approval of the grant {new} is not in the ledger"),
    ),
    attack(rows.copy_the_approval_of_a_grant_and_its_entry, HERE, copied("theirs", 20, "entry 25 of {ours}")),
    attack(
        rows.copy_the_approval_of_a_grant_in_words_sealed_anew,
        HERE,
        ("theirs", None, "the request of the grant {new} is not in the ledger"),
    ),
]
REWRITTEN = [
    attack(code.rewrite_the_actor, HERE, within("ours", 1, 17, 1)),
    attack(code.rewrite_the_actor_and_forge_the_checkpoints, OUTSIDE, within("ours", 1, 17, 1)),
    attack(code.rewrite_the_time_and_forge_the_checkpoints, OUTSIDE, within("ours", 24, 25, 3)),
    attack(code.rewrite_the_event_and_forge_the_checkpoints, OUTSIDE, within("theirs", 1, 17, 1)),
    attack(code.rewrite_the_object_and_forge_the_checkpoints, OUTSIDE, within("ours", 18, 23, 2)),
    attack(code.rewrite_the_words_everywhere, HERE, within("theirs", 18, 19, 2)),
    attack(code.rewrite_the_words_everywhere_and_forge_the_checkpoints, OUTSIDE, within("theirs", 18, 19, 2)),
    attack(code.insert_an_entry_in_the_middle, HERE, within("ours", 18, 23, 2)),
    attack(code.insert_words_in_the_middle_and_forge_the_checkpoints, OUTSIDE, within("ours", 18, 23, 2)),
    attack(
        code.remove_the_first_entries_and_number_anew,
        HERE,
        ("ours", None, "the ledger does not tell of its beginning"),
        within("ours", 1, 17, 1),
    ),
    attack(code.remove_an_entry_number_anew_and_forge_the_checkpoints, OUTSIDE, within("ours", 18, 23, 2)),
    attack(
        code.rewrite_everything_and_forge_the_checkpoints,
        OUTSIDE,
        within("ours", 1, 17, 1),
        within("theirs", 1, 17, 1),
    ),
    attack(
        code.make_the_checkpoints_anew_with_another_key,
        HERE,
        *((f"checkpoint {number}", None, UNSIGNED) for number in (1, 2, 3)),
    ),
    attack(code.date_a_dialogue_back, HERE, dated_back("new", 1, 3)),
    attack(code.date_a_dialogue_back_and_forge_the_checkpoints, OUTSIDE, dated_back("new", 1, 3)),
    attack(code.date_an_entry_back_and_make_the_next_checkpoint, HERE, dated_back("theirs", 20, 3)),
]
ATTACKS = [*DELETED, *SWAPPED, *TRUNCATED, *REPLAYED, *FORKED, *CLONED, *REWRITTEN]


@pytest.fixture(scope="module")
def told(module_cast: Cast, tmp_path_factory: pytest.TempPathFactory) -> Story:
    return tell_story(module_cast, tmp_path_factory.mktemp("outside"))


@pytest.fixture
def story(told: Story) -> Story:
    """The same: what a test does to the database is rolled back, and no attack reaches the folder."""
    return told


def found_here() -> list[Finding]:
    return list(verify_everything(at=AFTERWARDS))


def found_outside(story: Story) -> list[Finding]:
    return list(check_anchors(story.folder, Tally(), at=AFTERWARDS))


def test_without_an_attack_nothing_is_found(story: Story) -> None:
    assert found_here() == found_outside(story) == []
    tear_down_the_wall()
    put_the_wall_back()
    assert found_here() == found_outside(story) == []


def test_the_places_in_the_table_are_those_of_the_story(story: Story) -> None:
    heads = {
        name: list(ChainHead.objects.filter(chain=dialogue.pk).order_by("n").values_list("checkpoint", "n"))
        for name, dialogue in (("ours", story.ours), ("theirs", story.theirs))
    }
    assert heads == {"ours": [(1, 17), (2, 23), (3, 25)], "theirs": [(1, 17), (2, 19)]}
    ours = dict(enumerate(events(story.ours.pk), 1))
    assert (ours[7], ours[11], ours[15]) == ("MEETING_SET", "STAGE_CHANGED", "SIGNED")
    assert [ours[n] for n in (18, 19, 20, 22, 25)] == [
        "PROGRESS_RECORDED",
        "AMENDMENT_BEGUN",
        "PRESENTED",
        "PRESENTED",
        "GRANT_APPROVED",
    ]


def test_there_are_enough_attacks_of_each_kind() -> None:
    assert len({attack.do for attack in ATTACKS}) == len(ATTACKS) >= 50
    kinds = (DELETED, SWAPPED, TRUNCATED, REPLAYED, FORKED, CLONED, REWRITTEN)
    assert all(len(kind) >= 4 for kind in kinds)
    assert {attack.found for attack in ATTACKS} == {HERE, OUTSIDE}


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.do.__name__)
def test_an_attack_is_found_and_its_place_is_named(story: Story, attack: Attack) -> None:
    tear_down_the_wall()
    new = attack.do(story)
    put_the_wall_back()
    here, outside = found_here(), found_outside(story)
    assert bool(here) == (attack.found == HERE)
    ids = {"ours": str(story.ours.pk), "theirs": str(story.theirs.pk), "new": str(new)}
    for where, entry, words in attack.places:
        chain, problem = ids.get(where, where), words.format(**ids)
        assert any((one.chain, one.n) == (chain, entry) and problem in one.problem for one in [*here, *outside])
    innocent = {"ours", "theirs"} - {place.where for place in attack.places}
    assert {ids[name] for name in innocent} & {one.chain for one in [*here, *outside]} == set()
