"""The dialogue: one course from planning to close."""

from __future__ import annotations

import secrets
import uuid
from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from mus_workflow.stages import ENDED, Stage

from .delegation import Delegation
from .form_definition import Purpose
from .periods import in_period

# No vowels and nothing that is misread: a reference is read aloud on the telephone.
REFERENCE_LETTERS = "BCDFGHJKLMNPQRSTVWXZ23456789"


def new_reference() -> str:
    """A short public number such as MUS-7FK2-QW9H. Random, so it tells nothing of when or for whom."""
    letters = [secrets.choice(REFERENCE_LETTERS) for _letter in range(8)]
    return f"MUS-{''.join(letters[:4])}-{''.join(letters[4:])}"


class Kind(models.TextChoices):
    """What sort of dialogue it is. A group is not a special case: it has more participants."""

    INDIVIDUAL = "INDIVIDUAL", _("Staff development dialogue")
    GROUP = "GROUP", _("Group development dialogue")
    LEADER = "LEADER", _("Leadership development dialogue")


class DialogueQuerySet(models.QuerySet["Dialogue"]):
    """Dialogues by who is looking and where they stand."""

    def visible_to(self, user) -> DialogueQuerySet:
        """Those the person takes part in now. Nobody else sees a dialogue: not HR, not a superuser."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(participants__user=user, participants__left_at=None)

    def arranged_by(self, user, *, today: date) -> DialogueQuerySet:
        """Those the person arranges for a manager: time and place, never content."""
        managers = Delegation.objects.filter(in_period(today), delegate=user).values("manager")
        return self.filter(participants__role=Role.MANAGER, participants__left_at=None, participants__user__in=managers)

    def running(self) -> DialogueQuerySet:
        """Those that have not ended."""
        return self.exclude(stage__in=ENDED)


class Role(models.TextChoices):
    """A participant's part in the dialogue."""

    EMPLOYEE = "EMPLOYEE", _("Employee")
    MANAGER = "MANAGER", _("Manager")


class Dialogue(models.Model):
    """One staff development dialogue. Holds where it stands and when; never a word that was said."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(_("reference"), max_length=16, unique=True, default=new_reference, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.INDIVIDUAL)
    stage = models.CharField(_("step"), max_length=10, choices=Stage.choices, default=Stage.PLANNED)
    stage_since = models.DateTimeField()
    concept_version = models.ForeignKey("ConceptVersion", models.PROTECT, related_name="dialogues")
    unit = models.ForeignKey("Unit", models.PROTECT, related_name="dialogues")
    language = models.CharField(max_length=10, default="da")
    due_date = models.DateField(_("due date"))
    meeting_at = models.DateTimeField(_("time of the talk"), null=True)
    meeting_minutes = models.PositiveSmallIntegerField(default=90)
    meeting_place = models.CharField(_("place"), max_length=200, blank=True)
    invitation_sequence = models.PositiveSmallIntegerField(default=0)
    held_at = models.DateTimeField(null=True)
    previous = models.OneToOneField("self", models.PROTECT, null=True, related_name="next")
    created_at = models.DateTimeField()

    objects = DialogueQuerySet.as_manager()

    class Meta:
        verbose_name = _("dialogue")
        verbose_name_plural = _("dialogues")
        indexes = [
            models.Index(fields=["unit", "stage"]),
            models.Index(fields=["due_date"]),
            models.Index(fields=["held_at"]),
        ]
        permissions = [
            ("audit_agreements", _("Can audit the history of agreements")),
            ("answer_grants", _("Can answer an auditor's request to read an agreement")),
            ("hold_dialogues", _("Can keep a dialogue from being erased")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(stage=Stage.PLANNED) | Q(stage__in=ENDED) | Q(meeting_at__isnull=False),
                name="mus_dialogue_invited_has_time",
            ),
            models.CheckConstraint(
                condition=Q(previous=None) | ~Q(previous=F("id")), name="mus_dialogue_does_not_follow_itself"
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class DialogueLock(models.Model):
    """The row that an action writes first, so that the actions on one dialogue come one after the other."""

    dialogue = models.OneToOneField(Dialogue, models.CASCADE, primary_key=True, related_name="lock")
    taken = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return f"lock {str(self.pk)[:8]}"


class DialogueForm(models.Model):
    """Which frozen form serves which purpose in this dialogue."""

    dialogue = models.ForeignKey(Dialogue, models.CASCADE, related_name="forms")
    purpose = models.CharField(max_length=30, choices=Purpose.choices)
    form_version = models.ForeignKey("FormVersion", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dialogue", "purpose"], name="mus_dialogue_form_once")]

    def __str__(self) -> str:
        return f"{self.purpose} {self.form_version_id}"
