"""What the person prepared and shared, and what was shared with them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from mus_workflow.documents.answers import worded_sections
from mus_workflow.documents.merge import plain_answers
from mus_workflow.documents.moves import no_longer_asked, unconditional
from mus_workflow.formbuilder.schema import questions
from mus_workflow.history.opening import Gone, open_or_gone
from mus_workflow.models import Draft, DraftKind, Participant, SharedPreparation, schema_of

from .nodes import Facts, Group, Many, Node, Rows, Stored, Words
from .subject import Subject, title_of

COVERS = {
    "Draft": "participant envelope version saved_at",
    "Preparation": "participant",
    "SharedPreparation": "revision shared_at withdrawn_at document",
    "HistoricalSharedPreparation": "revision shared_at withdrawn_at document actor_label actor_role history_user_id",
}
Shared = SharedPreparation.history.model


def preparations(subject: Subject) -> Many:
    """The person's own preparation of each dialogue, as it stands and as shared; and what others share with them."""
    drafts = {
        draft.participant_id: draft
        for draft in Draft.objects.filter(kind=DraftKind.PREPARATION, participant__in=subject.parts)
    }
    opened = dict(zip(drafts, open_or_gone([draft.envelope for draft in drafts.values()]), strict=True))
    sharings = _sharings(subject)
    theirs = _shared_with(subject)
    found = [
        Group(
            "preparation",
            title_of(part.dialogue),
            [
                *_draft(part, drafts.get(part.pk), opened.get(part.pk)),
                Many("shared_copies", _("What you have shared"), sharings.get(part.pk, [])),
                Many("shared_with_you", _("What was shared with you"), theirs.get(part.pk, [])),
            ],
        )
        for part in subject.parts
    ]
    return Many(
        "preparations",
        _("Your preparations"),
        found,
        _("What you wrote for yourself, shared or not. Of what others prepared, only what they share with you."),
    )


def written(form_version_id: int, body: Mapping[str, Any], language: str, only: Collection[str] | None = None) -> Any:
    """A draft's answers as a document, those too whose question is hidden or no longer asked."""
    schema = unconditional(schema_of(form_version_id))
    sections = worded_sections(schema, plain_answers(body), language=language, only=only)
    gone = no_longer_asked(body, schema, schema_of, language)
    if only is not None:
        gone = [{**one, "answers": [answer for answer in one["answers"] if answer["id"] in only]} for one in gone]
    sections += [section for section in gone if section["answers"]]
    return {"language": language, "form": {"title": schema["title"]}, "sections": sections}


def _draft(part: Participant, draft: Draft | None, body: Any) -> list[Node]:
    if draft is None or body is None:
        return []
    facts = Facts("saved", _("Your draft"), [("saved_at", _("Last saved"), draft.saved_at)])
    if isinstance(body, Gone):
        return [facts, Words("draft", _("What you wrote"), body)]
    document = written(draft.form_version_id, body, part.dialogue.language)
    return [
        facts,
        Words("draft", _("What you wrote"), document),
        _ticked(draft, body),
        Stored("stored", {"version": draft.version, **body}),
    ]


def _ticked(draft: Draft, body: Mapping[str, Any]) -> Rows:
    labels = {one["id"]: one["label"] for one in questions(schema_of(draft.form_version_id))}
    rows = [[labels.get(key, key), bool(value)] for key, value in body.get("sharing", {}).items()]
    columns = [("question", _("Question")), ("share", _("To be shared"))]
    return Rows("sharing", _("What you had ticked to share"), columns, rows)


def _sharings(subject: Subject) -> dict[Any, list[Node]]:
    """{participant id: each sharing and withdrawal of the person's}."""
    mine = SharedPreparation.objects.filter(preparation__participant__in=subject.parts)
    authors = dict(mine.values_list("pk", "preparation__participant"))
    rows = list(Shared.objects.filter(id__in=authors).order_by("history_id"))
    found: dict[Any, list[Node]] = {}
    for row, document in zip(rows, open_or_gone([row.document for row in rows]), strict=True):
        found.setdefault(authors[row.id], []).append(_sharing(row, document))
    return found


def _sharing(row: Any, document: Any) -> Group:
    facts = [
        ("revision", _("No."), row.revision),
        ("shared_at", _("Shared"), row.shared_at),
        ("withdrawn_at", _("Taken back"), row.withdrawn_at),
        ("by", _("By"), row.actor_label),
    ]
    title = _("Taken back") if row.withdrawn_at else _("Shared")
    nodes: Sequence[Node] = [Facts("about", "", facts), Words("copy", title, document)]
    # What was taken back is the same copy once more.
    return Group("sharing", title, nodes[:1] if row.withdrawn_at else nodes)


def _shared_with(subject: Subject) -> dict[Any, list[Node]]:
    """{participant id: what others share with the person now}. A manager gets none: it is about the employee."""
    found: dict[Any, list[Node]] = {}
    for part in subject.as_employee:
        copies = SharedPreparation.objects.readable_by(part).exclude(preparation__participant=part)
        shared = list(copies.select_related("preparation__participant").order_by("shared_at"))
        documents = open_or_gone([copy.document for copy in shared])
        for copy, document in zip(shared, documents, strict=True):
            author = copy.preparation.participant
            facts = [("by", _("By"), author.name), ("shared_at", _("Shared"), copy.shared_at)]
            nodes = [Facts("about", "", facts), Words("copy", author.name, document)]
            found.setdefault(part.pk, []).append(Group("shared", author.name, nodes))
    return found
