"""The agreements as an auditor finds them: metadata, and not a word or a name."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from mus_workflow.models import Agreement, Presentation, Signature
from mus_workflow.policies.overview import is_auditor

History = Agreement.history.model


def agreements_for_audit(user: Any) -> QuerySet[Agreement]:
    """Every agreement, for an auditor; none for anybody else.

    Each has ``revised_at``, ``in_force`` (a revision or None), and for its latest revision ``signed`` and ``parties``
    (0 until it is presented).
    """
    if not is_auditor(user):
        return Agreement.objects.none()
    signatures = Signature.objects.signing().filter(agreement=OuterRef("pk"), revision=OuterRef("revision"))
    presented = Presentation.objects.filter(agreement=OuterRef("pk"), revision=OuterRef("revision"))
    in_force = Presentation.objects.filter(agreement=OuterRef("pk")).signed_by_all().order_by("-revision")
    revised = History.objects.filter(id=OuterRef("pk")).order_by("-history_id").values("history_date")
    counted = signatures.order_by().values("agreement").annotate(count=Count("pk")).values("count")
    return (
        Agreement.objects.select_related("dialogue__unit")
        .defer("document", "change_note")
        .annotate(
            revised_at=Subquery(revised[:1]),
            in_force=Subquery(in_force.values("revision")[:1]),
            signed=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
            parties=Coalesce(Subquery(presented.values("party_count")[:1]), 0),
        )
    )


def not_in_force(agreements: QuerySet[Agreement]) -> QuerySet[Agreement]:
    """Those whose latest revision lacks a signature."""
    return agreements.exclude(in_force__isnull=False, in_force=F("revision"))
