"""Many agreements at once, for lists: written past the actions, with nothing in them but what a list tells."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from mus_workflow.models import (
    Agreement,
    ConceptVersion,
    Dialogue,
    LedgerEntry,
    Meaning,
    Participant,
    Presentation,
    Recall,
    Signature,
    Unit,
)
from mus_workflow.sealing import seal_envelope
from mus_workflow.stages import Stage

STAGES = [Stage.SIGN_OFF, Stage.FOLLOW_UP, Stage.FOLLOW_UP, Stage.CLOSED, Stage.CLOSED, Stage.TALK]
BATCH = 5_000
# An envelope under a key that nobody has: it may be stored, and a list has no need to open it.
SEALED = seal_envelope(b"{}", key=bytes(32), key_id=uuid.UUID(int=0))


def fill_agreements(count: int, *, until: datetime, seed: int = 1) -> None:
    """Make this many agreements over ten years in every unit, each of one to three revisions, signed or not.

    Every twentieth is of the same second as another, so that what orders them must not be their time alone.
    """
    chance = random.Random(seed)  # so that each run makes the same
    numbers = iter(range(count))
    while batch := list(islice(numbers, BATCH)):
        _write(batch, until, chance)


def _write(numbers: list[int], until: datetime, chance: random.Random) -> None:
    units, concept = list(Unit.objects.all()), ConceptVersion.objects.first()
    moments = [until - timedelta(minutes=chance.randrange(5_000_000) // 20 * 20) for _number in numbers]
    dialogues = [
        Dialogue(
            stage=chance.choice(STAGES),
            stage_since=at,
            concept_version=concept,
            unit=chance.choice(units),
            due_date=at.date(),
            meeting_at=at,
            held_at=at,
            created_at=at,
        )
        for at in moments
    ]
    Dialogue.objects.bulk_create(dialogues, batch_size=500)
    participants = [
        Participant(dialogue=one, user_key=str(n), name="Navn", role=role, joined_at=one.created_at)
        for one in dialogues
        for n, role in enumerate(("EMPLOYEE", "MANAGER"))
    ]
    Participant.objects.bulk_create(participants, batch_size=500)
    agreements = [Agreement(dialogue=one, document=SEALED, revision=chance.choice([1, 1, 2, 3])) for one in dialogues]
    Agreement.objects.bulk_create(agreements, batch_size=500)
    Agreement.history.model.objects.bulk_create(_history(agreements), batch_size=500)
    _sign(agreements, participants, chance)


def _history(agreements: list[Agreement]) -> Iterator[Any]:
    for agreement in agreements:
        for revision in range(1, agreement.revision + 1):
            yield Agreement.history.model(
                id=agreement.pk,
                dialogue=agreement.dialogue,
                document=SEALED,
                revision=revision,
                history_date=agreement.dialogue.created_at + timedelta(days=revision - 1),
                history_type="~",
            )


def _sign(agreements: list[Agreement], participants: list[Participant], chance: random.Random) -> None:
    pairs = {agreement: participants[2 * n : 2 * n + 2] for n, agreement in enumerate(agreements)}
    presented = [
        Presentation(
            agreement=agreement,
            revision=revision,
            document_sha256="0" * 64,
            parties=[],
            party_count=2,
            presented_at=agreement.dialogue.created_at,
            presented_by=pairs[agreement][1],
        )
        for agreement in agreements
        for revision in range(1, agreement.revision + 1)
        if chance.random() < 0.95
    ]
    Presentation.objects.bulk_create(presented, batch_size=500)
    recalled = [one for one in presented if chance.random() < 0.05]
    Recall.objects.bulk_create(
        [Recall(presentation=one, recalled_at=one.presented_at, recalled_by=one.presented_by) for one in recalled],
        batch_size=500,
    )
    signing = [(one, party) for one in presented for party in pairs[one.agreement] if chance.random() < 0.9 and one.pk]
    entries = [_entry(one, n) for n, (one, _party) in enumerate(signing, start=1)]
    LedgerEntry.objects.bulk_create(entries, batch_size=500)
    Signature.objects.bulk_create(
        [
            Signature(
                agreement=one.agreement,
                presentation=one,
                revision=one.revision,
                participant=party,
                meaning=Meaning.AGREED if chance.random() < 0.97 else Meaning.DECLINED,
                document_sha256=one.document_sha256,
                auth_method="password",
                signed_at=one.presented_at,
                ledger_entry=entry,
            )
            for (one, party), entry in zip(signing, entries, strict=True)
        ],
        batch_size=500,
    )


def _entry(presentation: Presentation, number: int) -> LedgerEntry:
    return LedgerEntry(
        chain=uuid.uuid4(),
        n=number,
        event="SIGNED",
        object_type="Signature",
        object_id="",
        actor="1",
        at_us=int(presentation.presented_at.timestamp() * 1_000_000),
        commitment=bytes(32),
        previous=bytes(32),
        hash=bytes(32),
    )
