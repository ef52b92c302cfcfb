"""The changes of the concepts, and of who was given power: outside of any dialogue, and in the ledger all the same."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.ui.tables import Column

from mus_workflow.history.rules import rule_changes
from mus_workflow.history.timeline import lines_of
from mus_workflow.models import LedgerEntry

from .audit_columns import ActorColumn, HappenedColumn, TimeColumn
from .audit_gate import AuditorOnly
from .keyset_listing import KeysetListing


class AuditRulesView(AuditorOnly, KeysetListing):
    """Who published a concept, and who gave or took the power to audit, answer, keep or count; the newest first."""

    model = LedgerEntry
    page_title = gettext_lazy("Rules and powers")
    header_icon = "cogs"
    index_url_name = "mus_audit:rules"
    index_results_url_name = "mus_audit:rules_results"
    paginate_by = 50
    default_ordering = "-at_us"
    orders = {"at_us": ("at_us", "seq")}
    verbose_name = gettext_lazy("event")
    verbose_name_plural = gettext_lazy("events")

    @cached_property
    def columns(self) -> list[Column]:
        """What is told of a change."""
        return [
            TimeColumn("at", label=_("When")),
            ActorColumn("actor", label=_("Who")),
            HappenedColumn("what", label=_("What happened")),
            Column("number", label=_("Place in the ledger")),
        ]

    def get_base_queryset(self) -> QuerySet[LedgerEntry]:
        """The chains of rules and powers."""
        return rule_changes()

    def paginate_queryset(self, queryset: QuerySet[LedgerEntry], page_size: int) -> Any:
        """The changes of one page, in sentences."""
        paginator, page, rows, more = super().paginate_queryset(queryset, page_size)
        return paginator, page, lines_of(rows), more

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        """From the list of agreements."""
        return self.trail(("", str(self.page_title)))
