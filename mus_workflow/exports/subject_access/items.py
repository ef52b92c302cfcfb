"""How it goes with what was agreed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from mus_workflow.history.opening import Gone, open_or_gone
from mus_workflow.models import (
    AgreementItem,
    Category,
    Event,
    FollowUp,
    Outcome,
    Participant,
    Progress,
    Responsible,
    Role,
)

from .nodes import Coded, Facts, Group, Many, Node, Rows, Words, coded
from .subject import Subject, title_of

_STATE = "category responsible due_date progress progress_at outcome outcome_at outcome_in "
COVERS = {
    "AgreementItem": _STATE + "text progress_note outcome_note",
    "HistoricalAgreementItem": _STATE + "text progress_note outcome_note actor_label actor_role history_user_id",
    "FollowUp": "recorded_at recorded_by document",
}
States = AgreementItem.history.model
Opened = tuple[Any, Any, Any, Any]


def items(subject: Subject) -> Many:
    """Each agreed item with its whole history; of a manager's employees, what the manager recorded."""
    states = _states(subject)
    found = [
        Group("items", title_of(part.dialogue), _items(part, states[part.dialogue_id]))
        if part.role == Role.EMPLOYEE
        else Group("items", title_of(part.dialogue), [_recorded(subject, part, states[part.dialogue_id])])
        for part in subject.parts
    ]
    return Many(
        "items",
        _("Your agreed items"),
        found,
        _("What was agreed, point by point, and all that was recorded of how it went."),
    )


def follow_ups(subject: Subject) -> Many:
    """The recorded follow-ups; of a manager's employees, those that the manager recorded."""
    rows = list(FollowUp.objects.filter(dialogue__in=subject.references).select_related("recorded_by", "dialogue"))
    found: dict[Any, list[Node]] = defaultdict(list)
    for row, document in zip(rows, open_or_gone([row.document for row in rows]), strict=True):
        title = _("Follow-up %(number)s") % {"number": row.number}
        facts = [("recorded_at", _("Recorded"), row.recorded_at), ("by", _("By"), row.recorded_by.name)]
        mine = [
            part
            for part in subject.parts
            if part.dialogue_id == row.dialogue_id and (part.role == Role.EMPLOYEE or part.pk == row.recorded_by_id)
        ]
        for part in mine[:1]:
            nodes = [Facts("about", "", facts), Words("document", title, document)]
            found[part.pk].append(Group("follow_up", title, nodes))
    return Many(
        "follow_ups",
        _("Your follow-ups"),
        [Many("follow_ups", title_of(part.dialogue), found[part.pk]) for part in subject.parts if found[part.pk]],
        _("What was recorded at follow-ups; of those with your employees, the ones you recorded."),
    )


def _states(subject: Subject) -> dict[Any, list[Opened]]:
    """{dialogue: [(history row, texts, progress note, comments)]}, each item's states in order."""
    mine = AgreementItem.objects.filter(agreement__dialogue__in=subject.references)
    dialogue_of = dict(mine.values_list("pk", "agreement__dialogue"))
    rows = list(States.objects.filter(id__in=dialogue_of).order_by("position", "id", "history_id"))
    opened = open_or_gone([one for row in rows for one in (row.text, row.progress_note, row.outcome_note)])
    found: dict[Any, list[Opened]] = defaultdict(list)
    for number, row in enumerate(rows):
        found[dialogue_of[row.id]].append((row, *opened[3 * number : 3 * number + 3]))
    return found


def _items(part: Participant, states: Sequence[Opened]) -> list[Node]:
    by_item: dict[Any, list[Opened]] = defaultdict(list)
    for state in states:
        by_item[state[0].id].append(state)
    return [_item(own) for own in by_item.values()]


def _item(states: Sequence[Opened]) -> Group:
    row, texts, _note, _comments = states[-1]
    said = {name: texts if isinstance(texts, Gone) else texts.get(name, "") for name in ("what", "support", "measure")}
    title = _("Erased") if isinstance(texts, Gone) else said["what"]
    facts = [
        ("what", _("What you have agreed"), said["what"]),
        ("support", _("Support that is needed"), said["support"]),
        ("measure", _("How you see that it is reached"), said["measure"]),
        ("category", _("About"), coded(Category, row.category)),
        ("responsible", _("Responsible"), coded(Responsible, row.responsible)),
        ("due_date", _("Due date"), row.due_date),
        ("revision", _("Revision"), row.revision),
    ]
    columns = [
        ("at", _("When")),
        ("by", _("By")),
        ("event", _("What happened")),
        ("what", _("What you have agreed")),
        ("progress", _("Progress")),
        ("note", _("Note")),
        ("outcome", _("Outcome")),
        ("comments", _("Comments")),
    ]
    return Group(
        "item",
        title,
        [Facts("now", "", facts), Rows("history", _("How it went"), columns, [_state(*one) for one in states])],
    )


def _state(row: Any, texts: Any, note: Any, comments: Any) -> list[Any]:
    return [
        row.history_date,
        row.actor_label or _("The system"),
        what_happened(row.history_change_reason),
        texts if isinstance(texts, Gone) else texts.get("what", ""),
        coded(Progress, row.progress),
        note,
        coded(Outcome, row.outcome),
        comments if isinstance(comments, Gone) or not comments else _in_lines(comments),
    ]


def what_happened(event: str | None) -> Coded:
    """An event of the history of an item in words."""
    words = {
        Event.ITEM_SET.value: _("Agreed"),
        Event.PROGRESS_RECORDED.value: _("Progress recorded"),
        Event.OUTCOME_RECORDED.value: _("Outcome recorded"),
    }
    return Coded(event or "", words.get(event or "", event or ""))


def _in_lines(comments: dict[str, str]) -> str:
    return "\n".join(f"{Role(role).label}: {text}" for role, text in comments.items() if text)


def _recorded(subject: Subject, part: Participant, states: Sequence[Opened]) -> Rows:
    """What a manager recorded of an employee's items: the notes and comments are their own words."""
    columns = [
        ("at", _("When")),
        ("event", _("What happened")),
        ("progress", _("Progress")),
        ("note", _("Note")),
        ("outcome", _("Outcome")),
        ("comment", _("Comment")),
    ]
    rows = []
    for row, _texts, note, comments in states:
        event = row.history_change_reason
        if row.history_user_id != subject.key or event == Event.ITEM_SET:
            continue
        own_note = note if event == Event.PROGRESS_RECORDED else None
        own_comment = comments if isinstance(comments, Gone) else (comments or {}).get(part.role)
        comment = own_comment if event == Event.OUTCOME_RECORDED else None
        rows.append(
            [
                row.history_date,
                what_happened(event),
                coded(Progress, row.progress),
                own_note,
                coded(Outcome, row.outcome),
                comment,
            ]
        )
    return Rows("recorded", _("What you recorded"), columns, rows)
