"""What the auditor's list of agreements is filtered by."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy
from django_filters.fields import ModelChoiceField
from wagtail.admin.filters import DateRangePickerWidget, WagtailFilterSet

from mus_workflow.history.listing import History, by_signing
from mus_workflow.models import Concept, Unit
from mus_workflow.stages import Stage

SIGNING = [
    ("signed", gettext_lazy("The latest revision is in force")),
    ("unsigned", gettext_lazy("The latest revision lacks a signature")),
    ("waiting", gettext_lazy("The latest revision waits for signatures")),
    ("saved", gettext_lazy("The latest revision was not presented")),
    ("taken_back", gettext_lazy("The latest revision was taken back")),
    ("refused", gettext_lazy("A party did not agree to the latest revision")),
]


class UnitField(ModelChoiceField):
    """A unit out of the tree, each set in under the one it belongs to."""

    def label_from_instance(self, unit: Unit) -> str:
        """The name, with a dash for each level."""
        return f"{'– ' * (unit.depth - 1)}{unit.name}"


class UnitFilter(django_filters.ModelChoiceFilter):
    """By a unit with those below it."""

    field_class = UnitField


class AgreementFilterSet(WagtailFilterSet):
    """By unit with those below it, step, signing, concept, and two periods."""

    unit = UnitFilter(queryset=Unit.objects.order_by("path"), label=gettext_lazy("Unit"), method="in_unit")
    stage = django_filters.MultipleChoiceFilter(
        field_name="dialogue__stage",
        choices=Stage.choices,
        label=gettext_lazy("Step"),
        widget=CheckboxSelectMultiple,
        distinct=False,  # each agreement stands at one step, and looking for twins reads them all
    )
    signing = django_filters.ChoiceFilter(choices=SIGNING, label=gettext_lazy("Signing"), method="by_signing")
    revised_at = django_filters.DateFromToRangeFilter(
        field_name="history_date", label=gettext_lazy("Last revised"), widget=DateRangePickerWidget
    )
    held_at = django_filters.DateFromToRangeFilter(
        field_name="dialogue__held_at", label=gettext_lazy("Talk held"), widget=DateRangePickerWidget
    )
    concept = django_filters.ModelChoiceFilter(
        queryset=Concept.objects.order_by("title"),
        field_name="dialogue__concept_version__concept",
        label=gettext_lazy("Concept"),
    )

    class Meta:
        model = History
        fields: list[str] = []

    def in_unit(self, queryset: QuerySet[Any], name: str, unit: Unit) -> QuerySet[Any]:
        """Those of a unit and everything below it."""
        return queryset.filter(dialogue__unit__path__startswith=unit.path)

    def by_signing(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Those whose signing is in a state."""
        return by_signing(queryset, value)
