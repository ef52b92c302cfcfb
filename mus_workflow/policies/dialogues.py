"""Who may plan, invite, accept, begin and end."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet, UUIDField
from django.utils.translation import gettext_lazy as _

from mus_workflow.models import Dialogue, Employment, Participant, Role
from mus_workflow.models.kept_query import KeptQuery, Slot
from mus_workflow.stages import BEFORE_TALK, MOVES, Stage

from .verdict import Verdict, first_no

NOT_TAKING_PART = _("You do not take part in this dialogue.")
ONLY_THE_MANAGER = _("Only the manager, or the person who arranges talks for the manager, can do this.")


def participant_of(user: Any, dialogue: Dialogue) -> Participant | None:
    """The user's present part in the dialogue, or None."""
    return TAKING_PART.first(dialogue=dialogue.pk, user=user.pk) if user.is_authenticated else None


def can_plan(*, user: Any, employment: Employment, today: date) -> Verdict:
    """Whether a new dialogue with this employee may be planned by the user."""
    mine = Employment.objects.filter(pk=employment.pk)
    managed = mine.managed_by(user, today=today) | mine.arranged_by(user, today=today)
    running = Dialogue.objects.filter(
        stage__in=BEFORE_TALK | {Stage.TALK, Stage.SIGN_OFF},
        participants__user=employment.user_id,
        participants__role=Role.EMPLOYEE,
    )
    return first_no(
        (managed.exists(), ONLY_THE_MANAGER),
        (not running.exists(), _("There is already a dialogue under way with this person.")),
    )


def can_arrange(*, user: Any, dialogue: Dialogue, today: date) -> Verdict:
    """Whether the user may set time and place: the manager, or the delegate of the manager."""
    participant = participant_of(user, dialogue)
    arranges = (participant and participant.role == Role.MANAGER) or (
        Dialogue.objects.filter(pk=dialogue.pk).arranged_by(user, today=today).exists()
    )
    return first_no(
        (arranges, ONLY_THE_MANAGER),
        (dialogue.stage in BEFORE_TALK, _("The talk has begun or has been held, so its time is settled.")),
    )


def can_accept(*, participant: Participant | None, dialogue: Dialogue) -> Verdict:
    """Whether this participant may accept the invitation."""
    return first_no(
        (participant, NOT_TAKING_PART),
        (participant and participant.role == Role.EMPLOYEE, _("Only the person who was invited can accept.")),
        (dialogue.stage == Stage.INVITED, _("There is no invitation waiting for an answer.")),
    )


def can_hold_talk(*, participant: Participant | None, dialogue: Dialogue) -> Verdict:
    """Whether this participant may open the talk."""
    return first_no(
        (participant, NOT_TAKING_PART),
        (dialogue.stage != Stage.PLANNED, _("The employee has not been invited yet.")),
        (dialogue.stage in BEFORE_TALK, _("The talk is open already, or has been held.")),
    )


def can_break_off(*, participant: Participant | None, dialogue: Dialogue) -> Verdict:
    """Whether this participant may break off the talk. Either side may."""
    return first_no(
        (participant, NOT_TAKING_PART),
        (dialogue.stage == Stage.TALK, _("There is no open talk to break off.")),
    )


def can_mark_not_held(*, participant: Participant | None, dialogue: Dialogue) -> Verdict:
    """Whether this participant may end the dialogue as not held."""
    return first_no(
        (participant, NOT_TAKING_PART),
        (participant and participant.role == Role.MANAGER, _("Only the manager can end a dialogue as not held.")),
        (
            Stage.NOT_HELD in MOVES[Stage(dialogue.stage)],
            _("The talk has been held, so the dialogue cannot end as not held."),
        ),
    )


def can_close(*, participant: Participant | None, dialogue: Dialogue) -> Verdict:
    """Whether this participant may close the dialogue."""
    waiting = dialogue.drafts.filter(kind="AGREEMENT", envelope__isnull=False).exists()
    return first_no(
        (participant, NOT_TAKING_PART),
        (participant and participant.role == Role.MANAGER, _("Only the manager can close a dialogue.")),
        (dialogue.stage == Stage.FOLLOW_UP, _("A dialogue can be closed when all have answered its agreement.")),
        (not waiting, _("A change of the agreement is being written. Sign it or drop it first.")),
    )


def _taking_part() -> QuerySet[Participant]:
    user = Participant._meta.get_field("user").target_field
    present = Participant.objects.present().filter(dialogue=Slot("dialogue", UUIDField()))
    return present.filter(user=Slot("user", user)).order_by("pk")[:1]


TAKING_PART = KeptQuery(_taking_part)
