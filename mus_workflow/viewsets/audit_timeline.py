"""A dialogue's timeline: everything that its ledger and its readings tell, in sentences, without a word of content."""

from __future__ import annotations

import uuid
from typing import Any
from urllib.parse import urlencode

import django_filters
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.ui.tables import Column

from mus_workflow.history.keyset import Page, count_up_to
from mus_workflow.history.timeline import KINDS, Line, entries_in, readings_in, timeline
from mus_workflow.models import LedgerEntry, ReadingPurpose

from .audit_columns import ActorColumn, HappenedColumn, LinkColumn, TimeColumn
from .audit_gate import HISTORY, AuditorOnly
from .keyset_listing import COUNTED, KeysetListing

TIMELINE, AS_OF = "mus_audit:timeline", "mus_audit:as_of"


class KindFilterSet(WagtailFilterSet):
    """By what sort of thing happened."""

    kind = django_filters.MultipleChoiceFilter(
        choices=list(KINDS.items()), label=gettext_lazy("What happened"), widget=CheckboxSelectMultiple
    )

    class Meta:
        model = LedgerEntry
        fields: list[str] = []


class AuditTimelineView(AuditorOnly, KeysetListing):
    """Who did what, when, as what, and where it stands in the ledger; the newest first."""

    model = LedgerEntry
    template_name = "mus_workflow/admin/audit_timeline.html"
    page_title = gettext_lazy("Timeline")
    header_icon = "history"
    filterset_class = KindFilterSet
    paginate_by = 50
    verbose_name = gettext_lazy("event")
    verbose_name_plural = gettext_lazy("events")

    def get(self, request: HttpRequest, *args: Any, dialogue_id: uuid.UUID, **kwargs: Any) -> HttpResponse:
        """Record the opening, then show."""
        self.agreement = self.agreement_or_404(dialogue_id)
        self.record(self.agreement, ReadingPurpose.HISTORY)
        return super().get(request, *args, **kwargs)

    @cached_property
    def columns(self) -> list[Column]:
        """What is told of an event."""
        return [
            TimeColumn("at", label=_("When")),
            ActorColumn("actor", label=_("Who")),
            HappenedColumn("what", label=_("What happened")),
            Column("number", label=_("Place in the ledger")),
            LinkColumn("then", label=_("State then"), accessor=self._state_then),
        ]

    def get_base_queryset(self) -> QuerySet[LedgerEntry]:
        """The entries; the readings between them are added to each page."""
        return LedgerEntry.objects.filter(chain=self.agreement.dialogue_id)

    def filter_queryset(self, queryset: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
        """Left to the page: readings are no entries."""
        return queryset

    def page_at(self, queryset: QuerySet[LedgerEntry], position: str, page_size: int) -> Page:
        """The events at a position."""
        return timeline(self.agreement.dialogue, self._kinds, position, page_size)

    def count_of(self, queryset: QuerySet[LedgerEntry]) -> int:
        """How many events there are, counted up to a thousand."""
        parts = (entries_in(self.agreement.dialogue, self._kinds), readings_in(self.agreement.dialogue, self._kinds))
        return sum(count_up_to(part, COUNTED) for part in parts)

    def get_page_subtitle(self) -> str:
        """The reference of the dialogue."""
        return self.agreement.dialogue.reference

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """From the list of agreements and the history."""
        history = reverse(HISTORY, args=[self.agreement.dialogue_id])
        return self.trail((history, self.agreement.dialogue.reference), ("", str(self.page_title)))

    def get_index_url(self) -> str:
        """This page."""
        return reverse(TIMELINE, args=[self.agreement.dialogue_id])

    def get_index_results_url(self) -> str:
        """The rows alone."""
        return reverse("mus_audit:timeline_results", args=[self.agreement.dialogue_id])

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds the dialogue."""
        return {**super().get_context_data(*args, **kwargs), "dialogue": self.agreement.dialogue}

    @cached_property
    def _kinds(self) -> list[str]:
        return self.filters.form.cleaned_data["kind"] if self.filters.is_valid() else []

    def _state_then(self, line: Line) -> tuple[str, str, str]:
        address = reverse(AS_OF, args=[self.agreement.dialogue_id])
        moment = date_format(timezone.localtime(line.at), "SHORT_DATETIME_FORMAT")
        return f"{address}?{urlencode({'at': line.at.isoformat()})}", _("State then"), moment
