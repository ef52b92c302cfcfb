"""What the dates of retention count from, looked up for many dialogues at once, with as many queries as for one."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cached_property
from typing import Any

from django.db.models import F, Max, QuerySet, UUIDField
from django.utils.timezone import localdate

from mus_workflow.documents.retention import STANDARD, Course, Terms, erases, terms_of
from mus_workflow.models import (
    Artefact,
    Concept,
    ConceptVersion,
    DataKey,
    Dialogue,
    Draft,
    DraftKind,
    Employment,
    Event,
    FormVersion,
    LedgerEntry,
    LegalHold,
    Participant,
    Presentation,
    Role,
    SealedFile,
    SharedPreparation,
    rules_of,
)
from mus_workflow.models.kept_query import KeptQuery, Slot
from mus_workflow.stages import BEFORE_TALK, Stage

UNDER_WAY = BEFORE_TALK | {Stage.TALK, Stage.SIGN_OFF}
# What is done about a dialogue and not in it: it must not put off the day on which the dialogue is erased.
NOT_OF_THE_COURSE = (
    Event.ERASED,
    Event.HOLD_PLACED,
    Event.HOLD_LIFTED,
    Event.GRANT_REQUESTED,
    Event.GRANT_APPROVED,
    Event.GRANT_REFUSED,
    Event.GRANT_ENDED,
    Event.GRANT_ENDED,
    Event.OPENED,
    Event.EXPORTED,
    Event.RULE_CHANGED,
)


@dataclass(frozen=True)
class Prepared:
    """A participant's preparation: how long its form says that it is kept, then and now, and when it was typed in."""

    form_class: str = STANDARD
    form_class_now: str = STANDARD
    typed_at: datetime | None = None


