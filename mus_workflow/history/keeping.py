"""Destroyed keys and holds, against the ledger: nothing is erased, or kept, that it does not tell of."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _

from mus_workflow.evidence import Finding
from mus_workflow.models import DataKey, Event, LegalHold

from .chains import Entry
from .signings import keys_by_id, paired


def check_keeping(dialogues: Collection[uuid.UUID], entries: list[Entry]) -> Iterator[Finding]:
    """Keys that were destroyed behind the ledger's back or brought back, and holds added, lifted or removed so."""
    destroyed = DataKey.objects.filter(dialogue__in=dialogues, destroyed_at__isnull=False)
    chains = keys_by_id(destroyed, "dialogue")
    yield from paired(Event.ERASED, chains, entries, _("the erasure of the key %(key)s"))
    holds = LegalHold.objects.filter(dialogue__in=dialogues)
    chains = keys_by_id(holds, "dialogue")
    yield from paired(Event.HOLD_PLACED, chains, entries, _("the hold %(key)s"))
    chains = keys_by_id(holds.filter(lifted_at__isnull=False), "dialogue")
    yield from paired(Event.HOLD_LIFTED, chains, entries, _("the lifting of the hold %(key)s"))
