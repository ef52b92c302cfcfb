"""What happened to the account, what waits to be sent again, and the person's work as editor or operator."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext as _

from mus_workflow.history.opening import open_or_gone
from mus_workflow.models import (
    ConceptVersion,
    ErasureRun,
    FormMove,
    FormVersion,
    MovesAhead,
    ParkedPost,
    PasswordChange,
)

from .nodes import Facts, Group, Many, Rows, Stored, Value
from .subject import Subject

COVERS = {
    "PasswordChange": "user_key changed_at changed_by_key",
    "ParkedPost": "user_key expires_at envelope",
    "FormVersion": "created_by_key",
    "ConceptVersion": "created_by_key",
    "FormMove": "decided_by_key",
    "MovesAhead": "decided_by_key",
    "ErasureRun": "by_key",
}


def account(subject: Subject) -> Group:
    """Passwords, forms that were not taken, and what the person published or ran."""
    return Group(
        "account",
        _("Your account and your work with MUS"),
        [_passwords(subject), _parked(subject), _work(subject)],
        _("Changes of passwords are kept for a month, a form that could not be taken for half an hour."),
    )


def _passwords(subject: Subject) -> Rows:
    columns = [("at", _("When")), ("whose", _("Whose")), ("by", _("By"))]
    changes = PasswordChange.objects.filter(Q(user_key=subject.key) | Q(changed_by_key=subject.key))
    rows: list[list[Value]] = []
    for one in changes.order_by("changed_at"):
        whose = _("Yours") if one.user_key == subject.key else _("Somebody else's")
        by = _("You") if one.changed_by_key == subject.key else _("Somebody else")
        rows.append([one.changed_at, whose, by if one.changed_by_key else _("Not known")])
    return Rows("passwords", _("Changes of passwords"), columns, rows)


def _parked(subject: Subject) -> Many:
    posts = list(ParkedPost.objects.filter(user_key=subject.key).order_by("expires_at"))
    found = []
    for post, fields in zip(posts, open_or_gone([post.envelope for post in posts]), strict=True):
        title = _("Page %(path)s") % {"path": post.path}
        facts = [("path", _("Page"), post.path), ("expires_at", _("Kept until"), post.expires_at)]
        columns = [("field", _("Field")), ("text", _("What you wrote"))]
        typed = sorted(fields.items()) if isinstance(fields, dict) else []
        rows = [[name, "\n".join(values)] for name, values in typed]
        nodes = [
            Facts("about", "", facts),
            Rows("fields", _("What you wrote"), columns, rows),
            Stored("stored", fields),
        ]
        found.append(Group("parked", title, nodes))
    return Many("parked", _("Forms that could not be taken, and wait for you"), found)


def _work(subject: Subject) -> Rows:
    columns = [("at", _("When")), ("what", _("What you did")), ("of", _("Of what"))]
    key = subject.key
    versions = FormVersion.objects.filter(created_by_key=key)
    concepts = ConceptVersion.objects.filter(created_by_key=key).select_related("concept")
    moves = FormMove.objects.filter(decided_by_key=key).select_related("to_version")
    ahead = MovesAhead.objects.filter(decided_by_key=key).select_related("form")
    rows: list[list[Value]] = [
        *([one.created_at, _("Published a form"), str(one)] for one in versions),
        *([one.created_at, _("Published the concept"), f"{one.concept.title} · {one.number}"] for one in concepts),
        *([one.decided_at, _("Decided for dialogues under way"), str(one.to_version)] for one in moves),
        *([one.decided_at, _("Chose what a new version does"), one.form.title] for one in ahead),
        *([one.ran_at, _("Ran the rules for erasing"), None] for one in ErasureRun.objects.filter(by_key=key)),
    ]
    return Rows("work", _("Your work as editor or operator"), columns, sorted(rows, key=lambda row: str(row[0])))
