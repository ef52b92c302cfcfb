"""Freeze a form."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from mus_workflow.formbuilder.compiler import CompileError, Problem
from mus_workflow.formbuilder.impact import Orphan, orphaning
from mus_workflow.formbuilder.schema import digest
from mus_workflow.formbuilder.shapes import Schema
from mus_workflow.models import FormDefinition, FormVersion, user_key


def compile_definition(form: FormDefinition) -> dict[str, Any]:
    """The schema of a form as it stands. Raises CompileError in plain words, also where it would orphan answers."""
    schema = form.compiled()
    if orphans := orphans_in(form, schema):
        raise CompileError(Problem(str(orphan)) for orphan in orphans)
    return schema


def orphans_in(form: FormDefinition, schema: Schema) -> list[Orphan]:
    """The questions of a document whose type no longer reads what was answered under an earlier version."""
    earlier = form.versions.order_by("-number").values_list("schema", flat=True) if form.pk else ()
    found = {orphan.id: orphan for old in earlier for orphan in orphaning(old, schema)}
    return list(found.values())


@transaction.atomic
def publish_form(*, form: FormDefinition, by: Any, at: datetime) -> FormVersion:
    """Freeze the live state of a form as its next version; the existing version when nothing has changed.

    Raises CompileError, and then nothing is written.
    """
    schema = compile_definition(form)
    sha = digest(schema)
    latest = form.versions.published().select_for_update().order_by("-number").first()
    if latest and latest.digest == sha:
        return latest
    return FormVersion.objects.create(
        form=form,
        number=next_number(form),
        schema=schema,
        digest=sha,
        created_at=at,
        created_by_key=user_key(by) if by else "",
    )


def next_number(form: FormDefinition) -> int:
    """The number of the version that is frozen next: bridging versions are numbered in the same row."""
    numbers = form.versions.order_by("-number").values_list("number", flat=True)
    return (numbers.first() or 0) + 1


def newest_version(form: FormDefinition) -> FormVersion | None:
    """The version that new dialogues take."""
    return form.versions.published().order_by("-number").first()


def ensure_version(*, form: FormDefinition, at: datetime) -> FormVersion | None:
    """The version that new dialogues take, frozen now where publishing left none behind. None for a form never live.

    Wagtail publishes before anybody else hears of it, and a form saved by a program is live without being published.
    Raises CompileError when there is nothing but a live form that cannot be frozen.
    """
    newest = newest_version(form)
    missed = newest is None or (form.last_published_at is not None and form.last_published_at > newest.created_at)
    if not (form.live and missed):
        return newest
    try:
        return publish_form(form=form, by=None, at=at)
    except CompileError:
        if newest is None:
            raise
        return newest
