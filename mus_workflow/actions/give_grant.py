"""Ask for, give and refuse an auditor's permission to read the words of an agreement."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from mus_workflow.conf import app_settings
from mus_workflow.models import Artefact, Event, Grant, seal, user_key
from mus_workflow.notifications import after_commit, send_grant_notice
from mus_workflow.policies.overview import can_answer_grant, can_request_grant
from mus_workflow.policies.verdict import Refused

from .frame import locked, record_event


def request_grant(*, dialogue_id: uuid.UUID, reason: str, by: Any, at: datetime) -> Grant:
    """Ask to read the words of one agreement. Raises Refused without a reason."""
    with locked(dialogue_id) as dialogue:
        can_request_grant(user=by, dialogue=dialogue, at=at).or_refuse()
        if not reason.strip():
            raise Refused(_("Say why you need to read the agreement."))
        grant = Grant.objects.create(
            dialogue=dialogue,
            auditor=by,
            auditor_key=user_key(by),
            reason=seal(reason.strip(), dialogue=dialogue, artefact=Artefact.GRANT),
            requested_at=at,
        )
        record_event(
            dialogue=dialogue,
            event=Event.GRANT_REQUESTED,
            obj=grant,
            payload={"reason": reason.strip()},
            by=by,
            at=at,
            artefact=Artefact.GRANT,
        )
    return grant


def approve_grant(*, grant_id: uuid.UUID, by: Any, at: datetime) -> Grant:
    """Give the permission, as the second person, for the days that the settings say. The employee is told."""
    found = Grant.objects.get(pk=grant_id)
    with locked(found.dialogue_id) as dialogue:
        grant = Grant.objects.get(pk=grant_id)
        can_answer_grant(user=by, grant=grant).or_refuse()
        grant.approved_at, grant.approved_by_key = at, user_key(by)
        grant.expires_at = at + timedelta(days=app_settings.GRANT_DAYS)
        grant.save()
        record_event(
            dialogue=dialogue,
            event=Event.GRANT_APPROVED,
            obj=grant,
            payload={"auditor": grant.auditor_key, "expires_at": grant.expires_at.isoformat()},
            by=by,
            at=at,
        )
        after_commit(send_grant_notice, str(grant.pk))
    return grant


def refuse_grant(*, grant_id: uuid.UUID, by: Any, at: datetime) -> Grant:
    """Refuse the permission, as the second person."""
    found = Grant.objects.get(pk=grant_id)
    with locked(found.dialogue_id) as dialogue:
        grant = Grant.objects.get(pk=grant_id)
        can_answer_grant(user=by, grant=grant).or_refuse()
        grant.refused_at = at
        grant.save()
        record_event(
            dialogue=dialogue,
            event=Event.GRANT_REFUSED,
            obj=grant,
            payload={"refused_by": user_key(by)},
            by=by,
            at=at,
        )
    return grant
