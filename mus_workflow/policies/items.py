"""Who may say how it goes with what was agreed."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mus_workflow.models import AgreementItem, Dialogue, Participant
from mus_workflow.stages import Stage

from .dialogues import NOT_TAKING_PART
from .verdict import Verdict, first_no

SETTLED = _("This item has an outcome, so its progress is settled.")


def can_record_progress(*, participant: Participant | None, item: AgreementItem, dialogue: Dialogue) -> Verdict:
    """Whether the participant may record progress on an item of the agreement in force."""
    return first_no(
        (participant, NOT_TAKING_PART),
        (not item.outcome, SETTLED),
        (dialogue.stage == Stage.FOLLOW_UP, _("Progress is recorded from the signing until the dialogue is closed.")),
    )


def can_record_outcome(*, participant: Participant | None, dialogue: Dialogue) -> Verdict:
    """Whether the participant may settle an open item of an earlier dialogue in this one."""
    return first_no(
        (participant, NOT_TAKING_PART),
        (dialogue.stage == Stage.TALK, _("Outcomes of last time's items are recorded in the talk.")),
    )


def can_follow_up(*, participant: Participant | None, dialogue: Dialogue) -> Verdict:
    """Whether the participant may write and record a follow-up."""
    return first_no(
        (participant, NOT_TAKING_PART),
        (
            dialogue.stage == Stage.FOLLOW_UP,
            _("A follow-up is held between the signing and the close of the dialogue."),
        ),
    )
