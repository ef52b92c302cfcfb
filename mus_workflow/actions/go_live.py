"""Make what editors write live from a given moment."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from mus_workflow.models import Concept, FormDefinition


def go_live(*, content: FormDefinition | Concept, by: Any, at: datetime) -> None:
    """Save the content as live from this moment, with a revision that editors can go back to. Part of an action.

    Wagtail's own publishing would take the time from the clock, and what is frozen would seem older than what is live.
    """
    content.live = True
    content.first_published_at = content.first_published_at or at
    content.last_published_at = at
    content.save()
    content.live_revision = content.save_revision(user=by)
    content.has_unpublished_changes = False
    content.save()
