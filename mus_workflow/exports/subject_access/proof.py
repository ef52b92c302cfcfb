"""What the evidence holds of the person, who read it, and what was erased."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import groupby

from django.db.models import Q
from django.utils.translation import gettext as _

from mus_workflow.documents.retention import rule_in_words
from mus_workflow.history.opening import open_or_gone
from mus_workflow.models import (
    Artefact,
    DataKey,
    Event,
    Grant,
    GrantScope,
    LedgerEntry,
    LegalHold,
    Reading,
    ReadingPurpose,
    Role,
    exports_chain,
    relations_chain,
)

from .nodes import Coded, Group, Many, Rows, Value, coded
from .subject import Subject, proved_by

COVERS = {
    "LedgerEntry": "actor real_actor auth_method at_us",
    "Reading": "reader reader_key reader_role quarter read_at",
    "Grant": "auditor auditor_key reason requested_at refused_at approved_by_key approved_at expires_at ended_at "
    "ended_by_key",
    "LegalHold": "placed_at placed_by_key lifted_at lifted_by_key reason",
    "DataKey": "participant",
}


def proof(subject: Subject) -> Group:
    """Ledger entries about the person and by them, readings, grants, holds and erasures."""
    return Group(
        "proof",
        _("Who has done what"),
        [
            _readings(subject),
            _own_readings(subject),
            _grants(subject),
            _own_grants(subject),
            _holds(subject),
            _own_holds(subject),
            _erased(subject),
            _ledger(subject),
        ],
        _(
            "Who has read what you wrote, and what is recorded as evidence. The parties of a dialogue are named, and "
            "others told by their duty. The evidence holds no words; the sealed copies beside it are the texts above."
        ),
    )


def _readings(subject: Subject) -> Rows:
    columns = [
        ("dialogue", _("Dialogue")),
        ("read_at", _("When")),
        ("role", _("By whom")),
        ("purpose", _("Why")),
    ]
    rows = Reading.objects.visible_to(subject.user).select_related("dialogue").order_by("-read_at", "pk")
    return Rows("readings", _("Who has read it"), columns, [_reading(subject, one) for one in rows])


def _own_readings(subject: Subject) -> Rows:
    columns = [
        ("dialogue", _("Dialogue")),
        ("read_at", _("When")),
        ("role", _("As")),
        ("purpose", _("Why")),
    ]
    rows = Reading.objects.filter(reader_key=subject.key).select_related("dialogue").order_by("-read_at")
    return Rows(
        "readings_by_you", _("What you have read of others'"), columns, [_reading(subject, one) for one in rows]
    )


def _reading(subject: Subject, one: Reading) -> list[Value]:
    reference = subject.references.get(one.dialogue_id) or one.dialogue.reference
    return [reference, one.read_at, _role(one.reader_role), coded(ReadingPurpose, one.purpose)]


def _role(role: str) -> Coded:
    words = {"AUDITOR": _("Auditor"), **{one.value: str(one.label) for one in Role}}
    return Coded(role, words.get(role.upper(), role))


def _grants(subject: Subject) -> Rows:
    """That an auditor was allowed to read; the auditor's reason is sealed for auditors."""
    columns = [
        ("dialogue", _("Dialogue")),
        ("scope", _("What it opens")),
        ("requested_at", _("Asked for")),
        ("approved_at", _("Approved")),
        ("refused_at", _("Refused")),
        ("expires_at", _("Until")),
        ("ended_at", _("Ended before its time")),
    ]
    mine = [part.dialogue_id for part in subject.parts if part.left_at is None or part.role == Role.EMPLOYEE]
    rows = [
        [
            subject.references[one.dialogue_id],
            coded(GrantScope, one.scope),
            one.requested_at,
            one.approved_at,
            one.refused_at,
            one.expires_at,
            one.ended_at,
        ]
        for one in Grant.objects.filter(dialogue__in=mine, approved_at__isnull=False).order_by("requested_at")
    ]
    return Rows("grants", _("Permissions for auditors to read it"), columns, rows)


