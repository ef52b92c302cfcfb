"""What an auditor may take out as evidence: hashes of everything, and words under a grant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from mus_workflow.models import Dialogue, Event, Grant, GrantScope

from .overview import NOT_AN_AUDITOR, can_read_words, is_auditor
from .verdict import Verdict, first_no

# The events whose payloads a grant opens. What is not named here leaves the house for nobody: what was shared of a
# preparation, why a talk was not held, where it was to be, and why another auditor asked.
AGREEMENT = frozenset(
    {
        Event.CREATED,
        Event.STAGE_CHANGED,
        Event.FORM_BOUND,
        Event.FORM_MOVED,
        Event.REVISION_SAVED,
        Event.PRESENTED,
        Event.TAKEN_BACK,
        Event.AMENDMENT_BEGUN,
        Event.AMENDMENT_DROPPED,
        Event.SIGNED,
        Event.DECLINED,
    }
)
# An item's state tells how far it has come, which is the follow-up's.
COURSE = AGREEMENT | {Event.ITEM_SET, Event.PROGRESS_RECORDED, Event.OUTCOME_RECORDED, Event.FOLLOWED_UP}
OPENED = {GrantScope.AGREEMENT.value: AGREEMENT, GrantScope.COURSE.value: COURSE}


def can_take_out(*, user: Any, dialogue: Dialogue) -> Verdict:
    """Whether the user may take out the chain of this dialogue: ids, times and hashes."""
    return first_no(
        (is_auditor(user), NOT_AN_AUDITOR),
        (hasattr(dialogue, "agreement"), _("There is no agreement here yet.")),
    )


def can_take_out_words(*, user: Any, dialogue: Dialogue, at: datetime) -> Verdict:
    """Whether the user may take out words of this dialogue with it."""
    verdict = can_take_out(user=user, dialogue=dialogue)
    return verdict and can_read_words(user=user, dialogue=dialogue, at=at)


def opened_events(*, user: Any, dialogue: Dialogue, at: datetime) -> frozenset[str]:
    """The events whose payloads the user's grants open now; none without a grant."""
    if not can_take_out_words(user=user, dialogue=dialogue, at=at):
        return frozenset()
    scopes = Grant.objects.live(at=at).filter(dialogue=dialogue, auditor=user).values_list("scope", flat=True)
    return frozenset(event.value for scope in scopes for event in OPENED[scope])
