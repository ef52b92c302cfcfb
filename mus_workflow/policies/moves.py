"""When what is being written may go on under another version of its form."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from mus_workflow.models import Dialogue, Draft, DraftKind, Participant, Presentation, SharedPreparation

from .agreements import can_write_agreement
from .items import can_follow_up
from .preparations import can_prepare
from .verdict import Verdict, first_no

SHARED = _("The preparation has been shared, so its questions stay as they were.")
PRESENTED = _("The agreement has been presented, so its questions stay as they were.")


def can_move_preparation(*, participant: Participant | None, draft: Draft | None, dialogue: Dialogue) -> Verdict:
    """Whether a preparation may move: while it can be written, and never once it was shared."""
    may = can_prepare(participant=participant, stage=dialogue.stage)
    if not may:
        return may
    return first_no((not SharedPreparation.objects.filter(preparation__draft=draft).exists(), SHARED))


def can_move_sheet(*, participant: Participant | None, draft: Draft | None, dialogue: Dialogue) -> Verdict:
    """Whether what the parties write together may move: while it can be written, an agreement never once presented."""
    if draft is not None and draft.kind == DraftKind.FOLLOW_UP:
        return can_follow_up(participant=participant, dialogue=dialogue)
    may = can_write_agreement(participant=participant, dialogue=dialogue, draft=draft)
    if not may:
        return may
    return first_no((not Presentation.objects.filter(agreement__dialogue=dialogue).exists(), PRESENTED))
