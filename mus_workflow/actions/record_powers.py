"""Record who was given, or has lost, a power over others' dialogues: to audit, to answer, to keep, to count."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import Permission
from django.db import models, transaction
from django.db.models import F

from mus_workflow.models import POWERS, Event, person_name, user_key

from .frame import record_outside

FOLLOW_UNITS = "follow_units"


@transaction.atomic
def record_powers(
    *,
    given: bool,
    powers: Iterable[str],
    people: Iterable[Any],
    through: models.Model,
    where: str,
    by: Any,
    at: datetime,
) -> None:
    """Tell the ledger that these people were given these powers, or have lost them.

    ``powers`` are names of permissions without the app, or FOLLOW_UNITS; ``through`` is the row that gives them, such
    as a group, and ``where`` its name; ``by`` is None where nobody is logged in. Nothing is written where nobody is
    concerned.
    """
    people = sorted(people, key=user_key)
    if not people:
        return
    # The write that locks comes first: one writer at a time in this chain.
    Permission.objects.filter(content_type__app_label="mus_workflow").update(codename=F("codename"))
    record_outside(
        chain=POWERS,
        event=Event.RULE_CHANGED,
        obj=through,
        payload={
            "given": given,
            "powers": sorted(powers),
            "where": where,
            "people": [{"key": user_key(person), "name": person_name(person)} for person in people],
            "by_name": person_name(by) if by else "",
        },
        by=by,
        at=at,
    )
