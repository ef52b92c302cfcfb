"""What was written in a dialogue's follow-up, for an auditor whose grant covers it."""

from __future__ import annotations

import uuid
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from mus_workflow.history.course import follow_ups_of, items_of
from mus_workflow.models import GrantScope, ReadingPurpose
from mus_workflow.policies.overview import can_read_course, can_request_grant, live_grant

from .audit_gate import HISTORY, AuditorOnly


class AuditCourseView(AuditorOnly, WagtailAdminTemplateMixin, TemplateView):
    """Follow-ups, progress and outcomes in words; without a grant that covers them, how to get one."""

    template_name = "mus_workflow/admin/audit_course.html"
    page_title = gettext_lazy("Follow-up")
    header_icon = "list-ul"

    def get_context_data(self, *, dialogue_id: uuid.UUID, **kwargs: Any) -> dict[str, Any]:
        """Asks the policy and records the opening before anything is opened."""
        self.agreement = self.agreement_or_404(dialogue_id)
        user, dialogue, now = self.request.user, self.agreement.dialogue, timezone.now()
        may_read = can_read_course(user=user, dialogue=dialogue, at=now)
        context = {**super().get_context_data(**kwargs), "dialogue": dialogue, "may_read": may_read}
        if not may_read:
            may_ask = can_request_grant(user=user, dialogue=dialogue, at=now, scope=GrantScope.COURSE)
            return {**context, "may_ask": may_ask}
        self.record(self.agreement, ReadingPurpose.AUDIT)
        return {
            **context,
            "grant": live_grant(user=user, dialogue=dialogue, at=now),
            "follow_ups": follow_ups_of(self.agreement),
            "items": items_of(self.agreement),
        }

    def get_page_subtitle(self) -> str:
        """The reference of the dialogue."""
        return self.agreement.dialogue.reference

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """From the list of agreements and the history."""
        history = reverse(HISTORY, args=[self.agreement.dialogue_id])
        return self.trail((history, self.agreement.dialogue.reference), ("", str(self.page_title)))
