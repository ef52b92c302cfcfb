"""Who may keep a dialogue from being erased, and let go of it again."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import QuerySet, UUIDField
from django.utils.translation import gettext_lazy as _

from mus_workflow.models import Dialogue, LegalHold, Participant
from mus_workflow.models.kept_query import KeptQuery, Slot

from .acting import is_oneself
from .overview import HOLD
from .verdict import Verdict, first_no

NOT_YOURS = _("Only somebody who looks after data protection can do this.")
OWN_DIALOGUE = _("You take part in this dialogue, so somebody else must decide.")


def may_hold(user: Any) -> bool:
    """Whether the user decides on holds. A superuser does not by being one: somebody gave them that task, or nobody."""
    may = user.is_authenticated and user.is_active and not user.is_superuser and user.has_perm(HOLD)
    return bool(may and is_oneself())


def is_held(dialogue: Dialogue) -> bool:
    """Whether a hold keeps the dialogue from being erased."""
    return HELD.first(dialogue=dialogue.pk) is not None


def can_place_hold(*, user: Any, dialogue: Dialogue) -> Verdict:
    """Whether the user may keep this dialogue from being erased."""
    return first_no(
        (may_hold(user), NOT_YOURS),
        (not _takes_part(user, dialogue), OWN_DIALOGUE),
        (not is_held(dialogue), _("This dialogue is kept by a hold already.")),
    )


def can_lift_hold(*, user: Any, hold: LegalHold) -> Verdict:
    """Whether the user may let the rules go on for this dialogue."""
    return first_no(
        (may_hold(user), NOT_YOURS),
        (not _takes_part(user, hold.dialogue), OWN_DIALOGUE),
        (hold.lifted_at is None, _("This hold has been lifted.")),
    )


def _takes_part(user: Any, dialogue: Dialogue) -> bool:
    return Participant.objects.filter(user=user, dialogue=dialogue).exists()


def _standing() -> QuerySet[LegalHold, uuid.UUID]:
    return LegalHold.objects.standing().filter(dialogue=Slot("dialogue", UUIDField())).values_list("pk", flat=True)[:1]


HELD = KeptQuery(_standing)
