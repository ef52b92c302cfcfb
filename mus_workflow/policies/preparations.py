"""Who may write, share and read a preparation."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from mus_workflow.models import Draft, Participant, SharedPreparation
from mus_workflow.stages import CAN_PREPARE, Stage

from .acting import ANOTHERS_NAME, is_oneself
from .dialogues import NOT_TAKING_PART
from .verdict import Verdict, first_no

TOO_EARLY_OR_LATE = _("Preparation is open from the invitation until the agreement is presented for signing.")


# Before the invitation there is nothing to share, and a dialogue that was not held has nothing to talk about.
SHOWS_SHARED = frozenset(Stage) - {Stage.PLANNED, Stage.NOT_HELD}


def can_open_draft(*, participant: Participant, draft: Draft) -> Verdict:
    """Whether the participant may open what is being typed: their own, and what all of them write together."""
    is_present = participant.left_at is None and participant.dialogue_id == draft.dialogue_id
    return first_no(
        (is_present, NOT_TAKING_PART),
        (draft.participant_id in (None, participant.pk), _("What somebody prepares is for them alone.")),
    )


def shared_with(participant: Participant, *, stage: str) -> QuerySet[SharedPreparation]:
    """The shared copies that the participant may read now, their own among them."""
    if stage not in SHOWS_SHARED:
        return SharedPreparation.objects.none()
    return SharedPreparation.objects.readable_by(participant)


def can_prepare(*, participant: Participant | None, stage: str) -> Verdict:
    """Whether the participant may write in their own preparation now."""
    return first_no(
        (participant, NOT_TAKING_PART),
        (is_oneself(), ANOTHERS_NAME),
        (stage in CAN_PREPARE, TOO_EARLY_OR_LATE),
    )


def can_share(*, participant: Participant | None, stage: str) -> Verdict:
    """Whether the participant may share from their own preparation now."""
    return can_prepare(participant=participant, stage=stage)


def can_withdraw(*, participant: Participant | None, shared: bool, stage: str) -> Verdict:
    """Whether the participant may take back what they shared: at any time before the agreement is presented."""
    return first_no(
        (participant, NOT_TAKING_PART),
        (is_oneself(), ANOTHERS_NAME),
        (shared, _("Nothing of your preparation is shared.")),
        (stage in CAN_PREPARE, _("The agreement has been presented, so what was shared can no longer be taken back.")),
    )
