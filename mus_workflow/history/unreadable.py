"""Rows that the models cannot even convert, because somebody has tampered with them: a finding, and no crash."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import DatabaseError
from django.utils.translation import gettext as _

from mus_workflow.evidence import Finding

from .chains import DATABASE

# What comes of values that the models cannot convert.
UNREADABLE = (DatabaseError, TypeError, ValueError, LookupError, AttributeError)


def readable(findings: Iterator[Finding]) -> Iterator[Finding]:
    """The findings; where the rows cannot even be read, that is the last."""
    try:
        yield from findings
    except UNREADABLE as error:
        yield unreadable(DATABASE, error)


def unreadable(chain: str, error: Exception) -> Finding:
    """That something of a chain, or of the database, cannot be read."""
    # Only the kind of error: its text may quote what stands in the row.
    problem = _("something of it cannot be read (%(error)s)")
    return Finding(chain, None, problem % {"error": type(error).__name__})
