"""The auditor's list of agreements: metadata only."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.widgets.button import HeaderButton

from mus_workflow.history.health import health
from mus_workflow.history.listing import History, Standing, latest_revisions_for_audit, standings
from mus_workflow.stages import Stage

from .audit_columns import TimeColumn
from .audit_filters import AgreementFilterSet
from .audit_gate import HISTORY, INDEX, AuditorOnly
from .keyset_listing import KeysetListing

# As it is written on paper and said on the telephone: in small letters and without its hyphens too.
REFERENCE = re.compile(r"(?:MUS)?[-\s]*([B-Z2-9]{4})[-\s]*([B-Z2-9]{4})", re.ASCII)


class AuditIndexView(AuditorOnly, KeysetListing):
    """Agreements by reference, unit, step, signatures and dates."""

    model = History
    template_name = "mus_workflow/admin/audit_index.html"
    page_title = gettext_lazy("Agreements")
    header_icon = "history"
    index_url_name = INDEX
    index_results_url_name = "mus_audit:index_results"
    filterset_class = AgreementFilterSet
    paginate_by = 50
    is_searchable = True
    default_ordering = "-history_date"
    orders = {
        "history_date": ("history_date", "history_id"),
        "dialogue__reference": ("dialogue__reference",),
    }
    verbose_name = gettext_lazy("agreement")
    verbose_name_plural = gettext_lazy("agreements")

    @cached_property
    def columns(self) -> list[Column]:
        """What is told of an agreement: nothing of what it says, and nobody's name."""
        return [
            TitleColumn(
                "reference",
                label=_("Reference"),
                accessor="dialogue.reference",
                sort_key="dialogue__reference",
                get_url=lambda row: reverse(HISTORY, args=[row.dialogue_id]),
            ),
            Column("unit", label=_("Unit"), accessor="dialogue.unit.name"),
            Column("stage", label=_("Step"), accessor=lambda row: Stage(row.dialogue.stage).label),
            Column("revision", label=_("Revisions")),
            Column("signatures", label=_("Signatures"), accessor=lambda row: signing_of(row.standing)),
            Column(
                "in_force",
                label=_("Revision in force"),
                accessor=lambda row: row.standing.in_force or _("None"),
            ),
            TimeColumn("history_date", label=_("Last revised"), sort_key="history_date"),
            TimeColumn("held_at", label=_("Talk held"), accessor="dialogue.held_at"),
        ]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The ways to the bundle, to the grants and to the rules."""
        return [
            HeaderButton(_("Evidence bundle"), url=reverse("mus_audit:bundle"), icon_name="download"),
            HeaderButton(_("Grants"), url=reverse("mus_audit:grants"), icon_name="key"),
            HeaderButton(_("Rules and powers"), url=reverse("mus_audit:rules"), icon_name="cogs"),
        ]

    def get_context_data(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Adds, on the whole page, how the evidence is looked after."""
        context = super().get_context_data(*args, **kwargs)
        return context if self.results_only else {**context, "health": health(timezone.now())}

    def get_base_queryset(self) -> QuerySet[Any]:
        """What an auditor may see."""
        return latest_revisions_for_audit(self.request.user)

    def search_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """By reference: a whole one is looked up, a part of one is looked for."""
        if not self.is_searching:
            return queryset
        wanted = self.search_query.strip().upper()
        whole = REFERENCE.fullmatch(wanted)
        if whole:
            return queryset.filter(dialogue__reference=f"MUS-{whole[1]}-{whole[2]}")
        return queryset.filter(dialogue__reference__contains=wanted)

    def paginate_queryset(self, queryset: QuerySet[Any], page_size: int) -> Any:
        """The agreements of one page, each with its standing."""
        paginator, page, rows, more = super().paginate_queryset(queryset, page_size)
        found = standings({row.id: row.revision for row in rows})
        for row in rows:
            row.standing = found[row.id]
        return paginator, page, rows, more


def signing_of(standing: Standing) -> str:
    """How far the signing of the latest revision is, in words."""
    if not standing.parties:
        return _("Not presented")
    told = _("%(signed)s of %(parties)s") % {"signed": standing.signed, "parties": standing.parties}
    if standing.declined:
        told = _("%(told)s, %(count)s declined") % {"told": told, "count": standing.declined}
    if standing.taken_back:
        told = _("%(told)s, taken back") % {"told": told}
    return told
