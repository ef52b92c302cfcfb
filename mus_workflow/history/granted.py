"""Grants against the ledger: nobody has leave to read that two people did not give, as they gave it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from mus_workflow.evidence import Finding
from mus_workflow.models import Event, Grant

from .chains import Entry

Paired = Callable[[Event, dict[str, str], list[Entry], str], Iterator[Finding]]


def check_grants(dialogues: Collection[uuid.UUID], entries: list[Entry], paired: Paired) -> Iterator[Finding]:
    """Approvals, refusals and ends that nobody recorded or that are gone, and grants of more than was approved."""
    grants = Grant.objects.filter(dialogue__in=dialogues)
    for event, rows, name in (
        (Event.GRANT_APPROVED, grants.filter(approved_at__isnull=False), _("the approval of the grant %(key)s")),
        (Event.GRANT_REFUSED, grants.filter(refused_at__isnull=False), _("the refusal of the grant %(key)s")),
        (Event.GRANT_ENDED, grants.filter(ended_at__isnull=False), _("the end of the grant %(key)s")),
    ):
        yield from paired(event, _chains(rows), entries, name)
    known = {str(grant.pk): grant for grant in grants}
    for entry in entries:
        grant = known.get(entry.row.object_id)
        if entry.row.event == Event.GRANT_APPROVED and grant and entry.payload and _is_other(grant, entry):
            yield entry.finding(_("the grant %(key)s opens something else than was approved") % {"key": grant.pk})


def _is_other(grant: Grant, entry: Entry) -> bool:
    said: Any = entry.value
    account = grant.auditor_key if grant.auditor_id is None else str(grant.auditor_id)
    by = (account, grant.auditor_key, grant.approved_by_key)
    # A grant from before there was a scope says none.
    opens = (grant.scope, grant.expires_at)
    return by != (said["auditor"], said["auditor"], entry.row.actor) or opens != (
        said.get("scope", grant.scope),
        parse_datetime(said["expires_at"]),
    )


def _chains(grants: QuerySet[Grant]) -> dict[str, str]:
    return {str(key): str(dialogue) for key, dialogue in grants.values_list("pk", "dialogue")}
