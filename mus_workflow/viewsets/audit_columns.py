"""Columns of the auditor's tables."""

from __future__ import annotations

from typing import Any

from django.middleware.csrf import get_token
from wagtail.admin.ui.tables import Column


class TimeColumn(Column):
    """A moment in full: an auditor needs the minute, not “yesterday”."""

    cell_template_name = "mus_workflow/admin/time_cell.html"


class WhoColumn(Column):
    """Who made a revision, and as what."""

    cell_template_name = "mus_workflow/admin/who_cell.html"


class SignaturesColumn(Column):
    """Who has signed a revision, and when."""

    cell_template_name = "mus_workflow/admin/signatures_cell.html"


class LinkColumn(Column):
    """A link. The accessor gives (address, words, what only a screen reader needs to tell it from others), or None."""

    cell_template_name = "mus_workflow/admin/link_cell.html"


class FormColumn(Column):
    """One in whose cells something can be decided."""

    def get_cell_context_data(self, instance: Any, parent_context: dict[str, Any]) -> dict[str, Any]:
        """Adds the token of the form: a cell is rendered without the page's context."""
        context = super().get_cell_context_data(instance, parent_context)
        return {**context, "csrf_token": get_token(parent_context["request"])}


class ActorColumn(Column):
    """Who did it, as what, and who acted under that name."""

    cell_template_name = "mus_workflow/admin/actor_cell.html"


class HappenedColumn(Column):
    """What happened, how much it was, and why."""

    cell_template_name = "mus_workflow/admin/happened_cell.html"


class AnswerColumn(FormColumn):
    """How a request for a grant stands, or the two ways to answer it."""

    cell_template_name = "mus_workflow/admin/grant_answer_cell.html"


class HoldColumn(FormColumn):
    """Whether a hold stands, with the way to lift it."""

    cell_template_name = "mus_workflow/admin/hold_cell.html"
