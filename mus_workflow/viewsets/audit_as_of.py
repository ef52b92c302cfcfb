"""How a dialogue stood at a moment that the auditor chooses."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from mus_workflow.history.as_of import DECLINED, SAVED, SIGNED, TAKEN_BACK, WAITING, state_as_of
from mus_workflow.models import ReadingPurpose
from mus_workflow.stages import Stage

from .audit_gate import HISTORY, AuditorOnly
from .audit_timeline import TIMELINE

TIMELINE_TITLE = gettext_lazy("Timeline")
STATES = {
    SAVED: gettext_lazy("Saved, not presented"),
    WAITING: gettext_lazy("Waits for signatures"),
    TAKEN_BACK: gettext_lazy("Taken back"),
    SIGNED: gettext_lazy("Signed by all parties"),
    DECLINED: gettext_lazy("Answered by all, and not signed by all"),
}


class MomentForm(forms.Form):
    """A day and a time of day."""

    at = forms.DateTimeField(
        label=gettext_lazy("As of"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
        input_formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"],
    )


class AuditAsOfView(AuditorOnly, WagtailAdminTemplateMixin, TemplateView):
    """Which revision stood, which was in force, the step, who took part, and how many items were open."""

    template_name = "mus_workflow/admin/audit_as_of.html"
    page_title = gettext_lazy("State as of a date")
    header_icon = "date"

    def get_context_data(self, *, dialogue_id: uuid.UUID, **kwargs: Any) -> dict[str, Any]:
        """Records the opening, then looks up."""
        self.agreement = self.agreement_or_404(dialogue_id)
        at = self._moment()
        self.record(self.agreement, ReadingPurpose.HISTORY)
        state = state_as_of(self.agreement, at)
        return {
            **super().get_context_data(**kwargs),
            "dialogue": self.agreement.dialogue,
            "form": MomentForm(initial={"at": timezone.localtime(at)}),
            "state": state,
            "stage": Stage(state.stage).label if state.stage else "",
            "standing": STATES.get(state.agreement.state, ""),
        }

    def get_page_subtitle(self) -> str:
        """The reference of the dialogue."""
        return self.agreement.dialogue.reference

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """From the list of agreements, the history and the timeline."""
        dialogue = self.agreement.dialogue
        history, timeline = (reverse(name, args=[dialogue.pk]) for name in (HISTORY, TIMELINE))
        return self.trail((history, dialogue.reference), (timeline, str(TIMELINE_TITLE)), ("", str(self.page_title)))

    def _moment(self) -> datetime:
        """The moment asked for: to the microsecond from a link, to the second from the form; without one, now."""
        text = self.request.GET.get("at", "")
        if not text:
            return timezone.now()
        try:
            at = parse_datetime(text)
            at = timezone.make_aware(at) if at is not None and timezone.is_naive(at) else at
            in_time = at is not None and 1970 <= timezone.localtime(at).year < 3000
        except (ValueError, OverflowError):
            raise Http404 from None
        if at is None or not in_time:
            raise Http404
        return at