def _own_grants(subject: Subject) -> Rows:
    columns = [
        ("dialogue", _("Dialogue")),
        ("what", _("What you did")),
        ("at", _("When")),
        ("reason", _("Your reason")),
    ]
    key = subject.key
    acted = Grant.objects.filter(Q(auditor_key=key) | Q(approved_by_key=key) | Q(ended_by_key=key))
    grants = list(acted.select_related("dialogue").order_by("requested_at"))
    reasons = open_or_gone([one.reason if one.auditor_key == key else None for one in grants])
    rows: list[list[Value]] = []
    for one, reason in zip(grants, reasons, strict=True):
        did: list[tuple[str, Value, Value]] = [
            (_("Asked"), one.requested_at, reason) if one.auditor_key == key else ("", None, None),
            (_("Approved"), one.approved_at, None) if one.approved_by_key == key else ("", None, None),
            (_("Ended before its time"), one.ended_at, None) if one.ended_by_key == key else ("", None, None),
        ]
        rows += [[one.dialogue.reference, what, at, why] for what, at, why in did if what]
    return Rows("grants_by_you", _("Permissions that you asked for, approved or ended"), columns, rows)


def _holds(subject: Subject) -> Rows:
    columns = [("dialogue", _("Dialogue")), ("placed_at", _("Since")), ("lifted_at", _("Until"))]
    mine = [part.dialogue_id for part in subject.as_employee]
    rows = [
        [subject.references[one.dialogue_id], one.placed_at, one.lifted_at]
        for one in LegalHold.objects.filter(dialogue__in=mine).order_by("placed_at")
    ]
    return Rows("legal_holds", _("Kept from being erased, because a case needs it"), columns, rows)


def _own_holds(subject: Subject) -> Rows:
    columns = [
        ("dialogue", _("Dialogue")),
        ("placed_at", _("Since")),
        ("lifted_at", _("Until")),
        ("reason", _("Your reason")),
    ]
    acted = LegalHold.objects.filter(Q(placed_by_key=subject.key) | Q(lifted_by_key=subject.key))
    holds = list(acted.select_related("dialogue").order_by("placed_at"))
    reasons = open_or_gone([one.reason if one.placed_by_key == subject.key else None for one in holds])
    rows = [
        [one.dialogue.reference, one.placed_at, one.lifted_at, reason]
        for one, reason in zip(holds, reasons, strict=True)
    ]
    return Rows("legal_holds_by_you", _("Dialogues that you kept from being erased"), columns, rows)


def _erased(subject: Subject) -> Rows:
    columns = [
        ("dialogue", _("Dialogue")),
        ("what", _("What was erased")),
        ("destroyed_at", _("When")),
        ("rule", _("By which rule")),
    ]
    joint = Q(participant=None, dialogue__in=[part.dialogue_id for part in subject.as_employee])
    gone = DataKey.objects.filter(joint | Q(participant__in=subject.parts), destroyed_at__isnull=False)
    rows = [
        [
            subject.references.get(one.dialogue_id),
            _artefact(one.artefact),
            one.destroyed_at,
            Coded(one.destroyed_rule, rule_in_words(one.destroyed_rule)),
        ]
        for one in gone.order_by("destroyed_at")
    ]
    return Rows("erased", _("What was erased"), columns, rows)


def _artefact(artefact: str) -> Coded:
    words = {
        Artefact.DRAFT: _("Preparation"),
        Artefact.SHARED_PREPARATION: _("What was shared of a preparation"),
        Artefact.AGREEMENT: _("Agreement"),
        Artefact.ITEM: _("Agreed items"),
        Artefact.FOLLOW_UP: _("Follow-ups"),
        Artefact.EVENT: _("What is recorded of events"),
        Artefact.GRANT: _("Reasons of auditors"),
        Artefact.FILE: _("Files"),
    }
    return Coded(artefact, words.get(Artefact(artefact), artefact))


