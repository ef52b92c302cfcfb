"""Ask for, give, refuse and end an auditor's permission to read the words of an agreement."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from mus_workflow.conf import app_settings
from mus_workflow.models import Artefact, Dialogue, Event, Grant, GrantScope, person_name, seal, user_key
from mus_workflow.notifications import after_commit, send_grant_notice
from mus_workflow.policies.overview import can_answer_grant, can_end_grant, can_request_grant
from mus_workflow.policies.verdict import Refused

from .frame import locked, record_event


def request_grant(
    *,
    dialogue_id: uuid.UUID,
    reason: str,
    by: Any,
    at: datetime,
    scope: str = GrantScope.AGREEMENT,
    days: int | None = None,
) -> Grant:
    """Ask to read the words of one agreement, for some days from the approval; None: as many as the settings allow.

    Raises Refused without a reason, and for a scope or days that cannot be given.
    """
    with locked(dialogue_id) as dialogue:
        can_request_grant(user=by, dialogue=dialogue, at=at, scope=scope).or_refuse()
        if not reason.strip():
            raise Refused(_("Say why you need to read the agreement."))
        days = app_settings.GRANT_DAYS if days is None else days
        if scope not in GrantScope.values or not 1 <= days <= app_settings.GRANT_DAYS:
            raise Refused(_("A grant lasts from 1 to %(most)s days.") % {"most": app_settings.GRANT_DAYS})
        grant = Grant.objects.create(
            dialogue=dialogue,
            auditor=by,
            auditor_key=user_key(by),
            scope=scope,
            days=days,
            reason=seal(reason.strip(), dialogue=dialogue, artefact=Artefact.GRANT),
            requested_at=at,
        )
        record_event(
            dialogue=dialogue,
            event=Event.GRANT_REQUESTED,
            obj=grant,
            payload={"reason": reason.strip(), "scope": str(scope), "days": days, "by_name": person_name(by)},
            by=by,
            at=at,
            artefact=Artefact.GRANT,
        )
    return grant


def approve_grant(*, grant_id: uuid.UUID, by: Any, at: datetime) -> Grant:
    """Give the permission as it was asked for, as the second person. The employee is told."""
    with _held(grant_id) as (dialogue, grant):
        can_answer_grant(user=by, grant=grant).or_refuse()
        grant.approved_at, grant.approved_by_key = at, user_key(by)
        # The longest time may have become shorter since the request.
        grant.expires_at = at + timedelta(days=min(grant.days, app_settings.GRANT_DAYS))
        grant.save()
        told = {"auditor": grant.auditor_key, "scope": grant.scope, "expires_at": grant.expires_at.isoformat()}
        _record(dialogue, grant, Event.GRANT_APPROVED, told, by=by, at=at)
        after_commit(send_grant_notice, str(grant.pk))
    return grant


def refuse_grant(*, grant_id: uuid.UUID, by: Any, at: datetime) -> Grant:
    """Refuse the permission, as the second person."""
    with _held(grant_id) as (dialogue, grant):
        can_answer_grant(user=by, grant=grant).or_refuse()
        grant.refused_at = at
        grant.save()
        _record(dialogue, grant, Event.GRANT_REFUSED, {"refused_by": user_key(by)}, by=by, at=at)
    return grant


def end_grant(*, grant_id: uuid.UUID, by: Any, at: datetime) -> Grant:
    """End a permission before its time, as the auditor who has it or as a second person. It opens nothing any more."""
    with _held(grant_id) as (dialogue, grant):
        can_end_grant(user=by, grant=grant, at=at).or_refuse()
        grant.ended_at, grant.ended_by_key = at, user_key(by)
        grant.save()
        _record(dialogue, grant, Event.GRANT_ENDED, {"auditor": grant.auditor_key}, by=by, at=at)
    return grant


@contextmanager
def _held(grant_id: uuid.UUID) -> Iterator[tuple[Dialogue, Grant]]:
    found = Grant.objects.get(pk=grant_id)
    with locked(found.dialogue_id) as dialogue:
        yield dialogue, Grant.objects.get(pk=grant_id)


def _record(dialogue: Dialogue, grant: Grant, event: Event, payload: dict[str, Any], *, by: Any, at: datetime) -> None:
    payload = {**payload, "by_name": person_name(by)}
    record_event(dialogue=dialogue, event=event, obj=grant, payload=payload, by=by, at=at)
