"""Rows that hold over a period."""

from __future__ import annotations

from datetime import date

from django.db.models import Q


def in_period(today: date) -> Q:
    """Rows with a start and an end date that hold on this day; the end date is the last day."""
    return Q(start_date__lte=today) & (Q(end_date=None) | Q(end_date__gte=today))
