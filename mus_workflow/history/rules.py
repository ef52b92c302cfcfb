"""What changed of the rules: the concepts, and who may audit, answer auditors, keep dialogues or follow units."""

from __future__ import annotations

from django.db.models import QuerySet

from mus_workflow.models import POWERS, Concept, LedgerEntry, rules_chain


def rule_changes() -> QuerySet[LedgerEntry]:
    """The entries of the chains of rules and powers, each with its payload where there is one."""
    chains = [POWERS, *(rules_chain(key) for key in Concept.objects.values_list("pk", flat=True))]
    return LedgerEntry.objects.filter(chain__in=chains).select_related("payload")
