"""Who may open a file."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from mus_workflow.models import Participant, SealedFile

from .dialogues import NOT_TAKING_PART
from .verdict import Verdict, first_no


def can_open_file(*, participant: Participant | None, file: SealedFile, shared: Collection[str]) -> Verdict:
    """Whether the participant may open a file of their dialogue: their own, a joint one, or a shared one.

    ``shared`` are the ids of the files in the copies that the participant may read now.
    """
    is_theirs = participant is not None and file.participant_id in (None, participant.pk)
    return first_no(
        (participant, NOT_TAKING_PART),
        (is_theirs or str(file.pk) in shared, _("This file is not shared with you.")),
    )
