"""Keep a dialogue from being erased while a case needs it, and let go of it again."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from mus_workflow.models import Artefact, Event, LegalHold, person_name, seal, user_key
from mus_workflow.policies.holds import can_lift_hold, can_place_hold
from mus_workflow.policies.verdict import Refused

from .frame import locked, record_event


def place_hold(*, dialogue_id: uuid.UUID, reason: str, by: Any, at: datetime) -> LegalHold:
    """Keep what is not erased of the dialogue, until the hold is lifted. Raises Refused without a reason.

    Those who take part see that there is a hold. The reason is sealed, for those who decide on holds.
    """
    with locked(dialogue_id) as dialogue:
        can_place_hold(user=by, dialogue=dialogue).or_refuse()
        if not reason.strip():
            raise Refused(_("Say why the dialogue must be kept."))
        hold = LegalHold.objects.create(
            dialogue=dialogue,
            reason=seal(reason.strip(), dialogue=dialogue, artefact=Artefact.GRANT),
            placed_at=at,
            placed_by_key=user_key(by),
        )
        record_event(
            dialogue=dialogue,
            event=Event.HOLD_PLACED,
            obj=hold,
            payload={"reason": reason.strip(), "by_name": person_name(by)},
            by=by,
            at=at,
            artefact=Artefact.GRANT,
        )
    return hold


def lift_hold(*, hold_id: uuid.UUID, by: Any, at: datetime) -> LegalHold:
    """Let the rules go on. What they say is due by then is erased by the next run."""
    found = LegalHold.objects.get(pk=hold_id)
    with locked(found.dialogue_id) as dialogue:
        hold = LegalHold.objects.select_related("dialogue").get(pk=hold_id)
        can_lift_hold(user=by, hold=hold).or_refuse()
        hold.lifted_at, hold.lifted_by_key = at, user_key(by)
        hold.save()
        record_event(
            dialogue=dialogue,
            event=Event.HOLD_LIFTED,
            obj=hold,
            payload={"lifted_by": user_key(by), "by_name": person_name(by)},
            by=by,
            at=at,
        )
    return hold
