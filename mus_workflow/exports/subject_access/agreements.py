"""What was agreed and signed. The employee gets all of it; a manager, what they wrote and signed in it themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from mus_workflow.documents.agreement import ITEM_TEXTS, agreement_document
from mus_workflow.documents.answers import writers_of
from mus_workflow.documents.moves import unconditional
from mus_workflow.history.chains import Entry, Tally, open_entries
from mus_workflow.history.opening import Gone, open_or_gone
from mus_workflow.history.revisions import EVENTS
from mus_workflow.models import (
    Agreement,
    Draft,
    DraftKind,
    Meaning,
    Participant,
    Presentation,
    Recall,
    Role,
    Signature,
    schema_of,
)

from .nodes import Coded, Digest, Facts, Group, Many, Node, Rows, Stored, Words, coded
from .preparations import written
from .subject import Subject, proved_by, title_of

COVERS = {
    "Agreement": "document change_note",
    "HistoricalAgreement": "document change_note actor_label actor_role history_user_id",
    "Presentation": "parties presented_at presented_by",
    "Recall": "recalled_at recalled_by",
    "Signature": "participant meaning auth_method signed_at remark",
}
Revisions = Agreement.history.model
Own = dict[Any, list[Any]]


def agreements(subject: Subject) -> Many:
    """Each agreement with all its revisions, presentations and signatures, and what is being written now."""
    revisions, drafts = _revisions(subject), _drafts(subject)
    signatures = _by_dialogue(_signatures(subject))
    presented = _by_dialogue(_presented(subject))
    found = []
    for part in subject.parts:
        key = part.dialogue_id
        nodes = _whole if part.role == Role.EMPLOYEE else _own
        found.append(
            Group(
                "agreement",
                title_of(part.dialogue),
                [
                    *nodes(subject, part, revisions[key], drafts[key]),
                    _presented_rows(part, presented[key]),
                    _signature_rows(part, signatures[key]),
                ],
            )
        )
    return Many(
        "agreements",
        _("Your agreements"),
        found,
        _("What you agreed, in every revision. Of agreements with your employees: what you wrote and signed yourself."),
    )


def _whole(subject: Subject, part: Participant, rows: Sequence[Any], drafts: Sequence[Any]) -> list[Node]:
    return [
        Many("revisions", _("Revisions"), [_revision(row, document, note) for row, document, note in rows]),
        Many("being_written", _("What is being written"), [_joint(part, draft, body) for draft, body in drafts]),
    ]


def _revision(row: Any, document: Any, note: Any) -> Group:
    title = _("Revision %(number)s") % {"number": row.revision}
    event = row.history_change_reason or ""
    facts = [
        ("number", _("No."), row.revision),
        ("at", _("Recorded"), row.history_date),
        ("by", _("By"), row.actor_label or _("The system")),
        ("event", _("What happened"), Coded(event, str(EVENTS.get(event, event)))),
        ("change_note", _("Reason for the change"), note),
    ]
    return Group("revision", title, [Facts("about", "", facts), Words("document", title, document)])


def _joint(part: Participant, draft: Draft, body: Any) -> Group:
    title = _("Follow-up") if draft.kind == DraftKind.FOLLOW_UP else _("Agreement")
    facts: list[Node] = [Facts("about", "", [("saved_at", _("Last saved"), draft.saved_at)])]
    if isinstance(body, Gone):
        return Group("draft", title, [*facts, Words("document", title, body)])
    draft.form_version.schema = unconditional(schema_of(draft.form_version_id))
    document = agreement_document(
        dialogue=part.dialogue,
        parties=[],
        form_version=draft.form_version,
        draft=body,
        revision=0,
        settled=[],
    )
    document = {**document, "sections": written(draft.form_version_id, body, part.dialogue.language)["sections"]}
    shown = {name: document[name] for name in ("language", "form", "sections", "items")}
    note = Facts("note", "", [("change_note", _("Reason for the change"), body.get("change_note"))])
    return Group("draft", title, [*facts, note, Words("document", title, shown), Stored("stored", body)])


def _own(subject: Subject, part: Participant, rows: Sequence[Any], drafts: Sequence[Any]) -> list[Node]:
    """What the person wrote into an agreement about somebody else, each text once."""
    me = str(part.pk)
    told: dict[tuple[str, str], Any] = {}
    for row, document, _note in rows:
        if not isinstance(document, Gone):
            for label, text in _texts_by(me, document):
                told.setdefault((label, text), row.revision)
    notes = [
        [row.revision, row.history_date, note]
        for row, _document, note in rows
        if row.history_user_id == subject.key and note
    ]
    columns = [("revision", _("Revision")), ("question", _("Question")), ("text", _("What you wrote"))]
    texts = [[revision, label, text] for (label, text), revision in told.items()]
    note_columns = [("revision", _("Revision")), ("at", _("Recorded")), ("reason", _("Reason for the change"))]
    return [
        Rows("written", _("What you wrote"), columns, texts),
        Rows("change_notes", _("Your reasons for changes"), note_columns, notes),
        Many("being_written", _("What is being written"), [_own_in_draft(part, *one) for one in drafts]),
    ]


def _texts_by(me: str, document: Mapping[str, Any]) -> list[tuple[str, str]]:
    answers = [answer for section in document["sections"] for answer in section["answers"]]
    found = [(answer["label"], answer["text"]) for answer in answers if answer["by"] == me]
    for item in document["items"]:
        if item["by"] == me:
            said = [item[name] for name in ("what", "support", "measure", "due_date_label") if item[name]]
            found.append((_("Agreed item"), " · ".join(said)))
    return found


def _own_in_draft(part: Participant, draft: Draft, body: Any) -> Group:
    if isinstance(body, Gone):
        return Group("draft", _("Agreement"), [Words("document", _("What you wrote"), body)])
    me = str(part.pk)
    mine = {question for question, by in writers_of(body).items() if by == me}
    own = {
        "answers": {key: entry for key, entry in body["answers"].items() if entry["by"] == me},
        "items": {key: item for key, item in body.get("items", {}).items() if item.get("by") == me},
    }
    document = written(draft.form_version_id, {**body, **own}, part.dialogue.language, only=mine)
    columns = [("item", _("Agreed item"))]
    fields = [item["fields"] for item in own["items"].values()]
    items = [[" · ".join(one[name] for name in ITEM_TEXTS if one.get(name))] for one in fields]
    title = _("Follow-up") if draft.kind == DraftKind.FOLLOW_UP else _("Agreement")
    nodes: list[Node] = [Words("document", title, document)] if document["sections"] else []
    return Group("draft", title, [*nodes, Rows("items", _("Agreed items"), columns, items), Stored("stored", own)])


def _revisions(subject: Subject) -> Own:
    """{dialogue: [(history row, document, change note)]}, the newest revision first."""
    rows = list(Revisions.objects.filter(dialogue__in=subject.references).order_by("-revision", "-history_id"))
    opened = open_or_gone([envelope for row in rows for envelope in (row.document, row.change_note)])
    found: Own = defaultdict(list)
    for number, row in enumerate(rows):
        found[row.dialogue_id].append((row, opened[2 * number], opened[2 * number + 1]))
    return found


def _drafts(subject: Subject) -> Own:
    """{dialogue: [(what the parties write together, its body)]}; nothing of dialogues the person has left."""
    there = [part.dialogue_id for part in subject.parts if part.left_at is None or part.role == Role.EMPLOYEE]
    rows = list(
        Draft.objects.filter(dialogue__in=there, participant=None, envelope__isnull=False)
        .select_related("form_version")
        .order_by("kind")
    )
    found: Own = defaultdict(list)
    for row, body in zip(rows, open_or_gone([row.envelope for row in rows]), strict=True):
        found[row.dialogue_id].append((row, body))
    return found


def _signatures(subject: Subject) -> list[tuple[Any, Any]]:
    rows = list(
        Signature.objects.filter(agreement__dialogue__in=subject.references)
        .select_related("participant", "agreement", "ledger_entry__payload")
        .order_by("signed_at")
    )
    remarks = open_or_gone([row.remark for row in rows])
    entries = open_entries([row.ledger_entry for row in rows], Tally())
    typed = {entry.row.pk: (entry.value or {}).get("acknowledgement") for entry in entries if isinstance(entry, Entry)}
    return [
        (row.agreement.dialogue_id, (row, remark, typed.get(row.ledger_entry_id)))
        for row, remark in zip(rows, remarks, strict=True)
    ]


def _presented(subject: Subject) -> list[tuple[Any, Any]]:
    rows = Presentation.objects.filter(agreement__dialogue__in=subject.references).order_by("revision")
    found = rows.select_related("agreement", "presented_by", "recall__recalled_by")
    return [(row.agreement.dialogue_id, row) for row in found]


def _by_dialogue(pairs: Sequence[tuple[Any, Any]]) -> Own:
    found: Own = defaultdict(list)
    for key, value in pairs:
        found[key].append(value)
    return found


def _signature_rows(part: Participant, signatures: Sequence[Any]) -> Rows:
    columns = [
        ("revision", _("Revision")),
        ("name", _("Name")),
        ("meaning", _("What it says")),
        ("signed_at", _("Signed")),
        ("method", _("Proved by")),
        ("acknowledgement", _("Written to confirm it")),
        ("remark", _("Remark")),
        ("document_sha256", _("Check number of the document")),
    ]
    rows = [
        [
            one.revision,
            one.participant.name,
            coded(Meaning, one.meaning),
            one.signed_at,
            proved_by(one.auth_method),
            typed,
            remark,
            Digest(one.document_sha256),
        ]
        for one, remark, typed in signatures
        if part.role == Role.EMPLOYEE or one.participant_id == part.pk
    ]
    return Rows("signatures", _("Signatures"), columns, rows)


def _presented_rows(part: Participant, presented: Sequence[Presentation]) -> Rows:
    columns = [
        ("revision", _("Revision")),
        ("presented_at", _("Presented")),
        ("presented_by", _("By")),
        ("taken_back_at", _("Taken back")),
        ("taken_back_by", _("Taken back by")),
    ]
    rows = []
    for one in presented:
        recall: Recall | None = getattr(one, "recall", None)
        acted = {one.presented_by_id, recall.recalled_by_id if recall else None}
        if part.role == Role.EMPLOYEE or part.pk in acted or str(part.pk) in one.parties:
            taken = [recall.recalled_at, recall.recalled_by.name] if recall else [None, None]
            rows.append([one.revision, one.presented_at, one.presented_by.name, *taken])
    return Rows("presented", _("Presented for signing"), columns, rows)
