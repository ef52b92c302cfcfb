"""Point the concept to the guide."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from wagtail.models import Page

from mus_workflow.models import Concept

from .go_live import go_live
from .publish_concept import publish_concept


@transaction.atomic
def set_guide_root(*, page: Page, by: Any, at: datetime) -> Concept | None:
    """Let the dialogues planned from now on link to this guide; None when no concept is used for new dialogues.

    What an editor has drafted and not published stays a draft, with the same guide.
    """
    concept = Concept.objects.filter(live=True, is_default=True).order_by("-pk").first()
    if concept is None or concept.guide_root_id == page.pk:
        return concept
    draft = concept.get_latest_revision_as_object() if concept.has_unpublished_changes else None
    concept.guide_root = page
    go_live(content=concept, by=by, at=at)
    publish_concept(concept=concept, by=by, at=at)
    if draft:
        draft.guide_root = page
        draft.save_revision(user=by, clean=False)
    return concept
