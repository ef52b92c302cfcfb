"""The revisions of one agreement, and whether they are as they were written."""

from __future__ import annotations

import uuid
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.base import BaseListingView

from mus_workflow.history.chains import Tally
from mus_workflow.history.comparison import Which
from mus_workflow.history.listing import standing_of
from mus_workflow.history.revisions import EVENTS, Revision, history_of, revisions_of
from mus_workflow.history.verification import verify_dialogue
from mus_workflow.history.years import years_of
from mus_workflow.models import Agreement, ReadingPurpose
from mus_workflow.policies.overview import can_request_grant

from .audit_columns import LinkColumn, SignaturesColumn, TimeColumn, WhoColumn
from .audit_compare import compare_form_context
from .audit_gate import HISTORY, AuditorOnly


class RevisionFilterSet(WagtailFilterSet):
    """By what happened, who did it, and when."""

    event = django_filters.ChoiceFilter(
        field_name="history_change_reason", choices=list(EVENTS.items()), label=gettext_lazy("Event")
    )
    who = django_filters.CharFilter(field_name="actor_label", lookup_expr="icontains", label=gettext_lazy("Who"))
    when = django_filters.DateFromToRangeFilter(
        field_name="history_date", label=gettext_lazy("When"), widget=DateRangePickerWidget
    )

    class Meta:
        model = Agreement.history.model
        fields: list[str] = []


class AuditHistoryView(AuditorOnly, BaseListingView):
    """Who recorded each revision, when, what happened, why, and who signed: without a word of the agreement."""

    template_name = "mus_workflow/admin/audit_history.html"
    page_title = gettext_lazy("History")
    header_icon = "history"
    filterset_class = RevisionFilterSet
    paginate_by = 50
    verbose_name = gettext_lazy("revision")
    verbose_name_plural = gettext_lazy("revisions")

    def get(self, request: HttpRequest, *args: Any, dialogue_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        """Record the opening, then show."""
        self.agreement = self.agreement_or_404(dialogue_id)
        self.record(self.agreement, ReadingPurpose.HISTORY)
        return super().get(request, *args, **kwargs)

    @cached_property
    def columns(self) -> list[Column]:
        """What is told of a revision."""
        return [
            Column("number", label=_("Revision")),
            TimeColumn("at", label=_("When")),
            WhoColumn("actor", label=_("Who")),
            Column("event", label=_("Event")),
            Column("reason", label=_("Why")),
            SignaturesColumn("signatures", label=_("Signatures")),
            Column("entry", label=_("Place in the ledger")),
            LinkColumn("compare", label=_("What changed"), accessor=self._comparison),
        ]

    def get_base_queryset(self) -> QuerySet[Any]:
        """The history rows, newest first."""
        return history_of(self.agreement)

    def paginate_queryset(self, queryset: QuerySet[Any], page_size: int) -> Any:
        """The revisions of one page."""
        paginator, page, rows, more = super().paginate_queryset(queryset, page_size)
        page.object_list = revisions_of(self.agreement, rows)
        # Wagtail would name them after the model of the history rows.
        paginator.verbose_name, paginator.verbose_name_plural = self.verbose_name, self.verbose_name_plural
        return paginator, page, page.object_list, more

    def get_page_subtitle(self) -> str:
        """The reference of the dialogue."""
        return self.agreement.dialogue.reference

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """From the list of agreements."""
        return self.trail(("", self.agreement.dialogue.reference))

    def get_index_url(self) -> str:
        """This page."""
        return reverse(HISTORY, args=[self.agreement.dialogue_id])

    def get_index_results_url(self) -> str:
        """The rows alone."""
        return reverse("mus_audit:history_results", args=[self.agreement.dialogue_id])

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds the dialogue and, on the whole page, what a verification found just now."""
        context = super().get_context_data(*args, **kwargs)
        context |= {"agreement": self.agreement, "dialogue": self.agreement.dialogue}
        context["standing"] = standing_of(self.agreement)
        if not self.results_only:
            tally = Tally()
            findings = verify_dialogue(self.agreement.dialogue_id, tally)
            context |= {"findings": findings, "entries": tally.entries, "erased": dict(tally.erased)}
            latest = self.agreement.revision
            old, new = (Which(self.agreement, number) for number in (max(latest - 1, 1), latest))
            context |= compare_form_context(years_of(self.agreement), old, new)
            context["may_ask"] = can_request_grant(
                user=self.request.user, dialogue=self.agreement.dialogue, at=timezone.now()
            )
        return context

    def _comparison(self, revision: Revision) -> tuple[str, str] | None:
        if revision.number < 2:
            return None
        address = reverse("mus_audit:compare", args=[self.agreement.dialogue_id])
        words = _("Compare with revision %(number)s") % {"number": revision.number - 1}
        return f"{address}?from={revision.number - 1}&to={revision.number}", words
