"""What every action on a dialogue begins and ends with."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from mus_workflow.evidence import Header, canonical_bytes
from mus_workflow.models import (
    Artefact,
    DataKey,
    Dialogue,
    DialogueLock,
    Event,
    LedgerEntry,
    Participant,
    user_key,
)
from mus_workflow.models.kept_query import KeptQuery, KeptUpdate, Slot
from mus_workflow.policies.dialogues import participant_of
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage, is_lawful
from mus_workflow.who_acts import who_acts

SYSTEM = "system"


@contextmanager
def locked(dialogue_id: uuid.UUID) -> Iterator[Dialogue]:
    """One transaction on one dialogue; others on the same dialogue wait.

    The first statement is a write, so that SQLite gives the lock before anything is read (PERFORMANCE).
    """
    with transaction.atomic():
        LOCK.run(dialogue=dialogue_id)
        dialogue = DIALOGUE.first(dialogue=dialogue_id)
        if dialogue is None:
            raise Dialogue.DoesNotExist
        yield dialogue


def move(*, dialogue: Dialogue, to: Stage, by: Any, at: datetime) -> None:
    """Move the dialogue to another stage and record it. Raises Refused when the course has no such move."""
    if not is_lawful(dialogue.stage, to):
        raise Refused(_("This step is not possible from where the dialogue stands now."))
    before, dialogue.stage, dialogue.stage_since = dialogue.stage, to, at
    dialogue.save()
    record_event(
        dialogue=dialogue,
        event=Event.STAGE_CHANGED,
        obj=dialogue,
        payload={"from": before, "to": str(to)},
        by=by,
        at=at,
    )


def record_event(
    *,
    dialogue: Dialogue,
    event: Event,
    obj: models.Model,
    payload: dict[str, Any],
    by: Any,
    at: datetime,
    artefact: Artefact = Artefact.EVENT,
    participant: Participant | None = None,
    history_id: int | None = None,
    auth_method: str = "",
) -> LedgerEntry:
    """Append an entry to the dialogue's chain. ``payload`` is sealed under the key of ``artefact`` and ``participant``.

    The caller holds the dialogue's lock. Raises ClockWentBack.
    """
    return _append(
        chain=dialogue.pk,
        key=DataKey.objects.obtain(dialogue=dialogue, artefact=artefact, participant=participant),
        event=event,
        obj=obj,
        payload=payload,
        by=by,
        at=at,
        history_id=history_id,
        auth_method=auth_method,
    )


def record_outside(
    *, chain: uuid.UUID, event: Event, obj: models.Model, payload: dict[str, Any], by: Any, at: datetime
) -> None:
    """Append an entry to a chain that is no dialogue's, such as a person's reporting lines."""
    key = DataKey.objects.obtain(dialogue=None, artefact=Artefact.EVENT, participant=None)
    _append(chain=chain, key=key, event=event, obj=obj, payload=payload, by=by, at=at)


def acting(user: Any, dialogue: Dialogue) -> Participant:
    """The user's part in the dialogue. Raises Refused for anybody else."""
    participant = participant_of(user, dialogue)
    if participant is None:
        raise Refused(_("You do not take part in this dialogue."))
    return participant


def stamp_history(*, obj: Any, by: Any, role: str, at: datetime, reason: str) -> None:
    """Say who makes the revision that the next ``save()`` of a tracked object records."""
    obj._history_user = by
    obj._history_role = role
    obj._history_date = at
    obj._change_reason = reason


def recorded_id(obj: Any) -> int:
    """The id of the history row that the last ``save()`` of a tracked object made."""
    return int(obj.latest_history_id)


def _append(
    *,
    chain: uuid.UUID,
    key: DataKey,
    event: Event,
    obj: models.Model,
    payload: dict[str, Any],
    by: Any,
    at: datetime,
    history_id: int | None = None,
    auth_method: str = "",
) -> LedgerEntry:
    header = Header(
        chain=str(chain),
        n=0,
        event=event.value,
        object_type=obj._meta.object_name or "",
        object_id=str(obj.pk),
        history_id=str(history_id or ""),
        actor=user_key(by) if by else SYSTEM,
        real_actor=who_acts().real,
        auth_method=auth_method,
        at_us=int(at.timestamp() * 1_000_000),
    )
    return LedgerEntry.objects.append(header=header, payload=canonical_bytes(payload), key=key)


def _lock() -> tuple[models.QuerySet[DialogueLock], dict[str, Any]]:
    return DialogueLock.objects.filter(dialogue=Slot("dialogue", models.UUIDField())), {"taken": F("taken") + 1}


LOCK = KeptUpdate(_lock)
DIALOGUE = KeptQuery(lambda: Dialogue.objects.filter(pk=Slot("dialogue", models.UUIDField())))
