"""What is to be erased today, and by which rule. Asks and never writes: the dry run and the run get the same answer."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.timezone import localdate

from mus_workflow.conf import app_settings
from mus_workflow.documents.retention import Course, End, Sealed, end_of, terms_of
from mus_workflow.models import (
    Artefact,
    Concept,
    DataKey,
    Dialogue,
    LegalHold,
    ParkedPost,
    PasswordChange,
    Reading,
    rules_of,
)

from .retention_facts import Facts, Prepared, terms_now

BATCH = 200
PASSWORD_CHANGES_KEPT = timedelta(days=31)

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Due:
    """One key that a rule says is to be destroyed. ``role`` is its owner's; empty for what the parties share.

    ``on`` is the first day. ``is_held``: a hold keeps it nevertheless.
    """

    key: uuid.UUID
    dialogue: uuid.UUID
    reference: str
    artefact: str
    participant: uuid.UUID | None
    role: str
    rule: str
    on: date
    is_held: bool = False


@dataclass(frozen=True)
class Leftovers:
    """What is deleted besides: rows that belong to no dialogue's text, by number, and the keys of the parked forms."""

    readings: int
    parked: int
    password_changes: int
    parked_keys: tuple[uuid.UUID, ...]


def due_in(dialogues: Collection[uuid.UUID], *, today: date) -> list[Due]:
    """The keys of these dialogues whose text is to be erased today, with those that a hold keeps."""
    return [one for one in ends_in(dialogues, today=today) if one.on <= today]


def ends_in(dialogues: Collection[uuid.UUID], *, today: date) -> list[Due]:
    """The keys of these dialogues for which a rule names a day, by dialogue, class and key, as things stand today."""
    facts = Facts(dialogues, today=today)
    courses = {dialogue.pk: facts.course_of(dialogue) for dialogue in facts.dialogues.values()}
    found = []
    for dialogue, key in facts.keys:
        end = _end_of(dialogue, key, courses[dialogue.pk], facts)
        if end is not None:
            found.append(_due(dialogue, key, end, facts))
    return found


def all_due(*, today: date, progress: Progress | None = None) -> Iterator[list[Due]]:
    """What is to be erased today anywhere, a batch of dialogues at a time; those that a hold keeps are in it."""
    live = DataKey.objects.filter(dialogue=OuterRef("pk"), destroyed_at=None)
    keys = Dialogue.objects.filter(Exists(live)).order_by("pk").values_list("pk", flat=True)
    of, done, last = keys.count() if progress else 0, 0, None
    # By key and not by one long query: each batch may be erased before the next is read.
    while batch := list((keys.filter(pk__gt=last) if last else keys)[:BATCH]):
        yield due_in(batch, today=today)
        done, last = done + len(batch), batch[-1]
        if progress:
            progress(done, max(of, done))


def leftovers(*, at: datetime) -> Leftovers:
    """What is deleted besides the keys of dialogues."""
    return Leftovers(
        readings=old_readings(at=at).count(),
        parked=parked_too_long(at=at).count(),
        password_changes=old_password_changes(at=at).count(),
        parked_keys=unused_parked_keys(at=at),
    )


def old_readings(*, at: datetime) -> QuerySet[Reading]:
    """Readings kept for as long as the settings say. Of a dialogue that a hold or its concept keeps, none."""
    off = [concept for concept, terms in terms_now(_concepts()).items() if not terms.is_on]
    held = LegalHold.objects.standing().values("dialogue")
    old = Reading.objects.filter(read_at__lt=at - timedelta(days=app_settings.READING_DAYS))
    return old.exclude(dialogue__in=held).exclude(dialogue__concept_version__concept__in=off)


def parked_too_long(*, at: datetime) -> QuerySet[ParkedPost]:
    """Interrupted forms that nobody came back for."""
    return ParkedPost.objects.filter(expires_at__lte=at)


def unused_parked_keys(*, at: datetime) -> tuple[uuid.UUID, ...]:
    """The keys of the parked forms, while no form waits for its author."""
    if ParkedPost.objects.filter(expires_at__gt=at).exists():
        return ()
    live = DataKey.objects.filter(dialogue=None, artefact=Artefact.PARKED, destroyed_at=None)
    return tuple(live.order_by("pk").values_list("pk", flat=True))


def old_password_changes(*, at: datetime) -> QuerySet[PasswordChange]:
    """Changes of passwords that no signature asks about any more."""
    kept = max(PASSWORD_CHANGES_KEPT, timedelta(hours=app_settings.RESET_HOURS))
    return PasswordChange.objects.filter(changed_at__lt=at - kept)


def erasing_concepts() -> list[Concept]:
    """The concepts under which texts are erased today."""
    on = [concept for concept, terms in terms_now(_concepts()).items() if terms.is_on]
    return list(Concept.objects.filter(pk__in=on).order_by("pk"))


def _concepts() -> list[int]:
    return list(Concept.objects.values_list("pk", flat=True))


def _end_of(dialogue: Dialogue, key: DataKey, course: Course, facts: Facts) -> End | None:
    owner = facts.owner_of(key)
    prepared = facts.prepared.get(owner.pk, Prepared()) if owner else Prepared()
    sealed = Sealed(
        artefact=key.artefact,
        is_own=owner is not None,
        form_class=prepared.form_class,
        left_on=localdate(owner.left_at) if owner and owner.left_at else None,
        is_withdrawn=owner is not None and owner.pk in facts.withdrawn,
        has_recorded=dialogue.pk in facts.recorded,
        is_before_change=dialogue.pk not in facts.renewed,
    )
    pinned = terms_of(rules_of(dialogue.concept_version_id))
    now = facts.terms_now[dialogue.concept_version.concept_id]
    return end_of(sealed, course, pinned=pinned, now=now, form_class_now=prepared.form_class_now)


def _due(dialogue: Dialogue, key: DataKey, end: End, facts: Facts) -> Due:
    owner = facts.owner_of(key)
    return Due(
        key=key.pk,
        dialogue=dialogue.pk,
        reference=dialogue.reference,
        artefact=key.artefact,
        participant=owner.pk if owner else None,
        role=owner.role if owner else "",
        rule=end.rule,
        on=end.on,
        is_held=dialogue.pk in facts.held,
    )
