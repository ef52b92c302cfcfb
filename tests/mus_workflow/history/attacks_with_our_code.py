"""Attacks with this program's own code, and the signing key where that helps: forked, rewritten and dated back."""

from __future__ import annotations

import json
import uuid
from datetime import timedelta

from mus_workflow.evidence import canonical_bytes
from mus_workflow.models import AgreementItem, Checkpoint, DataKey, LedgerEntry
from mus_workflow.sealing import new_signing_key
from mus_workflow.stages import Stage
from tests.builders import make_dialogue
from tests.ledger import payload_of
from tests.mus_workflow.history.attacked import (
    Story,
    change_entry,
    copy_entry,
    entry_of,
    forge_checkpoints,
    hash_anew,
    make_room,
    seal_anew,
    take_out,
)
from tests.mus_workflow.history.rewriting import checkpoint
from tests.mus_workflow.history.tampering import ItemHistory
from tests.plumbing.clock import NOW

DAY_US = 86_400_000_000

# ----- fork


def write_the_last_entries_otherwise(story: Story) -> None:
    """From entry 20 on another person acts in the manager's name."""
    LedgerEntry.objects.filter(chain=story.ours.pk, n__gte=20).update(real_actor="999")
    hash_anew(story.ours.pk)


def write_the_last_entries_otherwise_and_forge_the_checkpoints(story: Story) -> None:
    write_the_last_entries_otherwise(story)
    forge_checkpoints()


def begin_a_second_chain_like_the_first(story: Story) -> str:
    """Eight entries as ours has them, and then another course."""
    fork = uuid.uuid4()
    for entry in LedgerEntry.objects.filter(chain=story.ours.pk, n__lte=8).order_by("n"):
        copy_entry(entry, chain=fork)
    copy_entry(entry_of(story.ours, 17), chain=fork, n=9)
    hash_anew(fork)
    return str(fork)


def make_another_checkpoint_with_the_same_number(story: Story) -> None:
    """The newest one, over the same chains, with another root."""
    change_entry(story.ours, 24, real_actor="999")
    hash_anew(story.ours.pk)
    forge_checkpoints(first=3)


def keep_two_checkpoints_that_say_the_same_number(story: Story) -> None:
    """The one that was made, and beside it as number 4 another third one with another root."""
    first = Checkpoint.objects.get(number=3)
    heads = list(first.heads.all())
    make_another_checkpoint_with_the_same_number(story)
    other = Checkpoint.objects.get(number=3)
    assert (other.chains, other.number) == (first.chains, first.number)
    assert bytes(other.root) != bytes(first.root)
    other.heads.all().delete()
    first.save()
    for head in heads:
        head.save(force_insert=True)
    other.pk, other.number = 4, 4
    other.save(force_insert=True)


# ----- rewrite


def rewrite_the_actor(story: Story) -> None:
    change_entry(story.ours, 7, actor="999")
    hash_anew(story.ours.pk)


def rewrite_the_actor_and_forge_the_checkpoints(story: Story) -> None:
    rewrite_the_actor(story)
    forge_checkpoints()


def rewrite_the_time_and_forge_the_checkpoints(story: Story) -> None:
    change_entry(story.ours, 24, at_us=entry_of(story.ours, 24).at_us - DAY_US // 2)
    hash_anew(story.ours.pk)
    forge_checkpoints()


def rewrite_the_event_and_forge_the_checkpoints(story: Story) -> None:
    change_entry(story.theirs, 7, event="NOT_HELD_BECAUSE")
    hash_anew(story.theirs.pk)
    forge_checkpoints()


def rewrite_the_object_and_forge_the_checkpoints(story: Story) -> None:
    change_entry(story.ours, 19, object_id=str(story.theirs.pk))
    hash_anew(story.ours.pk)
    forge_checkpoints()


def rewrite_the_words_everywhere(story: Story) -> None:
    """What was said of their progress: in the item, its history, the payload, the commitment, and the chain."""
    entry = entry_of(story.theirs, 19)
    row = ItemHistory.objects.get(pk=entry.history_id)
    note = DataKey.objects.that_sealed(row.progress_note).seal_value("Det blev aldrig til noget")
    said = json.dumps(payload_of(entry), ensure_ascii=False).replace("Næsten færdig", "Det blev aldrig til noget")
    ItemHistory.objects.filter(pk=row.pk).update(progress_note=note)
    AgreementItem.objects.filter(pk=row.id).update(progress_note=note)
    seal_anew(entry, canonical_bytes(json.loads(said)))
    hash_anew(story.theirs.pk)
    assert "aldrig" in str(payload_of(entry_of(story.theirs, 19)))


def rewrite_the_words_everywhere_and_forge_the_checkpoints(story: Story) -> None:
    rewrite_the_words_everywhere(story)
    forge_checkpoints()


def insert_an_entry_in_the_middle(story: Story) -> None:
    """The time of the talk was set once more, by somebody else."""
    make_room(story.ours, 19)
    seventh = entry_of(story.ours, 7)
    copy_entry(seventh, n=19, at_us=seventh.at_us + DAY_US, actor="999")
    hash_anew(story.ours.pk)


def insert_words_in_the_middle_and_forge_the_checkpoints(story: Story) -> None:
    """The same, with words that were never sealed before."""
    insert_an_entry_in_the_middle(story)
    seal_anew(entry_of(story.ours, 19))
    hash_anew(story.ours.pk)
    forge_checkpoints()


def remove_the_first_entries_and_number_anew(story: Story) -> None:
    take_out(story.ours, *range(1, 8))
    hash_anew(story.ours.pk)


def remove_an_entry_number_anew_and_forge_the_checkpoints(story: Story) -> None:
    """That an amendment was begun."""
    take_out(story.ours, 19)
    hash_anew(story.ours.pk)
    forge_checkpoints()


def rewrite_everything_and_forge_the_checkpoints(story: Story) -> None:
    """Each entry of every chain: all was done while an administrator acted for the person."""
    LedgerEntry.objects.update(real_actor="999")
    for chain in set(LedgerEntry.objects.values_list("chain", flat=True)):
        hash_anew(chain)
    forge_checkpoints()


def make_the_checkpoints_anew_with_another_key(story: Story) -> None:
    forge_checkpoints(key=new_signing_key())


def date_a_dialogue_back(story: Story) -> str:
    """A dialogue that was made after the last checkpoint, and says that its talk was held a month before the first."""
    return str(make_dialogue(story.cast, Stage.TALK, at=NOW - timedelta(days=30)).pk)


def date_a_dialogue_back_and_forge_the_checkpoints(story: Story) -> str:
    key = date_a_dialogue_back(story)
    forge_checkpoints()
    return key


def date_an_entry_back_and_make_the_next_checkpoint(story: Story) -> None:
    """The time of their talk was set on the second day, says an entry that was written after the third."""
    before = entry_of(story.theirs, 19)
    seal_anew(copy_entry(entry_of(story.theirs, 7), n=20, at_us=before.at_us + DAY_US // 4))
    hash_anew(story.theirs.pk)
    checkpoint(days=3)
