"""What is being typed: never history, never evidence."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When

from .form_move import FormMove
from .kept_query import KeptQuery, KeptUpdate, Slot, only_a_write_holds
from .sealed_field import SealedField


class DraftKind(models.TextChoices):
    """What the draft becomes."""

    PREPARATION = "PREPARATION"
    AGREEMENT = "AGREEMENT"
    FOLLOW_UP = "FOLLOW_UP"


class DraftManager(models.Manager["Draft"]):
    """Finds and writes the drafts, by queries that are kept: somebody saves every few seconds."""

    def preparation_of(self, user: Any, *, dialogue: uuid.UUID) -> Draft | None:
        """The preparation that the person, present, writes in this dialogue, with what is shared of it.

        Its form version comes without the schema.
        """
        return PREPARATION.first(user=user.pk, dialogue=dialogue)

    def form_of(self, user: Any, *, dialogue: uuid.UUID) -> tuple[uuid.UUID, str, int, str] | None:
        """Whose preparation that is, and which form: participant's id and role, form version's id and digest."""
        return FORM.first(user=user.pk, dialogue=dialogue)

    def of_participant(self, participant: models.Model) -> Draft | None:
        """The participant's preparation, whether they are still present or not; its form version without the schema."""
        return OF_PARTICIPANT.first(participant=participant.pk)

    def held_preparation_of(self, user: Any, *, dialogue: uuid.UUID) -> Draft | None:
        """The same, held until the transaction ends."""
        # The lock comes before the version is read, or with it.
        if only_a_write_holds(Draft) and not HOLD_PREPARATION.run(user=user.pk, dialogue=dialogue):
            return None
        return HELD_PREPARATION.first(user=user.pk, dialogue=dialogue)

    def held_in_common(self, kind: DraftKind, *, dialogue: uuid.UUID) -> Draft | None:
        """What the dialogue's participants write together, held until the transaction ends."""
        # Who moves the dialogue may hold it too. Only a statement after the wait sees where the dialogue stands then.
        if not HOLD_COMMON.run(kind=kind, dialogue=dialogue):
            return None
        return COMMON.first(kind=kind, dialogue=dialogue)

    def write(self, draft: Draft, *, version: int, saved_at: datetime, envelope: bytes) -> None:
        """Write what a save changes, and nothing else. The caller holds the draft."""
        WRITE.run(pk=draft.pk, version=version, saved_at=saved_at, envelope=envelope)


class Draft(models.Model):
    """Sealed text in progress. ``participant`` owns it; None where the dialogue's participants write it together.

    Sealed body: ``{"answers": {id: {"value", "version", "by"}}, "sharing": {id: bool}, "items": {id: {"fields": {name:
    value}, "version", "by", "position"}}, "change_note": str, "requests": {request id: version}}``. One that went on
    under another version of its form has more: see ``documents.moves``.
    """

    moves_to: int | None = None  # where a query asks for it

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dialogue = models.ForeignKey("Dialogue", models.PROTECT, related_name="drafts")
    participant = models.ForeignKey("Participant", models.PROTECT, null=True, related_name="drafts")
    kind = models.CharField(max_length=12, choices=DraftKind.choices)
    form_version = models.ForeignKey("FormVersion", models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(default=0)
    envelope = SealedField(null=True)
    saved_at = models.DateTimeField(null=True)

    objects = DraftManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["dialogue", "kind"], condition=Q(participant=None), name="mus_draft_shared_once"
            ),
            models.UniqueConstraint(
                fields=["participant", "kind"],
                condition=Q(participant__isnull=False),
                name="mus_draft_of_participant_once",
            ),
        ]

    def __str__(self) -> str:
        return f"draft {str(self.pk)[:8]}"


def moves_to(where: Q) -> Case:
    """For a query of drafts: the version that a draft goes on under when it is next opened. None: it stays.

    Only for drafts for which ``where`` is so. The draft's own version where an editor decided that it stays.
    """
    decided = FormMove.objects.filter(from_version=OuterRef("form_version")).order_by("-pk")
    return Case(When(where, then=Subquery(decided.values("to_version")[:1])))


def _in_dialogue() -> QuerySet[Draft]:
    return Draft.objects.filter(dialogue=Slot("dialogue", models.UUIDField()))


def _of_person() -> QuerySet[Draft]:
    participant = Draft._meta.get_field("participant").related_model
    user = participant._meta.get_field("user").target_field
    mine = _in_dialogue().filter(kind=DraftKind.PREPARATION)
    return mine.filter(participant__user=Slot("user", user), participant__left_at=None)


def _of_participant() -> QuerySet[Draft]:
    return Draft.objects.filter(kind=DraftKind.PREPARATION, participant=Slot("participant", models.UUIDField()))


def _in_common() -> QuerySet[Draft]:
    return _in_dialogue().filter(kind=Slot("kind", models.CharField()), participant=None)


def _written() -> tuple[QuerySet[Draft], dict[str, Any]]:
    new = {name: Slot(name, Draft._meta.get_field(name)) for name in ("version", "saved_at", "envelope")}
    return Draft.objects.filter(pk=Slot("pk", models.UUIDField())), new


def _whole(drafts: QuerySet[Draft]) -> QuerySet[Draft]:
    related = drafts.select_related("form_version", "participant", "dialogue")
    return related.defer("form_version__schema")[:1]


def _on_opening(drafts: QuerySet[Draft]) -> QuerySet[Draft]:
    """A preparation that was never shared may go on under another version of its form."""
    shared = drafts.select_related("preparation__shared")
    return _whole(shared.annotate(moves_to=moves_to(Q(preparation__shared=None))))


def _narrow(drafts: QuerySet[Draft]) -> QuerySet[Draft]:
    """What a save needs to know."""
    own = ("kind", "form_version", "version", "saved_at", "envelope")
    related = drafts.select_related("participant", "dialogue")
    return related.only(*own, "participant__role", "participant__user", "dialogue__stage")[:1]


def _form(drafts: QuerySet[Draft]) -> QuerySet[Draft, tuple[uuid.UUID, str, int, str]]:
    return drafts.values_list("participant", "participant__role", "form_version", "form_version__digest")[:1]


PREPARATION = KeptQuery(lambda: _on_opening(_of_person()))
FORM = KeptQuery(lambda: _form(_of_person()))
HELD_PREPARATION = KeptQuery(lambda: _narrow(_of_person()).select_for_update(of=("self",)))
HOLD_PREPARATION = KeptUpdate(lambda: (_of_person(), {"version": F("version")}))
OF_PARTICIPANT = KeptQuery(lambda: _whole(_of_participant()))
COMMON = KeptQuery(lambda: _whole(_in_common()))
HOLD_COMMON = KeptUpdate(lambda: (_in_common(), {"version": F("version")}))
WRITE = KeptUpdate(_written)
