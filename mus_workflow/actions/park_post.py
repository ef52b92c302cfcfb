"""Keep what a person had typed when the session ran out, and give it back."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from mus_workflow.conf import app_settings
from mus_workflow.models import Artefact, ParkedPost, open_sealed, seal, user_key


@transaction.atomic
def park_post(*, key: str, path: str, fields: dict[str, list[str]], at: datetime) -> ParkedPost:
    """Keep a form's fields, sealed, for the person with this user key. Older ones that ran out are removed."""
    ParkedPost.objects.filter(expires_at__lte=at).delete()
    return ParkedPost.objects.create(
        user_key=key,
        path=path[:500],
        envelope=seal(fields, dialogue=None, artefact=Artefact.PARKED),
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
