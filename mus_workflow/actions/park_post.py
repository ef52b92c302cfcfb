"""Keep what a person had typed when the session ran out, and give it back."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from mus_workflow.conf import app_settings
from mus_workflow.models import Artefact, DataKey, ParkedPost, open_sealed, user_key


@transaction.atomic
def park_post(*, key: str, path: str, fields: dict[str, list[str]], at: datetime) -> ParkedPost:
    """Keep a form's fields, sealed, for the person with this user key. Older ones that ran out are removed."""
    ParkedPost.objects.filter(expires_at__lte=at).delete()
    return ParkedPost.objects.create(
        user_key=key,
        path=path[:500],
        envelope=_held_key().seal_value(fields),
        expires_at=at + timedelta(minutes=app_settings.PARKED_MINUTES),
    )


@transaction.atomic
def take_parked(*, parked_id: uuid.UUID, by: Any, path: str, at: datetime) -> dict[str, list[str]] | None:
    """Give the fields back to their author, once; None for anybody else, another page, or after the time."""
    mine = ParkedPost.objects.filter(pk=parked_id, user_key=user_key(by), path=path, expires_at__gt=at)
    # The write that locks comes first, so that two windows do not both get the fields.
    if not mine.update(path=path):
        return None
    found = mine.get()
    fields = open_sealed(found.envelope)
    found.delete()
    return fields


def _held_key() -> DataKey:
    """The key of the parked forms, held until the transaction ends: it is destroyed when no form waits under it."""
    while True:
        key = DataKey.objects.obtain(dialogue=None, artefact=Artefact.PARKED, participant=None)
        if DataKey.objects.filter(pk=key.pk, destroyed_at=None).update(destroyed_rule=""):
            return key