def _ledger(subject: Subject) -> Many:
    """The headers of entries about the person, and of those that tell what the person did; chain by chain."""
    about = [part.dialogue_id for part in subject.as_employee]
    about += [relations_chain(subject.key), exports_chain(subject.key)]
    found = LedgerEntry.objects.filter(Q(chain__in=about) | Q(actor=subject.key) | Q(real_actor=subject.key))
    chains = [
        _chain(subject, chain, list(rows))
        for chain, rows in groupby(found.order_by("chain", "n"), key=lambda row: row.chain)
    ]
    return Many("ledger", _("The evidence"), sorted(chains, key=lambda one: one.title))


def _chain(subject: Subject, chain: uuid.UUID, entries: Sequence[LedgerEntry]) -> Rows:
    columns = [
        ("chain", ""),
        ("n", _("Entry")),
        ("at", _("When")),
        ("event", _("What happened")),
        ("object", ""),
        ("object_id", ""),
        ("by", _("By")),
        ("method", _("Proved by")),
        ("on_behalf", _("By another under this name")),
        ("hash", ""),
    ]
    words = event_words()
    rows = [
        [
            str(one.chain),
            one.n,
            one.at,
            Coded(one.event, words.get(one.event, one.event)),
            one.object_type,
            one.object_id,
            subject.who(one.actor, one.event),
            proved_by(one.auth_method),
            bool(one.real_actor) or None,
            bytes(one.hash).hex(),
        ]
        for one in entries
    ]
    elsewhere = _("Evidence apart from dialogues") if chain not in subject.references else ""
    return Rows("chain", elsewhere or subject.references[chain], columns, rows)


def event_words() -> dict[str, str]:
    """What each kind of entry says happened, in the active language."""
    return {
        Event.CREATED: _("The dialogue was planned"),
        Event.STAGE_CHANGED: _("It came to another step"),
        Event.MEETING_SET: _("A time was set for the talk"),
        Event.NOT_HELD_BECAUSE: _("The reason why it was not held"),
        Event.ROLE_CHANGED: _("The parties changed"),
        Event.FORM_BOUND: _("A form was chosen"),
        Event.FORM_MOVED: _("A form went on in a newer version"),
        Event.PREPARATION_SHARED: _("A preparation was shared"),
        Event.PREPARATION_WITHDRAWN: _("A shared preparation was taken back"),
        Event.REVISION_SAVED: _("A revision was saved"),
        Event.PRESENTED: _("A revision was presented for signing"),
        Event.TAKEN_BACK: _("A presented revision was taken back"),
        Event.AMENDMENT_BEGUN: _("A change of the agreement was begun"),
        Event.AMENDMENT_DROPPED: _("A change of the agreement was dropped"),
        Event.SIGNED: _("A revision was signed"),
        Event.DECLINED: _("Somebody declined to sign"),
        Event.ITEM_SET: _("An agreed item was set"),
        Event.PROGRESS_RECORDED: _("Progress was recorded"),
        Event.OUTCOME_RECORDED: _("An outcome was recorded"),
        Event.FOLLOWED_UP: _("A follow-up was recorded"),
        Event.RELATION_CHANGED: _("A reporting line changed"),
        Event.GRANT_REQUESTED: _("An auditor asked to read it"),
        Event.GRANT_APPROVED: _("An auditor was allowed to read it"),
        Event.GRANT_REFUSED: _("An auditor was not allowed to read it"),
        Event.GRANT_ENDED: _("An auditor may no longer read it"),
        Event.OPENED: _("It was opened by somebody else"),
        Event.EXPORTED: _("It was taken out"),
        Event.ERASED: _("Something was erased"),
        Event.HOLD_PLACED: _("It was kept from being erased"),
        Event.HOLD_LIFTED: _("It is no longer kept from being erased"),
        Event.RULE_CHANGED: _("A rule changed, or who may do what"),
    }
