"""HR's overview: counts, and no content."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from mus_workflow.dashboards import COUNTED_STAGES, Overview
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
    """What the chart's figure draws, and the same numbers for its table, where hidden units have dashes."""
    series = [str(stage.label) for stage in COUNTED_STAGES]
    total = replace(overview.total, name=_("All units"))
    drawn = [unit for unit in overview.units if not unit.is_hidden] or [total] * (not total.is_hidden)
    values = [[unit.stages[place] for unit in drawn] for place in range(len(series))]
    rows = [*overview.units, total] if len(overview.units) > 1 else overview.units
    return {
        "title": _("Dialogues by step"),
        "series": series,
        "rows": [(unit.name, unit.stages) for unit in rows],
        "payload": {
            "kind": "stacked",
            "labels": [unit.name for unit in drawn],
            "series": [{"label": label, "values": column} for label, column in zip(series, values, strict=True)],
            "unit": "",
        },
    }
