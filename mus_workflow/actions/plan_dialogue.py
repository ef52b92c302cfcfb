"""Plan a dialogue."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from mus_workflow.formbuilder.compiler import CompileError
from mus_workflow.models import (
    Concept,
    ConceptVersion,
    Dialogue,
    DialogueForm,
    DialogueLock,
    Draft,
    DraftKind,
    Employment,
    Event,
    FormDefinition,
    FormVersion,
    ManagerRelation,
    Participant,
    Preparation,
    Purpose,
    Role,
    person_name,
    user_key,
)
from mus_workflow.policies.dialogues import can_plan
from mus_workflow.policies.verdict import Refused
from mus_workflow.stages import Stage

from .frame import record_event
from .publish_concept import ensure_concept_version
from .publish_form import ensure_version

PREPARATION_OF = {Role.EMPLOYEE: Purpose.EMPLOYEE_PREPARATION, Role.MANAGER: Purpose.MANAGER_PREPARATION}


@transaction.atomic
def plan_dialogue(*, employment: Employment, due_date: date, by: Any, at: datetime) -> Dialogue:
    """Plan the next dialogue of an employee with their manager, under the newest concept and forms.

    Raises Refused when there is no manager, no published concept, or a dialogue under way.
    """
    # The write that locks comes first; the lock of a person is the lock of all their employments.
    Employment.objects.filter(user=employment.user_id).update(start_date=F("start_date"))
    today = timezone.localdate(at)
    can_plan(user=by, employment=employment, today=today).or_refuse()
    concept = newest_concept(at=at)
    dialogue = Dialogue.objects.create(
        stage=Stage.PLANNED,
        stage_since=at,
        concept_version=concept,
        unit=employment.unit,
        language=settings.LANGUAGE_CODE,
        due_date=due_date,
        meeting_minutes=concept.document["meeting_minutes"],
        previous=_previous(employment),
        created_at=at,
    )
    DialogueLock.objects.create(dialogue=dialogue)
    bound = _bind_forms(dialogue, concept, at=at)
    manager = manager_of(employment, on=today)
    parts = [
        add_participant(
            dialogue=dialogue, user=user, role=role, form_version=bound[PREPARATION_OF[role]].form_version, at=at
        )
        for user, role in ((employment.user, Role.EMPLOYEE), (manager, Role.MANAGER))
    ]
    record_event(
        dialogue=dialogue,
        event=Event.CREATED,
        obj=dialogue,
        payload={
            "concept": concept.digest,
            "forms": {purpose: one.form_version.digest for purpose, one in bound.items()},
            "due_date": due_date.isoformat(),
            "by_name": person_name(by),
            "participants": [part_told(one) for one in parts],
        },
        by=by,
        at=at,
    )
    for one in bound.values():
        _record_bound(dialogue, one, by=by, at=at)
    return dialogue


def add_participant(
    *, dialogue: Dialogue, user: Any, role: Role, form_version: FormVersion, at: datetime
) -> Participant:
    """Give a person a part in the dialogue, with a preparation of their own. Part of an action, not one by itself."""
    participant = Participant.objects.create(
        dialogue=dialogue, user=user, user_key=user_key(user), name=person_name(user), role=role, joined_at=at
    )
    draft = Draft.objects.create(
        dialogue=dialogue, participant=participant, kind=DraftKind.PREPARATION, form_version=form_version
    )
    Preparation.objects.create(participant=participant, draft=draft)
    return participant


def part_told(participant: Participant) -> dict[str, str]:
    """Who takes part as what, for the ledger: the account, and the name it went by then."""
    return {
        "participant": str(participant.pk),
        "role": str(participant.role),
        "account": participant.user_key,
        "name": participant.name,
    }


def newest_concept(*, at: datetime) -> ConceptVersion:
    """The concept that new dialogues are planned under. Raises Refused when none is published."""
    concept = Concept.objects.filter(live=True, is_default=True).order_by("-pk").first()
    version = ensure_concept_version(concept=concept, at=at) if concept else None
    if version is None:
        raise Refused(_("No concept is published yet. An editor publishes it in the administration."))
    return version


def manager_of(employment: Employment, *, on: date) -> Any:
    """The employee's confirmed manager on a day. Raises Refused when there is none."""
    relation = (
        ManagerRelation.objects.on(on).confirmed().filter(employee=employment.user_id).select_related("manager").first()
    )
    if relation is None:
        raise Refused(_("This person has no manager on record, so there is nobody to hold the dialogue with."))
    return relation.manager


def _previous(employment: Employment) -> Dialogue | None:
    return (
        Dialogue.objects.filter(
            participants__user=employment.user_id,
            participants__role=Role.EMPLOYEE,
            stage__in=[Stage.FOLLOW_UP, Stage.CLOSED],
            next=None,
        )
        .order_by("-created_at")
        .first()
    )


def _bind_forms(dialogue: Dialogue, concept: ConceptVersion, *, at: datetime) -> dict[str, DialogueForm]:
    chosen = concept.document["forms"]
    # In the order of the purposes: PostgreSQL keeps no order of the keys of a JSON value.
    return {
        purpose: DialogueForm.objects.create(
            dialogue=dialogue, purpose=purpose, form_version=_version_of(chosen[purpose], at=at)
        )
        for purpose in Purpose
        if purpose in chosen
    }


def _record_bound(dialogue: Dialogue, bound: DialogueForm, *, by: Any, at: datetime) -> None:
    version = bound.form_version
    record_event(
        dialogue=dialogue,
        event=Event.FORM_BOUND,
        obj=bound,
        payload={
            "purpose": bound.purpose,
            "title": version.schema["title"],
            "number": version.number,
            "digest": version.digest,
            "by_name": person_name(by),
        },
        by=by,
        at=at,
    )


def _version_of(form_id: int, *, at: datetime) -> FormVersion:
    try:
        version = ensure_version(form=FormDefinition.objects.get(pk=form_id), at=at)
    except CompileError:
        version = None
    if version is None:
        raise Refused(_("A form of the concept has never been published. An editor must publish it first."))
    return version
