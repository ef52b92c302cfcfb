"""Destroy data keys: what every erasure comes down to. Part of an action; the caller holds the dialogue's lock."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F

from mus_workflow.documents.retention import Rule
from mus_workflow.models import Artefact, DataKey, Dialogue, Draft, Event, ParkedPost, SealedFile
from mus_workflow.sealing import key_id_of
from mus_workflow.stages import ENDED

from .erasure_journal import Line, Noting
from .frame import record_outside

# By these rules a draft goes because it is finished. One that is being written again, or still, is kept.
OF_FINISHED_DRAFTS = (Rule.DRAFT_AFTER_SIGNING, Rule.DRAFT_AFTER_CLOSING)

Doomed = Sequence[tuple[DataKey, str]]


@dataclass(frozen=True)
class Kept:
    """A row whose text outlives its key: the class of the key that seals it from now on, and its bytes."""

    row: Draft | SealedFile
    under: Artefact
    plain: bytes


def hold_drafts(dialogue: Dialogue) -> None:
    """Let nobody save in the dialogue's drafts until the transaction ends: an autosave takes no other lock."""
    Draft.objects.filter(dialogue=dialogue).update(version=F("version"))


def destroy_keys(*, dialogue: Dialogue, doomed: Doomed, noting: Noting, at: datetime) -> None:
    """Destroy each key by its rule: told in the ledger, noted in the journal, and gone.

    Raises ClockWentBack, or JournalError, before any key is touched.
    """
    for key, rule in doomed:
        _record(dialogue, key, rule, at=at)
    kept = [one for key, rule in doomed for one in _kept(dialogue, key, rule, doomed)]
    noting.write(Line(key.pk, dialogue.pk, key.artefact, rule, at) for key, rule in doomed)
    for key, rule in doomed:
        destroy(key, rule, at=at)
    for one in kept:
        key = DataKey.objects.obtain(dialogue=dialogue, artefact=one.under, participant=one.row.participant)
        one.row.envelope = key.seal(one.plain)
        one.row.save()
    if any(key.artefact == Artefact.EVENT for key, _rule in doomed) and dialogue.meeting_place:
        # The steps of the dialogue said where the talk was; so does this column.
        dialogue.meeting_place = ""
        dialogue.save()


def destroy(key: DataKey, rule: str, *, at: datetime) -> None:
    """Make everything that was sealed under the key unreadable for ever."""
    key.wrapped, key.destroyed_at, key.destroyed_rule = None, at, rule
    key.save()


def destroy_parked(*, key: DataKey, noting: Noting, at: datetime) -> None:
    """Destroy a key of the parked forms, and delete the forms under it."""
    for post in ParkedPost.objects.all():
        if key_id_of(bytes(post.envelope)) == key.pk:
            post.delete()
    noting.write([Line(key.pk, None, key.artefact, Rule.PARKED, at)])
    destroy(key, Rule.PARKED, at=at)


def _record(dialogue: Dialogue, key: DataKey, rule: str, *, at: datetime) -> None:
    """Tell it in the dialogue's chain. Under a key that no rule destroys: the receipt outlives what it is for."""
    participant = str(key.participant_id) if key.participant_id else ""
    record_outside(
        chain=dialogue.pk,
        event=Event.ERASED,
        obj=key,
        payload={"key": str(key.pk), "artefact": key.artefact, "participant": participant, "rule": rule},
        by=None,
        at=at,
    )


def _kept(dialogue: Dialogue, key: DataKey, rule: str, doomed: Doomed) -> list[Kept]:
    """What lies under the key and is kept."""
    is_over = dialogue.stage in ENDED or any(other == Rule.AGREEMENT_AFTER_LEAVING for _key, other in doomed)
    if key.artefact == Artefact.DRAFT and rule in OF_FINISHED_DRAFTS and not is_over:
        drafts = Draft.objects.filter(dialogue=dialogue, participant=None, envelope__isnull=False)
        return [Kept(draft, Artefact.DRAFT, key.open(draft.envelope or b"")) for draft in _under(key, drafts)]
    if key.artefact == Artefact.FILE and key.participant_id is not None:
        return _kept_files(dialogue, key, doomed)
    return []


def _kept_files(dialogue: Dialogue, key: DataKey, doomed: Doomed) -> list[Kept]:
    """The owner's files: a shared one is kept as long as the shared copy that names it, any other is deleted."""
    files = _under(key, SealedFile.objects.filter(dialogue=dialogue, participant=key.participant_id))
    for file in files:
        if not file.is_recorded:
            file.delete()
    copies = DataKey.objects.filter(
        dialogue=dialogue, participant=key.participant_id, artefact=Artefact.SHARED_PREPARATION, destroyed_at=None
    )
    if not copies.exclude(pk__in=[other.pk for other, _rule in doomed]).exists():
        return []
    return [Kept(file, Artefact.SHARED_PREPARATION, key.open(file.envelope)) for file in files if file.is_recorded]


def _under(key: DataKey, rows: Any) -> list[Any]:
    return [row for row in rows if key_id_of(bytes(row.envelope)) == key.pk]
