"""Who takes part, against the ledger: nobody else stands in a person's place, and nobody goes by another's name."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from typing import Any

from django.utils.translation import gettext as _

from mus_workflow.evidence import Finding
from mus_workflow.models import Event, Participant

from .chains import Entry


def check_participants(dialogues: Collection[uuid.UUID], entries: list[Entry]) -> Iterator[Finding]:
    """Participants with another account, role or name than was recorded, and those that nobody recorded.

    Entries from before this was told in them say nothing of it; those whose text is erased cannot.
    """
    told, silent = _told(entries)
    for part in Participant.objects.filter(dialogue__in=dialogues):
        names = {"key": part.pk}
        if part.user_id is not None and str(part.user_id) != part.user_key:
            problem = _("the participant %(key)s is another account than the one that took part")
            yield Finding(str(part.dialogue_id), None, problem % names)
        if str(part.pk) in told:
            entry, said = told[str(part.pk)]
            if (part.user_key, part.role, part.name) != (said["account"], said["role"], said["name"]):
                yield entry.finding(_("the participant %(key)s is somebody else than the ledger says") % names)
        elif part.dialogue_id not in silent:
            yield Finding(str(part.dialogue_id), None, _("the participant %(key)s is not in the ledger") % names)


def _told(entries: list[Entry]) -> tuple[dict[str, tuple[Entry, Any]], set[uuid.UUID]]:
    """{participant id: (entry, what it says)}, and the chains of which some entry does not say who takes part."""
    told: dict[str, tuple[Entry, Any]] = {}
    silent: set[uuid.UUID] = set()
    for entry in entries:
        if entry.row.event not in (Event.CREATED, Event.ROLE_CHANGED):
            continue
        value = entry.value or {}
        parts = value.get("participants", [value]) if "account" in value or "participants" in value else []
        if not parts:
            silent.add(entry.row.chain)
        told |= {said["participant"]: (entry, said) for said in parts}
    return told, silent
