"""Attacks on rows: deleted, swapped, truncated, replayed and cloned by hand, with the wall down.

Each returns the id of what it added, for the finding that must name it.
"""

from __future__ import annotations

import uuid
from typing import Any

from mus_workflow.models import (
    Agreement,
    ChainHead,
    Checkpoint,
    Delivery,
    Dialogue,
    Grant,
    LedgerEntry,
    Payload,
    Presentation,
    Reading,
    Signature,
)
from tests.mus_workflow.history.attacked import (
    Story,
    change_entry,
    copy_entry,
    entry_of,
    forge_checkpoints,
    hash_anew,
    remove_checkpoints,
    roll_back,
    seal_anew,
    take_out,
)
from tests.mus_workflow.history.rewriting import checkpoint, cut
from tests.mus_workflow.history.tampering import AgreementHistory
from tests.mus_workflow.history.test_guarantees import remove

# ----- delete


def delete_an_entry_in_the_middle(story: Story) -> None:
    take_out(story.ours, 18)


def delete_the_last_entry(story: Story) -> None:
    take_out(story.ours, 25)


def delete_all_entries_of_a_chain(story: Story) -> None:
    cut(story.ours.pk, after=0)


def delete_a_dialogue_with_every_row(story: Story) -> None:
    remove(story.ours)


def delete_a_dialogue_with_every_row_and_forge_the_checkpoints(story: Story) -> None:
    remove(story.ours)
    forge_checkpoints()


def delete_all_payloads_of_a_chain(story: Story) -> None:
    Payload.objects.filter(entry__chain=story.ours.pk).delete()


def delete_all_readings(story: Story) -> None:
    Reading.objects.all().delete()


def delete_all_readings_and_forge_the_checkpoints(story: Story) -> None:
    Reading.objects.all().delete()
    forge_checkpoints()


def delete_all_checkpoints(story: Story) -> None:
    remove_checkpoints()


# ----- swap


def _swap_numbers(dialogue: Dialogue, one: int, other: int) -> None:
    change_entry(dialogue, one, n=1000)
    change_entry(dialogue, other, n=one)
    change_entry(dialogue, 1000, n=other)


def swap_two_entries(story: Story) -> None:
    _swap_numbers(story.ours, 9, 10)


def swap_two_entries_hash_anew_and_forge_the_checkpoints(story: Story) -> None:
    _swap_numbers(story.ours, 9, 10)
    hash_anew(story.ours.pk)
    forge_checkpoints()


def _swap_payloads(one: LedgerEntry, other: LedgerEntry) -> None:
    first, second = one.payload.envelope, other.payload.envelope
    Payload.objects.filter(pk=one.pk).update(envelope=second)
    Payload.objects.filter(pk=other.pk).update(envelope=first)


def swap_the_payloads_of_two_entries(story: Story) -> None:
    _swap_payloads(entry_of(story.ours, 6), entry_of(story.ours, 8))


def swap_the_payloads_of_two_dialogues(story: Story) -> None:
    _swap_payloads(entry_of(story.ours, 18), entry_of(story.theirs, 18))


def swap_the_chains_of_two_dialogues(story: Story) -> None:
    between = uuid.uuid4()
    for old, new in ((story.ours.pk, between), (story.theirs.pk, story.ours.pk), (between, story.theirs.pk)):
        LedgerEntry.objects.filter(chain=old).update(chain=new)


def swap_the_chains_of_two_dialogues_and_hash_anew(story: Story) -> None:
    swap_the_chains_of_two_dialogues(story)
    hash_anew(story.ours.pk)
    hash_anew(story.theirs.pk)


def swap_the_heads_of_two_chains(story: Story) -> None:
    heads = ChainHead.objects.filter(checkpoint=2, chain__in=[story.ours.pk, story.theirs.pk])
    one, other = list(heads)
    ChainHead.objects.filter(pk=one.pk).update(n=other.n, hash=other.hash)
    ChainHead.objects.filter(pk=other.pk).update(n=one.n, hash=one.hash)


# ----- truncate


def truncate_to_an_entry_with_its_rows_and_heads(story: Story) -> None:
    roll_back(story.photographs[1], but=(Checkpoint, Delivery, Reading))


def truncate_to_an_entry_and_forge_the_checkpoint(story: Story) -> None:
    roll_back(story.photographs[1], but=(Checkpoint, Delivery, Reading))
    forge_checkpoints(first=3)


def roll_the_database_back_to_the_first_checkpoint(story: Story) -> None:
    roll_back(story.photographs[0])


def remove_the_newest_checkpoint(story: Story) -> None:
    remove_checkpoints(first=3)


# ----- replay


def append_an_earlier_entry_again(story: Story) -> None:
    last = entry_of(story.ours, 25)
    copy_entry(entry_of(story.ours, 7), n=26)
    hash_anew(story.ours.pk)
    assert entry_of(story.ours, 25).hash == last.hash


def append_an_earlier_entry_again_as_of_today(story: Story) -> None:
    copy_entry(entry_of(story.ours, 7), n=26, at_us=entry_of(story.ours, 25).at_us + 86_400_000_000)
    hash_anew(story.ours.pk)


def go_back_to_an_earlier_step_as_of_today(story: Story) -> None:
    """The entry by which the dialogue came to its talk is appended once more, and the dialogue follows it."""
    copy_entry(entry_of(story.ours, 11), n=26, at_us=entry_of(story.ours, 25).at_us + 86_400_000_000)
    hash_anew(story.ours.pk)
    Dialogue.objects.filter(pk=story.ours.pk).update(stage="TALK")


