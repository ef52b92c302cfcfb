"""Who may write, share and read a preparation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mus_workflow.models import Participant
from mus_workflow.stages import CAN_PREPARE

from .acting import ANOTHERS_NAME, is_oneself
from .dialogues import NOT_TAKING_PART
from .verdict import Verdict, first_no

TOO_EARLY_OR_LATE = _("Preparation is open from the invitation until the agreement is presented for signing.")


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
