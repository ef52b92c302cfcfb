"""Publishing a form again, changed as an editor would change it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from mus_workflow.actions.decide_moves import decide_moves
from mus_workflow.actions.publish_form import publish_form
from mus_workflow.models import FormDefinition, FormVersion
from tests.builders import qid
from tests.plumbing.clock import NOW

Rows = list[dict[str, Any]]


def rewrite(purpose: str, edit: Callable[[Rows], Any]) -> FormDefinition:
    """Change the questions of a builders' form, without publishing it. `edit` changes the list of rows in place."""
    form = FormDefinition.objects.get(purpose=purpose)
    body = copy.deepcopy(list(form.body.raw_data))
    edit(body[0]["value"]["questions"])
    form.body = form._meta.get_field("body").to_python(body)
    form.save()
    return form


def republish(
    purpose: str, edit: Callable[[Rows], Any], choices: Mapping[str, str] | None = None, *, at: datetime = NOW
) -> FormVersion:
    """Publish the changed form, and decide for dialogues under way where there are choices."""
    version = publish_form(form=rewrite(purpose, edit), by=None, at=at)
    if choices is not None:
        decide_moves(version=version, choices=choices, by=None, at=at)
    return version


def row(rows: Rows, name: str) -> dict[str, Any]:
    """A question's value among the rows."""
    return next(one["value"] for one in rows if one["id"] == qid(name))


def drop(name: str) -> Callable[[Rows], Any]:
    """Take a question out."""
    return lambda rows: rows.remove(next(one for one in rows if one["id"] == qid(name)))


def reword(name: str, label: str) -> Callable[[Rows], Any]:
    """Give a question other words."""
    return lambda rows: row(rows, name).update(label=label)


def key(kind: str, name: str) -> str:
    """The key of a change."""
    return f"{kind}:{qid(name)}"
