"""Two revisions of an agreement, question by question."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from mus_workflow.history.comparison import NoSuchRevision, compare_masked, compare_words
from mus_workflow.history.remarks import remarks_of
from mus_workflow.models import Grant, ReadingPurpose
from mus_workflow.policies.overview import can_read_words, can_request_grant

from .audit_gate import HISTORY, AuditorOnly

KINDS = {
    "ADDED": gettext_lazy("Added"),
    "REMOVED": gettext_lazy("Removed"),
    "CHANGED": gettext_lazy("Changed"),
    "SAME": gettext_lazy("Unchanged"),
}


class AuditCompareView(AuditorOnly, WagtailAdminTemplateMixin, TemplateView):
    """Which questions changed, by whom, when and why; and, under a live grant, the words."""

    template_name = "mus_workflow/admin/audit_compare.html"
    page_title = gettext_lazy("Compare revisions")
    header_icon = "history"

    def get_context_data(self, *, dialogue_id: uuid.UUID, **kwargs: Any) -> dict[str, Any]:
        """Asks the policy, records the opening, then compares."""
        self.agreement = agreement = self.agreement_or_404(dialogue_id)
        user, now, dialogue = self.request.user, timezone.now(), agreement.dialogue
        with_words = can_read_words(user=user, dialogue=dialogue, at=now)
        self.record(agreement, ReadingPurpose.AUDIT if with_words else ReadingPurpose.HISTORY)
        old, new = self._chosen()
        try:
            comparison = (compare_words if with_words else compare_masked)(agreement, old, new)
        except NoSuchRevision:
            raise Http404 from None
        return {
            **super().get_context_data(**kwargs),
            "agreement": agreement,
            "dialogue": dialogue,
            "comparison": comparison,
            "changes": [(change, KINDS[change.kind]) for change in comparison.changes],
            "with_words": bool(with_words),
            "remarks": remarks_of(agreement, (old, new)) if with_words and not comparison.erased else [],
            "grant": Grant.objects.live(at=now).filter(dialogue=dialogue, auditor=user).first() if with_words else None,
            "may_ask": can_request_grant(user=user, dialogue=dialogue, at=now),
        }

    def get_page_subtitle(self) -> str:
        """The reference of the dialogue."""
        return self.agreement.dialogue.reference

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """From the list of agreements and the history."""
        history = reverse(HISTORY, args=[self.agreement.dialogue_id])
        return self.trail((history, self.agreement.dialogue.reference), ("", str(self.page_title)))

    def _chosen(self) -> tuple[int, int]:
        """The two revisions asked for; without, the latest and the one before it."""
        latest = self.agreement.revision
        return self._number("from", max(latest - 1, 1)), self._number("to", latest)

    def _number(self, name: str, otherwise: int) -> int:
        text = self.request.GET.get(name, "")
        if not text:
            return otherwise
        if not (text.isascii() and text.isdigit() and len(text) <= 9):
            raise Http404
        return int(text)
