"""HR's overview: counts, and no content."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from mus_workflow.dashboards import COUNTED_STAGES, Overview, UnitCounts
from mus_workflow.dashboards import hr_overview as counts_for
from mus_workflow.policies.overview import is_hr_partner

from .gate import personal_page


@personal_page("GET")
def hr_overview(request: HttpRequest) -> HttpResponse:
    """How far the units are that this person follows. For anybody else the page does not exist."""
    if not is_hr_partner(request.user):
        raise Http404
    overview = counts_for(user=request.user, today=timezone.localdate())
    return render(request, "mus_workflow/hr_overview.html", {"overview": overview, "chart": _chart(overview)})


def _chart(overview: Overview) -> dict[str, Any]:
    """What the chart's figure draws, and the same numbers for its table. Hidden units have no column, and dashes."""
    series = [str(stage.label) for stage in COUNTED_STAGES]
    shown = [unit for unit in overview.units if not unit.is_hidden]
    columns = zip(*(unit.stages for unit in shown), strict=True) if shown else ([] for _stage in COUNTED_STAGES)
    return {
        "title": _("Dialogues by step"),
        "series": series,
        "rows": [(unit.name, unit.stages) for unit in _with_total(overview)],
        "payload": {
            "kind": "stacked",
            "labels": [unit.name for unit in shown],
            "series": [{"label": label, "values": list(values)} for label, values in zip(series, columns, strict=True)],
            "unit": "",
        },
    }


def _with_total(overview: Overview) -> list[UnitCounts]:
    total = overview.total
    named = UnitCounts(None, _("All units"), total.employees, total.stages, total.overdue, total.held, total.not_held)
    return [*overview.units, named] if len(overview.units) > 1 else list(overview.units)
