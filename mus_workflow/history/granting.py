"""Grants, against the ledger: none opens more, or longer, or for somebody else, than what a second person approved."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from mus_workflow.evidence import Finding
from mus_workflow.models import Event, Grant, GrantScope

from .chains import Entry
from .drift import microseconds
from .signings import keys_by_id, paired

# What a grant opened before it could be asked for more: its approval names no scope.
WITHOUT_SCOPE = GrantScope.AGREEMENT.value


def check_grants(dialogues: Collection[uuid.UUID], entries: list[Entry]) -> Iterator[Finding]:
    """Grants that say something else than their approval, and ends of grants that were added or taken back."""
    grants = {str(grant.pk): grant for grant in Grant.objects.filter(dialogue__in=dialogues)}
    for entry in entries:
        grant = grants.get(entry.row.object_id)
        if grant is None:
            continue
        if entry.row.event == Event.GRANT_APPROVED and not _is_as_approved(grant, entry):
            yield entry.finding(_("the grant %(key)s opens something else than was approved") % {"key": grant.pk})
        if entry.row.event == Event.GRANT_ENDED and not _is_as_ended(grant, entry):
            yield entry.finding(_("the grant %(key)s was ended otherwise than the ledger says") % {"key": grant.pk})
    ended = Grant.objects.filter(dialogue__in=dialogues, ended_at__isnull=False)
    yield from paired(Event.GRANT_ENDED, keys_by_id(ended, "dialogue"), entries, _("the end of the grant %(key)s"))


def _is_as_approved(grant: Grant, entry: Entry) -> bool:
    row = entry.row
    if grant.approved_at is None or grant.expires_at is None:
        return False
    if (grant.approved_by_key, microseconds(grant.approved_at)) != (row.actor, row.at_us):
        return False
    if grant.auditor_id is not None and str(grant.auditor_id) != grant.auditor_key:
        return False
    if entry.payload is None:
        return True
    said = entry.value
    return (grant.auditor_key, grant.scope, grant.expires_at) == (
        said["auditor"],
        said.get("scope", WITHOUT_SCOPE),
        parse_datetime(said["expires_at"]),
    )


def _is_as_ended(grant: Grant, entry: Entry) -> bool:
    # One whose end was taken back is named by the pairing.
    if grant.ended_at is None:
        return True
    return (grant.ended_by_key, microseconds(grant.ended_at)) == (entry.row.actor, entry.row.at_us)
