"""Destroyed keys and holds, against the ledger: nothing is erased, or kept, that it does not tell of."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator

from django.utils.translation import gettext as _

from mus_workflow.evidence import Finding
from mus_workflow.models import Artefact, DataKey, Event, LegalHold

from .chains import DATABASE, Entry
from .drift import microseconds
from .signings import keys_by_id, paired


def check_keeping(dialogues: Collection[uuid.UUID], entries: list[Entry]) -> Iterator[Finding]:
    """Keys that were destroyed behind the ledger's back or brought back, and holds added, lifted or removed so."""
    destroyed = DataKey.objects.filter(dialogue__in=dialogues, destroyed_at__isnull=False)
    chains = keys_by_id(destroyed, "dialogue")
    yield from paired(Event.ERASED, chains, entries, _("the erasure of the key %(key)s"))
    yield from _other_receipts({str(key.pk): key for key in destroyed}, entries)
    holds = LegalHold.objects.filter(dialogue__in=dialogues)
    chains = keys_by_id(holds, "dialogue")
    yield from paired(Event.HOLD_PLACED, chains, entries, _("the hold %(key)s"))
    chains = keys_by_id(holds.filter(lifted_at__isnull=False), "dialogue")
    yield from paired(Event.HOLD_LIFTED, chains, entries, _("the lifting of the hold %(key)s"))


def check_shared_keys() -> Iterator[Finding]:
    """Keys of no dialogue that are destroyed: of those, a rule destroys the ones of interrupted forms only."""
    destroyed = DataKey.objects.filter(dialogue=None, destroyed_at__isnull=False).exclude(artefact=Artefact.PARKED)
    for key in destroyed.order_by("pk"):
        names = {"key": key.pk, "rule": key.destroyed_rule}
        yield Finding(DATABASE, None, _("the key %(key)s was destroyed by “%(rule)s”, which no rule does") % names)


def _other_receipts(destroyed: dict[str, DataKey], entries: list[Entry]) -> Iterator[Finding]:
    """Keys that say they were destroyed by another rule or at another time than the ledger."""
    for entry in entries:
        key = destroyed.get(entry.row.object_id)
        if entry.row.event != Event.ERASED or key is None or entry.payload is None:
            continue
        if (key.destroyed_rule, microseconds(key.destroyed_at)) != (entry.value["rule"], entry.row.at_us):
            yield entry.finding(_("the key %(key)s tells of another rule or time") % {"key": key.pk})
