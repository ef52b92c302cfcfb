"""Decide what dialogues under way do about a new version of their form."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from mus_workflow.formbuilder.bridging import CannotGoTogether, bridged, choices_for, to_confirm
from mus_workflow.formbuilder.formats import upgraded
from mus_workflow.formbuilder.impact import Choice, impact
from mus_workflow.formbuilder.schema import digest
from mus_workflow.formbuilder.shapes import Schema
from mus_workflow.models import (
    DialogueForm,
    Draft,
    FormDefinition,
    FormMove,
    FormVersion,
    MovesAhead,
    user_key,
)
from mus_workflow.policies.forms import can_publish_form
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import ENDED

from .publish_form import newest_version, next_number


@transaction.atomic
def plan_moves(
    *, form: FormDefinition, schema: Schema, choices: Mapping[str, str], by: Any, at: datetime
) -> MovesAhead:
    """Keep what an editor chose for a document until it is published, by whatever way. Raises CannotGoTogether."""
    can_publish_form(user=by).or_refuse()
    base = newest_version(form)
    if base is not None:
        bridged(base.schema, schema, choices)
    return MovesAhead.objects.create(
        form=form, digest=digest(schema), choices=dict(choices), decided_by_key=user_key(by), decided_at=at
    )


def planned_choices(form: FormDefinition, schema: Schema) -> dict[str, str]:
    """What was chosen last for this document before it was published; empty for nothing."""
    ahead = _ahead(form, digest(schema))
    return ahead.choices if ahead else {}


def _ahead(form: FormDefinition, sha: str) -> MovesAhead | None:
    return form.moves_ahead.filter(digest=sha).order_by("-pk").first()


@transaction.atomic
def decide_moves(*, version: FormVersion, choices: Mapping[str, str], by: Any, at: datetime) -> list[FormMove]:
    """Decide for the dialogues that are under way under earlier versions. They move when they are next opened.

    ``choices`` are by key of a change from the version published before. A change without one stays; an earlier version
    stays as it is where the choices make no form of it. Raises CannotGoTogether where they make none of the version
    before, Refused unless ``version`` is the newest.
    """
    can_publish_form(user=by).or_refuse()
    return _decide_for(version, choices, key=user_key(by) if by else "", at=at)


@transaction.atomic
def carry_out_plan(*, version: FormVersion, at: datetime) -> list[FormMove]:
    """Decide for a version that was just published as an editor chose before; nothing where nobody did."""
    ahead = _ahead(version.form, version.digest)
    return _decide_for(version, ahead.choices, key=ahead.decided_by_key, at=at) if ahead else []


def _decide_for(version: FormVersion, choices: Mapping[str, str], *, key: str, at: datetime) -> list[FormMove]:
    # The write that locks comes first.
    FormDefinition.objects.filter(pk=version.form_id).update(slug=F("slug"))
    if newest_version(version.form) != version:
        raise Refused(_("A newer version has been published since. Decide for that one."))
    base = version_before(version)
    if base is None:
        return []
    bridged(base.schema, version.schema, choices)
    moves = (_decide(source, version, choices, key=key, at=at) for source in _sources(version))
    return [move for move in moves if move is not None]


def version_before(version: FormVersion) -> FormVersion | None:
    """The version that was published before this one."""
    earlier = version.form.versions.published().filter(number__lt=version.number)
    return earlier.order_by("-number").first()


def destination(version_id: int, *, but: FormVersion | None = None) -> tuple[int, list[str]]:
    """Where a draft under this version goes on, and the questions to confirm: decisions may follow each other.

    Decisions that lead to the version ``but``, or to a bridge to it, do not count.
    """
    confirm: list[str] = []
    seen = {version_id}
    while True:
        decided = FormMove.objects.filter(from_version=version_id)
        if but is not None:
            decided = decided.exclude(to_version=but).exclude(to_version__bridges=but)
        newest = decided.order_by("-pk").first()
        if newest is None or newest.to_version_id in seen:
            return version_id, list(dict.fromkeys(confirm))
        version_id = newest.to_version_id
        confirm += newest.confirm
        seen.add(version_id)


def _sources(version: FormVersion) -> list[FormVersion]:
    """The versions that dialogues under way are under, or will be once they are opened, this one left out."""
    drafts = Draft.objects.filter(form_version__form=version.form_id)
    bound = DialogueForm.objects.filter(form_version__form=version.form_id)
    in_use = {
        pk
        for found in (drafts, bound)
        for pk in found.exclude(dialogue__stage__in=ENDED).values_list("form_version", flat=True).distinct()
    }
    ends = {destination(pk, but=version)[0] for pk in in_use}
    return list(FormVersion.objects.filter(pk__in=ends - {version.pk}).order_by("number"))


def _decide(
    source: FormVersion, version: FormVersion, choices: Mapping[str, str], *, key: str, at: datetime
) -> FormMove | None:
    changes = impact(source.schema, version.schema)
    lawful = choices_for(changes, choices)
    try:
        document: Schema = bridged(source.schema, version.schema, lawful)
    except CannotGoTogether:
        document, lawful = upgraded(source.schema), dict.fromkeys(lawful, Choice.STAY)
    target = _target(source, version, document, key=key, at=at)
    if target == source and not source.moves.exists():
        return None
    return FormMove.objects.create(
        from_version=source,
        to_version=target,
        choices=dict(choices),
        confirm=to_confirm(changes, lawful) if target != source else [],
        decided_by_key=key,
        decided_at=at,
    )


def _target(source: FormVersion, version: FormVersion, document: Schema, *, key: str, at: datetime) -> FormVersion:
    """The version that says what the document says: one of the two, or one between them."""
    for known in (source, version):
        if upgraded(known.schema) == document:
            return known
    sha = digest(document)
    made = version.bridging.filter(digest=sha).first()
    return made or FormVersion.objects.create(
        form=version.form,
        number=next_number(version.form),
        schema=document,
        digest=sha,
        created_at=at,
        created_by_key=key,
        bridges=version,
    )