def _sign_for_the_manager(story: Story, entry: LedgerEntry) -> str:
    """The manager's signature under the first revision is put under the third, which only the employee has signed."""
    signature = Signature.objects.get(ledger_entry=entry_of(story.ours, 15))
    latest = Presentation.objects.get(agreement=signature.agreement, revision=3)
    signature.pk, signature.presentation, signature.revision = uuid.uuid4(), latest, 3
    signature.document_sha256, signature.ledger_entry = latest.document_sha256, entry
    signature.save(force_insert=True)
    return str(signature.pk)


def copy_a_signature_to_a_later_revision(story: Story) -> str:
    return _sign_for_the_manager(story, entry_of(story.ours, 22))


def copy_a_signature_and_its_entry_to_a_later_revision(story: Story) -> str:
    entry = copy_entry(entry_of(story.ours, 15), n=26)
    key = _sign_for_the_manager(story, entry)
    LedgerEntry.objects.filter(pk=entry.pk).update(object_id=key)
    hash_anew(story.ours.pk)
    return key


def put_an_old_checkpoint_as_the_newest(story: Story) -> None:
    old = Checkpoint.objects.get(number=1)
    old.pk, old.number = 4, 4
    old.save(force_insert=True)


def put_an_old_checkpoint_in_the_place_of_the_newest(story: Story) -> None:
    """The newest one says what the second said, to the letter."""
    old = Checkpoint.objects.filter(number=2).values().get()
    ChainHead.objects.filter(checkpoint=3).delete()
    Checkpoint.objects.filter(number=3).update(**{name: old[name] for name in old.keys() - {"id", "number"}})


def put_an_older_payload_back(story: Story) -> None:
    newer = entry_of(story.theirs, 19)
    Payload.objects.filter(pk=newer.pk).update(envelope=entry_of(story.theirs, 18).payload.envelope)


def _revisions(story: Story) -> list[Any]:
    return list(AgreementHistory.objects.filter(dialogue_id=story.ours.pk).order_by("history_id"))


def put_an_older_document_into_the_agreement(story: Story) -> None:
    Agreement.objects.filter(dialogue=story.ours).update(document=_revisions(story)[0].document)


def put_an_older_document_into_a_later_revision(story: Story) -> None:
    first, second, _third = _revisions(story)
    AgreementHistory.objects.filter(pk=second.pk).update(document=first.document)


def put_an_older_revision_back_as_the_newest(story: Story) -> None:
    _first, second, third = _revisions(story)
    assert third.revision == 3
    second.pk = None
    second.save(force_insert=True)
    columns = {"document": second.document, "change_note": second.change_note, "revision": second.revision}
    Agreement.objects.filter(dialogue=story.ours).update(**columns)


# ----- clone


def clone_a_chain(story: Story) -> str:
    """Every entry of our dialogue, linked under another id."""
    clone = uuid.uuid4()
    for entry in LedgerEntry.objects.filter(chain=story.ours.pk).order_by("n"):
        copy_entry(entry, chain=clone)
    hash_anew(clone)
    return str(clone)


def _clone_a_dialogue(story: Story) -> str:
    """Our chain under another id, and a dialogue that it belongs to."""
    clone = clone_a_chain(story)
    dialogue = Dialogue.objects.get(pk=story.ours.pk)
    dialogue.pk, dialogue.reference = uuid.UUID(clone), "MUS-2222-2222"
    dialogue.save(force_insert=True)
    return clone


def clone_a_dialogue_and_forge_the_checkpoints(story: Story) -> str:
    clone = _clone_a_dialogue(story)
    forge_checkpoints()
    return clone


def clone_a_dialogue_in_words_sealed_anew_and_forge_the_checkpoints(story: Story) -> str:
    clone = _clone_a_dialogue(story)
    for entry in LedgerEntry.objects.filter(chain=clone):
        seal_anew(entry)
    hash_anew(uuid.UUID(clone))
    forge_checkpoints()
    return clone


def move_a_signature_to_another_dialogue(story: Story) -> str:
    signature = Signature.objects.get(ledger_entry=entry_of(story.theirs, 14))
    ours = Presentation.objects.get(agreement__dialogue=story.ours, revision=3)
    Signature.objects.filter(pk=signature.pk).update(agreement=ours.agreement, presentation=ours, revision=3)
    return str(signature.pk)


def copy_a_signature_to_another_dialogue(story: Story) -> str:
    signature = Signature.objects.get(ledger_entry=entry_of(story.theirs, 14))
    ours = Presentation.objects.get(agreement__dialogue=story.ours, revision=3)
    signature.pk, signature.agreement, signature.presentation = uuid.uuid4(), ours.agreement, ours
    signature.revision, signature.ledger_entry = 3, entry_of(story.ours, 22)
    signature.save(force_insert=True)
    return str(signature.pk)


def _copy_grant(story: Story) -> Grant:
    """The auditor may read theirs, too."""
    grant = Grant.objects.get(dialogue=story.ours)
    grant.pk, grant.dialogue = uuid.uuid4(), story.theirs
    grant.save(force_insert=True)
    return grant


def _copy_approval(story: Story, grant: Grant) -> LedgerEntry:
    return copy_entry(entry_of(story.ours, 25), chain=story.theirs.pk, n=20, object_id=str(grant.pk))


def copy_the_approval_of_a_grant(story: Story) -> str:
    return str(_copy_grant(story).pk)


def copy_the_approval_of_a_grant_and_its_entry(story: Story) -> str:
    grant = _copy_grant(story)
    _copy_approval(story, grant)
    hash_anew(story.theirs.pk)
    checkpoint(days=3)
    return str(grant.pk)


def copy_the_approval_of_a_grant_in_words_sealed_anew(story: Story) -> str:
    grant = _copy_grant(story)
    seal_anew(_copy_approval(story, grant))
    hash_anew(story.theirs.pk)
    checkpoint(days=3)
    return str(grant.pk)
