"""The course of each dialogue."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from mus_workflow.history.chains import Entry, Tally, open_entries
from mus_workflow.models import DialogueForm, Event, Kind, LedgerEntry, Participant, Purpose, Role
from mus_workflow.stages import Stage

from .nodes import Digest, Facts, Group, Many, Node, Rows, coded
from .subject import Subject, title_of

COVERS = {
    "Dialogue": "stage stage_since due_date meeting_at meeting_minutes meeting_place held_at previous created_at",
    "Participant": "user user_key name joined_at left_at",
}
COURSE_EVENTS = (Event.STAGE_CHANGED, Event.MEETING_SET, Event.NOT_HELD_BECAUSE)

Told = dict[uuid.UUID, list[Entry]]


def dialogues(subject: Subject) -> Many:
    """Each dialogue: where it stands, its parties, its steps and times."""
    told = _told(subject)
    forms = defaultdict(list)
    for bound in DialogueForm.objects.filter(dialogue__in=subject.references).select_related("form_version"):
        forms[bound.dialogue_id].append(bound)
    parties = defaultdict(list)
    for party in Participant.objects.filter(dialogue__in=subject.references).order_by("joined_at"):
        parties[party.dialogue_id].append(party)
    found = [
        _dialogue(subject, part, told[part.dialogue_id], forms[part.dialogue_id], parties[part.dialogue_id])
        for part in subject.parts
    ]
    return Many(
        "dialogues",
        _("Your dialogues"),
        found,
        _("Each dialogue you take or took part in, as employee or as manager, the newest first."),
    )


def _dialogue(
    subject: Subject,
    part: Participant,
    told: Sequence[Entry],
    forms: Sequence[DialogueForm],
    parties: Sequence[Participant],
) -> Group:
    if part.role != Role.EMPLOYEE:
        told = [entry for entry in told if entry.row.actor == subject.key]
    own: list[Node] = [_facts(part), _parties(parties), _steps(subject, told), _meetings(subject, told)]
    own.append(_not_held(subject, told))
    if part.role == Role.EMPLOYEE:
        own.append(_forms(forms))
    return Group("dialogue", title_of(part.dialogue), own)


def _facts(part: Participant) -> Facts:
    dialogue = part.dialogue
    facts = [
        ("reference", _("Reference"), dialogue.reference),
        ("kind", _("Kind"), coded(Kind, dialogue.kind)),
        ("role", _("Your part"), coded(Role, part.role)),
        ("joined_at", _("You joined"), part.joined_at),
        ("left_at", _("You left"), part.left_at),
    ]
    # A manager who has left knows no more of it.
    if part.left_at is None or part.role == Role.EMPLOYEE:
        facts += [
            ("unit", _("Unit"), dialogue.unit.name),
            ("language", _("Language"), dialogue.language),
            ("stage", _("Step"), coded(Stage, dialogue.stage)),
            ("stage_since", _("Since"), dialogue.stage_since),
            ("created_at", _("Planned"), dialogue.created_at),
            ("due_date", _("To be held before"), dialogue.due_date),
            ("meeting_at", _("Time of the talk"), dialogue.meeting_at),
            ("meeting_minutes", _("Minutes"), dialogue.meeting_minutes),
            ("meeting_place", _("Place"), dialogue.meeting_place),
            ("held_at", _("Held"), dialogue.held_at),
        ]
    if part.role == Role.EMPLOYEE:
        follows = dialogue.previous.reference if dialogue.previous else None
        facts.append(("follows", _("Follows the dialogue"), follows))
    return Facts("course", _("Where it stands"), facts)


def _parties(parties: Sequence[Participant]) -> Rows:
    columns = [("name", _("Name")), ("role", _("Role")), ("joined_at", _("From")), ("left_at", _("To"))]
    rows = [[one.name, coded(Role, one.role), one.joined_at, one.left_at] for one in parties]
    return Rows("participants", _("Who takes part"), columns, rows)


def _told(subject: Subject) -> Told:
    """What the ledger tells of the course of the person's dialogues."""
    rows = LedgerEntry.objects.filter(chain__in=subject.references, event__in=COURSE_EVENTS).select_related("payload")
    told: Told = defaultdict(list)
    for entry in open_entries(list(rows.order_by("chain", "n")), Tally()):
        if isinstance(entry, Entry):
            told[entry.row.chain].append(entry)
    return told


def _said(entry: Entry) -> dict[str, Any]:
    return entry.value or {}


def _steps(subject: Subject, told: Sequence[Entry]) -> Rows:
    columns = [("at", _("When")), ("from", _("From")), ("to", _("To")), ("by", _("By"))]
    rows = [
        [
            entry.row.at,
            coded(Stage, _said(entry).get("from", "")),
            coded(Stage, _said(entry).get("to", "")),
            subject.who(entry.row.actor, entry.row.event),
        ]
        for entry in told
        if entry.row.event == Event.STAGE_CHANGED
    ]
    return Rows("steps", _("Its steps"), columns, rows)


def _meetings(subject: Subject, told: Sequence[Entry]) -> Rows:
    columns = [
        ("at", _("When")),
        ("meeting_at", _("Time of the talk")),
        ("minutes", _("Minutes")),
        ("place", _("Place")),
        ("by", _("By")),
    ]
    rows = [
        [
            entry.row.at,
            parse_datetime(_said(entry).get("meeting_at", "")),
            _said(entry).get("minutes"),
            _said(entry).get("place"),
            subject.who(entry.row.actor, entry.row.event),
        ]
        for entry in told
        if entry.row.event == Event.MEETING_SET
    ]
    return Rows("meetings_set", _("Times that were set for the talk"), columns, rows)


def _not_held(subject: Subject, told: Sequence[Entry]) -> Rows:
    columns = [("at", _("When")), ("reason", _("Reason")), ("by", _("By"))]
    rows = [
        [entry.row.at, _said(entry).get("reason"), subject.who(entry.row.actor, entry.row.event)]
        for entry in told
        if entry.row.event == Event.NOT_HELD_BECAUSE
    ]
    return Rows("not_held", _("Why it was not held"), columns, rows)


def _forms(forms: Sequence[DialogueForm]) -> Rows:
    columns = [
        ("purpose", _("For")),
        ("title", _("Form")),
        ("number", _("Version")),
        ("digest", _("Check number of the form")),
    ]
    rows = [
        [
            coded(Purpose, one.purpose),
            one.form_version.schema["title"],
            one.form_version.number,
            Digest(one.form_version.digest),
        ]
        for one in forms
    ]
    return Rows("forms", _("Forms"), columns, rows)
