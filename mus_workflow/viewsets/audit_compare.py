"""Two revisions of an agreement, or of two years' agreements, question by question."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy
from django.views.generic import TemplateView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from mus_workflow.documents.compare import ADDED, CHANGED, MOVED, REMOVED, REWORDED, SAME, Change
from mus_workflow.history.comparison import Comparison, NoSuchRevision, Which, compare_masked, compare_words
from mus_workflow.history.remarks import Remark, remarks_of
from mus_workflow.history.years import Choice, Years, years_of
from mus_workflow.models import Agreement, Dialogue, ReadingPurpose
from mus_workflow.policies.overview import can_request_grant, live_grant

from .audit_gate import HISTORY, AuditorOnly

KIND_LABELS = {
    ADDED: gettext_lazy("Added"),
    REMOVED: gettext_lazy("Removed"),
    CHANGED: gettext_lazy("Changed"),
    REWORDED: gettext_lazy("Question worded anew"),
    MOVED: gettext_lazy("Moved"),
    SAME: gettext_lazy("Unchanged"),
}


class AuditCompareView(AuditorOnly, WagtailAdminTemplateMixin, TemplateView):
    """Which questions changed, by whom, when and why; and, under a live grant for each dialogue, the words."""

    template_name = "mus_workflow/admin/audit_compare.html"
    page_title = gettext_lazy("Compare revisions")
    header_icon = "history"

    def get_context_data(self, *, dialogue_id: uuid.UUID, **kwargs: Any) -> dict[str, Any]:
        """Asks the policy for each dialogue, records each opening, then compares."""
        self.agreement = self.agreement_or_404(dialogue_id)
        old, new = self._chosen()
        agreements = list({which.agreement.pk: which.agreement for which in (old, new)}.values())
        grants = [live_grant(user=self.request.user, dialogue=one.dialogue, at=timezone.now()) for one in agreements]
        with_words = all(grants)
        for agreement in agreements:
            self.record(agreement, ReadingPurpose.AUDIT if with_words else ReadingPurpose.HISTORY)
        comparison = self._comparison(old, new, with_words=with_words)
        lacking = [one.dialogue for one, grant in zip(agreements, grants, strict=True) if grant is None]
        return {
            **super().get_context_data(**kwargs),
            **compare_form_context(self.years, old, new),
            "agreement": self.agreement,
            "dialogue": self.agreement.dialogue,
            "comparison": comparison,
            "old_reference": old.agreement.dialogue.reference,
            "new_reference": new.agreement.dialogue.reference,
            "changes": [(change, _labels(change)) for change in comparison.changes],
            "counts": [(KIND_LABELS[kind], count) for kind, count in comparison.counts],
            "with_words": with_words,
            "remarks": _remarks(old, new) if with_words and not comparison.erased else [],
            "grants": grants if with_words else [],
            "lacking": [] if with_words else self._may_ask(lacking),
        }

    @cached_property
    def years(self) -> Years:
        """The agreement and those of the employee's other years."""
        return years_of(self.agreement)

    def get_page_subtitle(self) -> str:
        """The reference of the dialogue."""
        return self.agreement.dialogue.reference

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """From the list of agreements and the history."""
        history = reverse(HISTORY, args=[self.agreement.dialogue_id])
        return self.trail((history, self.agreement.dialogue.reference), ("", str(self.page_title)))

    def _chosen(self) -> tuple[Which, Which]:
        """The two revisions asked for; without, the latest and the one before it."""
        latest = self.agreement.revision
        return self._which("from", max(latest - 1, 1)), self._which("to", latest)

    def _which(self, name: str, otherwise: int) -> Which:
        text = self.request.GET.get(name, "")
        which = self.years.which(text) if text else Which(self.agreement, otherwise)
        if which is None:
            raise Http404
        return which

    def _comparison(self, old: Which, new: Which, *, with_words: bool) -> Comparison:
        try:
            return (compare_words if with_words else compare_masked)(old, new)
        except NoSuchRevision:
            raise Http404 from None

    def _may_ask(self, dialogues: Sequence[Dialogue]) -> list[tuple[Dialogue, Any]]:
        now = timezone.now()
        return [(one, can_request_grant(user=self.request.user, dialogue=one, at=now)) for one in dialogues]


def compare_form_context(years: Years, old: Which, new: Which) -> dict[str, Any]:
    """What ``audit_compare_form.html`` shows: the revisions by dialogue, and the two that are chosen."""
    choices = years.choices()
    return {
        "choices": [(name, list(group)) for name, group in groupby(choices, key=lambda choice: choice.reference)],
        "chosen_old": _name(old, choices),
        "chosen_new": _name(new, choices),
    }


def _name(which: Which, choices: Sequence[Choice]) -> str:
    reference = which.agreement.dialogue.reference
    wanted = (reference, which.number)
    return next((choice.name for choice in choices if (choice.reference, choice.number) == wanted), "")


def _labels(change: Change) -> list[tuple[str, Any]]:
    return [(kind, KIND_LABELS[kind]) for kind in change.kinds]


def _remarks(old: Which, new: Which) -> list[tuple[str, Remark]]:
    """(reference, remark) beside the signatures under the two revisions."""
    numbers: dict[Agreement, set[int]] = {}
    for which in (old, new):
        numbers.setdefault(which.agreement, set()).add(which.number)
    return [
        (agreement.dialogue.reference, remark)
        for agreement, revisions in numbers.items()
        for remark in remarks_of(agreement, revisions)
    ]
