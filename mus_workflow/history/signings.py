"""Signatures and the other rows that are written once, against the ledger."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Collection, Iterator
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from mus_workflow.evidence import Finding, canonical_bytes
from mus_workflow.models import Dialogue, Event, FollowUp, Grant, Meaning, Presentation, Recall, Signature
from mus_workflow.stages import Stage

from .chains import Entry, translated
from .drift import microseconds
from .opening import Gone, Unreadable, Vault

SIGNING = (Event.SIGNED, Event.DECLINED)


def check_signatures(dialogues: Collection[uuid.UUID], entries: list[Entry]) -> Iterator[Finding]:
    """Signatures that are gone, changed, or under another document than the one they name."""
    theirs = Signature.objects.filter(agreement__dialogue__in=dialogues).select_related("participant", "agreement")
    signatures = list(theirs.defer("agreement__document", "agreement__change_note"))
    vault = Vault(signature.remark for signature in signatures)
    told = [entry for entry in entries if entry.row.event in SIGNING]
    own = {entry.row.object_id: entry for entry in told}
    yield from _told_twice(told, _("signature %(key)s"))
    signed = {str(signature.pk): signature for signature in signatures}
    documents = _documents(entries)
    for key, signature in signed.items():
        entry = own.get(key)
        if entry is None or entry.row.seq != signature.ledger_entry_id:
            problem = _("signature %(key)s is not in the ledger") % {"key": key}
            yield Finding(str(signature.agreement.dialogue_id), None, problem)
            continue
        if not _says_the_same(signature, entry, vault):
            yield entry.finding(_("signature %(key)s says something else than the ledger") % {"key": key})
        recorded = documents.get((str(signature.agreement_id), signature.revision))
        if recorded and recorded.document_sha256 != signature.document_sha256:
            yield entry.finding(_("signature %(key)s is under another document than the one recorded") % {"key": key})
    for key, entry in own.items():
        if key not in signed:
            yield entry.finding(_("signature %(key)s is gone") % {"key": key})


def check_presentations(dialogues: Collection[uuid.UUID], entries: list[Entry]) -> Iterator[Finding]:
    """Presented revisions that are gone, or name another document or other parties than what was recorded."""
    presented = {
        (str(row.agreement_id), row.revision): row
        for row in Presentation.objects.filter(agreement__dialogue__in=dialogues).select_related("agreement")
    }
    yield from _never_presented(presented, entries)
    for entry in entries:
        if entry.row.event != Event.PRESENTED or entry.payload is None:
            continue
        document = entry.value["document"]
        row = presented.get((entry.row.object_id, document["revision"]))
        if row is None:
            yield entry.finding(_("the presentation of revision %(number)s is gone") % {"number": document["revision"]})
            continue
        parties = [party["id"] for party in document["parties"]]
        if (row.document_sha256, row.parties, row.party_count, microseconds(row.presented_at)) != (
            entry.document_sha256,
            parties,
            len(parties),
            entry.row.at_us,
        ):
            yield entry.finding(
                _("the presentation of revision %(number)s says something else") % {"number": row.revision}
            )


def check_once_written(dialogues: Collection[uuid.UUID], entries: list[Entry]) -> Iterator[Finding]:
    """Recalls and follow-ups that are gone, added or changed, and answers to requests for grants that nobody gave."""
    recalls = Recall.objects.filter(presentation__agreement__dialogue__in=dialogues)
    chains = keys_by_id(recalls, "presentation__agreement__dialogue")
    yield from paired(Event.TAKEN_BACK, chains, entries, _("the recall %(key)s"))
    follow_ups = list(FollowUp.objects.filter(dialogue__in=dialogues))
    chains = {str(row.pk): str(row.dialogue_id) for row in follow_ups}
    yield from paired(Event.FOLLOWED_UP, chains, entries, _("the follow-up %(key)s"))
    yield from _changed_follow_ups(follow_ups, entries)
    grants = Grant.objects.filter(dialogue__in=dialogues)
    for event, rows, name in (
        (Event.GRANT_REQUESTED, grants, _("the request of the grant %(key)s")),
        (Event.GRANT_APPROVED, grants.filter(approved_at__isnull=False), _("the approval of the grant %(key)s")),
        (Event.GRANT_REFUSED, grants.filter(refused_at__isnull=False), _("the refusal of the grant %(key)s")),
    ):
        yield from paired(event, keys_by_id(rows, "dialogue"), entries, name)


def _never_presented(presented: dict[tuple[str, int], Presentation], entries: list[Entry]) -> Iterator[Finding]:
    told = [entry for entry in entries if entry.row.event == Event.PRESENTED]
    named = {(entry.row.object_id, entry.value["document"]["revision"]) for entry in told if entry.payload is not None}
    # Of those whose text is erased only how many they were is known.
    unnamed = Counter(entry.row.object_id for entry in told if entry.payload is None)
    for key, row in presented.items():
        if key in named:
            continue
        unnamed[key[0]] -= 1
        if unnamed[key[0]] < 0:
            problem = _("the presentation of revision %(number)s is not in the ledger") % {"number": row.revision}
            yield Finding(str(row.agreement.dialogue_id), None, problem)


def check_stages(dialogues: Collection[uuid.UUID], entries: list[Entry]) -> Iterator[Finding]:
    """Dialogues that were never created by the ledger, or stand elsewhere than it says."""
    begun = {entry.row.chain for entry in entries if entry.row.n == 1 and entry.row.event == Event.CREATED}
    last: dict[Any, Entry] = {entry.row.chain: entry for entry in entries if entry.row.event == Event.STAGE_CHANGED}
    for key, stage in Dialogue.objects.filter(pk__in=dialogues).values_list("pk", "stage"):
        if key not in begun:
            yield Finding(str(key), None, _("the ledger does not tell of its beginning"))
        entry = last.get(key)
        if entry is None and stage != Stage.PLANNED:
            yield Finding(str(key), None, _("the ledger does not tell how it came to the step it stands at"))
        if entry and entry.payload is not None and entry.value["to"] != stage:
            yield entry.finding(_("the dialogue stands at another step than the ledger says"))


def _documents(entries: list[Entry]) -> dict[tuple[str, int], Entry]:
    return {
        (entry.row.object_id, entry.value["document"]["revision"]): entry
        for entry in entries
        if entry.row.object_type == "Agreement" and entry.row.history_id and entry.payload is not None
    }


def _says_the_same(signature: Signature, entry: Entry, vault: Vault) -> bool:
    row = entry.row
    event = Event.DECLINED if signature.meaning == Meaning.DECLINED else Event.SIGNED
    header = (signature.participant.user_key, signature.auth_method, microseconds(signature.signed_at), event)
    if header != (row.actor, row.auth_method, row.at_us, row.event) or signature.agreement.dialogue_id != row.chain:
        return False
    try:
        remark = vault.value_in(signature.remark)
    except Unreadable:
        return False
    if entry.payload is None or isinstance(remark, Gone):
        return True
    said = {
        "revision": signature.revision,
        "document_sha256": signature.document_sha256,
        "participant": str(signature.participant_id),
        "meaning": str(Meaning(signature.meaning)),
        "remark": remark or "",
    }
    # What was typed to sign stands in the ledger alone; the first signatures were given without.
    typed = {name: entry.value[name] for name in ("acknowledgement",) if name in entry.value}
    return entry.payload == canonical_bytes({**said, **typed})


def paired(event: Event, chains: dict[str, str], entries: list[Entry], name: str) -> Iterator[Finding]:
    """Rows that no entry of this event tells of, and entries whose row is gone. ``chains``: {row id: dialogue id}."""
    of_event = [entry for entry in entries if entry.row.event == event]
    told = {entry.row.object_id: entry for entry in of_event}
    yield from _told_twice(of_event, name)
    for key in chains.keys() - told.keys():
        yield Finding(chains[key], None, _("%(name)s is not in the ledger") % {"name": name % {"key": key}})
    for key in told.keys() - chains.keys():
        yield told[key].finding(_("%(name)s is gone") % {"name": name % {"key": key}})


def _told_twice(entries: list[Entry], name: str) -> Iterator[Finding]:
    """Entries of what can happen once only, of which another entry tells too."""
    times = Counter(entry.row.object_id for entry in entries)
    for entry in entries:
        key = entry.row.object_id
        if times[key] > 1:
            yield entry.finding(_("another entry tells of %(name)s, too") % {"name": name % {"key": key}})


def keys_by_id(rows: QuerySet, dialogue: str) -> dict[str, str]:
    """The ids of the rows, each with its dialogue's."""
    return {str(key): str(of) for key, of in rows.values_list("pk", dialogue)}


def _changed_follow_ups(follow_ups: list[FollowUp], entries: list[Entry]) -> Iterator[Finding]:
    rows = {str(row.pk): row for row in follow_ups}
    vault = Vault(row.document for row in follow_ups)
    for entry in entries:
        row = rows.get(entry.row.object_id)
        if entry.row.event != Event.FOLLOWED_UP or row is None or entry.payload is None:
            continue
        try:
            opened = vault.value_in(row.document)
        except Unreadable as problem:
            yield entry.finding(_("the follow-up cannot be read: %(problem)s") % {"problem": translated(str(problem))})
            continue
        if not isinstance(opened, Gone) and canonical_bytes(opened) != entry.payload:
            yield entry.finding(_("the follow-up says something else than the ledger"))