def held_among(dialogues: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those of the dialogues that a hold keeps."""
    return set(LegalHold.objects.standing().filter(dialogue__in=dialogues).values_list("dialogue", flat=True))


def terms_now(concepts: Collection[int]) -> dict[int, Terms]:
    """Today's terms of each concept: of its newest version. Off as well where the concept itself says so already."""
    newest = dict(ConceptVersion.objects.filter(concept__in=concepts).order_by("number").values_list("concept", "pk"))
    said = {key: erases(*rest) for key, *rest in Concept.objects.values_list("pk", "erasure", "sector")}
    found = {concept: terms_of(rules_of(version)) for concept, version in newest.items()}
    return {concept: replace(terms, is_on=terms.is_on and said[concept]) for concept, terms in found.items()}


def terms_for(dialogue: Dialogue) -> Terms:
    """How long the dialogue's texts are kept as things stand: the shorter periods of its own rules and today's."""
    newest = NEWEST.first(version=dialogue.concept_version_id)
    pinned = terms_of(rules_of(dialogue.concept_version_id))
    if newest is None:
        return pinned
    version, erasure, sector = newest
    now = terms_of(rules_of(version))
    is_on = now.is_on and erases(erasure, sector)
    if not pinned.is_on:
        return replace(now, is_on=is_on)
    return Terms(
        is_on=is_on,
        preparation_days=min(pinned.preparation_days, now.preparation_days),
        shared_months=min(pinned.shared_months, now.shared_months),
        agreement_years=min(pinned.agreement_years, now.agreement_years),
    )


class Facts:
    """Some dialogues as the rules of retention see them on one day."""

    def __init__(self, dialogues: Collection[uuid.UUID], *, today: date) -> None:
        self.today = today
        found = Dialogue.objects.select_related("concept_version").defer("concept_version__document")
        self.dialogues = found.in_bulk(list(dialogues))
        keys = DataKey.objects.filter(dialogue__in=self.dialogues, destroyed_at=None)
        # With the dialogue that each belongs to, in the order in which they are erased.
        self.keys = [
            (self.dialogues[key.dialogue_id], key)
            for key in keys.order_by("dialogue", "artefact", "pk")
            if key.dialogue_id is not None
        ]

    def owner_of(self, key: DataKey) -> Participant | None:
        """Whose text a key seals; None for what the parties share."""
        return None if key.participant_id is None else self.participants[key.participant_id]

    @cached_property
    def participants(self) -> dict[uuid.UUID, Participant]:
        """By id."""
        found = Participant.objects.filter(dialogue__in=self.dialogues)
        return {one.pk: one for one in found}

    @cached_property
    def prepared(self) -> dict[uuid.UUID, Prepared]:
        """By participant."""
        drafts = Draft.objects.filter(dialogue__in=self.dialogues, kind=DraftKind.PREPARATION)
        rows = list(
            drafts.values_list("participant", "form_version__form", "form_version__schema__retention", "saved_at")
        )
        now = _form_classes({form for _who, form, _kept, _at in rows})
        return {who: Prepared(kept or STANDARD, now.get(form, STANDARD), at) for who, form, kept, at in rows}

    @cached_property
    def withdrawn(self) -> set[uuid.UUID]:
        """The participants who took back what they had shared."""
        taken = SharedPreparation.objects.filter(
            preparation__participant__dialogue__in=self.dialogues, withdrawn_at__isnull=False
        )
        return set(taken.values_list("preparation__participant", flat=True))

    @cached_property
    def recorded(self) -> set[uuid.UUID]:
        """The dialogues of which a recorded document names a file that the parties share."""
        files = SealedFile.objects.filter(dialogue__in=self.dialogues, participant=None, is_recorded=True)
        return set(files.values_list("dialogue", flat=True))

    @cached_property
    def held(self) -> set[uuid.UUID]:
        """The dialogues that a hold keeps."""
        return held_among(self.dialogues)

    @cached_property
    def terms_now(self) -> dict[int, Terms]:
        """By concept."""
        return terms_now({one.concept_version.concept_id for one in self.dialogues.values()})

    @cached_property
    def renewed(self) -> set[uuid.UUID]:
        """The dialogues whose common drafts have had a new key since an agreement was last signed by all."""
        keys = DataKey.objects.filter(
            dialogue__in=self._signed, artefact=Artefact.DRAFT, participant=None, destroyed_at__isnull=False
        )
        rows = keys.values_list("dialogue", "destroyed_at")
        return {key for key, at in rows if key and at and at >= max(self._signed[key])}

    def course_of(self, dialogue: Dialogue) -> Course:
        """What the dates of one of the dialogues count from."""
        signed = self._signed.get(dialogue.pk, [])
        employees = self._employees[dialogue.pk]
        left = [self._left_on(one) for one in employees]
        used = [self._used[one.user_key] for one in employees if one.user_key in self._used]
        typed = [at for at in self._typed.get(dialogue.pk, []) if at]
        return Course(
            stage=dialogue.stage,
            stage_since=localdate(dialogue.stage_since),
            signed_on=localdate(min(signed)) if signed else None,
            changed_on=localdate(max(signed)) if signed else None,
            is_being_changed=dialogue.pk in self._being_changed,
            left_on=max(left) if left and None not in left else None,  # type: ignore[type-var]
            typed_on=localdate(max(typed)) if typed else None,
            used_on=max(used) if used else None,
        )

    @cached_property
    def _signed(self) -> dict[uuid.UUID, list[datetime]]:
        """By dialogue: when all had answered, for each revision that was presented."""
        rows = (
            Presentation.objects.filter(agreement__dialogue__in=self.dialogues)
            .answered_by_all()
            .annotate(last=Max("signatures__signed_at"))
        )
        found: dict[uuid.UUID, list[datetime]] = defaultdict(list)
        for dialogue, last in rows.values_list("agreement__dialogue", "last"):
            found[dialogue].append(last)
        return found

    @cached_property
    def _being_changed(self) -> set[uuid.UUID]:
        """The dialogues in which the agreement is being written, or waits for signatures."""
        written = Draft.objects.filter(
            dialogue__in=self.dialogues, kind=DraftKind.AGREEMENT, participant=None, envelope__isnull=False
        )
        waiting = Presentation.objects.filter(
            agreement__dialogue__in=self.dialogues, revision=F("agreement__revision")
        ).waiting()
        return {
            *written.values_list("dialogue", flat=True),
            *waiting.values_list("agreement__dialogue", flat=True),
        }

    @cached_property
    def _typed(self) -> dict[uuid.UUID, list[datetime | None]]:
        found: dict[uuid.UUID, list[datetime | None]] = defaultdict(list)
        for key, prepared in self.prepared.items():
            found[self.participants[key].dialogue_id].append(prepared.typed_at)
        return found

    @cached_property
    def _employees(self) -> dict[uuid.UUID, list[Participant]]:
        """By dialogue. One who left it counts only where nobody else is there."""
        found: dict[uuid.UUID, list[Participant]] = defaultdict(list)
        for one in self.participants.values():
            if one.role == Role.EMPLOYEE:
                found[one.dialogue_id].append(one)
        return defaultdict(
            list, {key: [one for one in rows if one.left_at is None] or rows for key, rows in found.items()}
        )

    def _left_on(self, employee: Participant) -> date | None:
        """The employee's last day of work; None while there is one more.

        Of an account that was deleted no employment is left. Then, and where none was ever on record, it is the last
        thing that happened in any of the person's dialogues: the last day on which they are known to have been here.
        """
        if employee.user_id in self._employments:
            ends = self._employments[employee.user_id]
            return None if any(end is None or end >= self.today for end in ends) else max(filter(None, ends))
        return self._last_seen.get(employee.user_key)

    @cached_property
    def _employments(self) -> dict[Any, list[date | None]]:
        users = {one.user_id for one in self._all_employees() if one.user_id is not None}
        found: dict[Any, list[date | None]] = defaultdict(list)
        for user, end in Employment.objects.filter(user__in=users).values_list("user", "end_date"):
            found[user].append(end)
        return dict(found)

    @cached_property
    def _last_seen(self) -> dict[str, date]:
        keys = {one.user_key for one in self._all_employees() if one.user_id not in self._employments}
        if not keys:
            return {}
        parts = list(_as_employee(keys).values_list("user_key", "dialogue"))
        entries = LedgerEntry.objects.filter(chain__in={chain for _key, chain in parts})
        last = dict(
            entries.exclude(event__in=NOT_OF_THE_COURSE)
            .order_by()
            .values("chain")
            .annotate(last=Max("at_us"))
            .values_list("chain", "last")
        )
        seen: dict[str, date] = {}
        for key, chain in parts:
            if chain in last:
                day = localdate(datetime.fromtimestamp(last[chain] / 1_000_000, tz=UTC))
                seen[key] = max(day, seen.get(key, day))
        return seen

    @cached_property
    def _used(self) -> dict[str, date]:
        """By the employee's key: the last step, or the last thing typed, in a talk of theirs that is under way."""
        keys = {one.user_key for one in self._all_employees()}
        rows = (
            _as_employee(keys)
            .filter(dialogue__stage__in=UNDER_WAY)
            .values("user_key")
            .annotate(step=Max("dialogue__stage_since"), typed=Max("dialogue__drafts__saved_at"))
        )
        return {row["user_key"]: localdate(max(filter(None, (row["step"], row["typed"])))) for row in rows.order_by()}

    def _all_employees(self) -> Iterator[Participant]:
        return (one for rows in self._employees.values() for one in rows)


def _as_employee(keys: Iterable[str]) -> Any:
    return Participant.objects.filter(user_key__in=keys, role=Role.EMPLOYEE, left_at=None)


def _form_classes(forms: Collection[int]) -> dict[int, str]:
    """How long each form says today that what is written in it is kept."""
    newest = FormVersion.objects.published().filter(form__in=forms).order_by("number")
    return {form: kept or STANDARD for form, kept in newest.values_list("form", "schema__retention")}


def _newest() -> QuerySet[ConceptVersion, tuple[uuid.UUID, str, str]]:
    same = ConceptVersion.objects.filter(concept__versions=Slot("version", UUIDField()))
    return same.order_by("-number").values_list("pk", "concept__erasure", "concept__sector")[:1]


NEWEST = KeptQuery(_newest)
