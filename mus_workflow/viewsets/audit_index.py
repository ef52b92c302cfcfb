"""The auditor's list of agreements: metadata only."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic.base import BaseListingView
from wagtail.admin.widgets.button import HeaderButton

from mus_workflow.history.listing import agreements_for_audit, not_in_force
from mus_workflow.models import Agreement, Unit
from mus_workflow.stages import Stage

from .audit_columns import TimeColumn
from .audit_gate import HISTORY, INDEX, AuditorOnly

SIGNING = [
    ("unsigned", gettext_lazy("The latest revision lacks a signature")),
    ("signed", gettext_lazy("The latest revision is in force")),
]


class AgreementFilterSet(WagtailFilterSet):
    """By unit with those below it, step, signing, and when it was last revised."""

    unit = django_filters.ModelChoiceFilter(
        queryset=Unit.objects.order_by("path"), label=gettext_lazy("Unit"), method="in_unit"
    )
    stage = django_filters.MultipleChoiceFilter(
        field_name="dialogue__stage", choices=Stage.choices, label=gettext_lazy("Step"), widget=CheckboxSelectMultiple
    )
    signing = django_filters.ChoiceFilter(choices=SIGNING, label=gettext_lazy("Signing"), method="by_signing")
    revised_at = django_filters.DateFromToRangeFilter(label=gettext_lazy("Last revised"), widget=DateRangePickerWidget)

    class Meta:
        model = Agreement
        fields: list[str] = []

    def in_unit(self, queryset: QuerySet[Agreement], name: str, unit: Unit) -> QuerySet[Agreement]:
        """Those of a unit and everything below it."""
        return queryset.filter(dialogue__unit__path__startswith=unit.path)

    def by_signing(self, queryset: QuerySet[Agreement], name: str, value: str) -> QuerySet[Agreement]:
        """Those whose latest revision is in force, or is not."""
        waiting = not_in_force(queryset)
        return waiting if value == "unsigned" else queryset.exclude(pk__in=waiting.values("pk"))


class AuditIndexView(AuditorOnly, BaseListingView):
    """Agreements by reference, unit, step, signing and date."""

    model = Agreement
    page_title = gettext_lazy("Agreements")
    header_icon = "history"
    index_url_name = INDEX
    index_results_url_name = "mus_audit:index_results"
    filterset_class = AgreementFilterSet
    paginate_by = 50
    is_searchable = True
    search_fields = ["dialogue__reference"]
    default_ordering = "-revised_at"
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
                get_url=lambda agreement: reverse(HISTORY, args=[agreement.dialogue_id]),
            ),
            Column("unit", label=_("Unit"), accessor="dialogue.unit.name", sort_key="dialogue__unit__name"),
            Column("stage", label=_("Step"), accessor="dialogue.get_stage_display"),
            Column("revision", label=_("Revisions"), sort_key="revision"),
            Column("signatures", label=_("Signatures"), accessor=_signatures),
            Column(
                "in_force", label=_("Revision in force"), accessor=lambda agreement: agreement.in_force or _("None")
            ),
            TimeColumn("revised_at", label=_("Last revised"), sort_key="revised_at"),
            TimeColumn("held_at", label=_("Talk held"), accessor="dialogue.held_at", sort_key="dialogue__held_at"),
        ]

    @cached_property
    def header_buttons(self) -> list[HeaderButton]:
        """The way to the grants."""
        return [HeaderButton(_("Grants"), url=reverse("mus_audit:grants"), icon_name="key")]

    def get_base_queryset(self) -> QuerySet[Agreement]:
        """What an auditor may see."""
        return agreements_for_audit(self.request.user)


def _signatures(agreement: Any) -> str:
    if not agreement.parties:
        return _("Not presented")
    return _("%(signed)s of %(parties)s") % {"signed": agreement.signed, "parties": agreement.parties}
