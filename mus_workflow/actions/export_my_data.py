"""Record that a person took out everything about themselves."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from mus_workflow.models import Artefact, DataKey, Event, exports_chain, user_key

from .frame import record_outside


@transaction.atomic
def export_my_data(*, by: Any, at: datetime, sha256: str) -> None:
    """Record it in the person's own chain. ``sha256`` is the hash of the structured part, hex.

    It is their own, so nobody's reading is recorded.
    """
    # The write that locks comes first: nobody else appends to a chain of this kind meanwhile.
    DataKey.objects.filter(dialogue=None, artefact=Artefact.EVENT).update(artefact=F("artefact"))
    record_outside(
        chain=exports_chain(user_key(by)),
        event=Event.EXPORTED,
        obj=by,
        payload={"what": "everything about the person", "sha256": sha256},
        by=by,
        at=at,
    )
